from hypothesis import given
from hypothesis import strategies as st

from digest.render.columns import COLUMNS, width, wrap

WORDS = st.lists(
    st.text("abcdefgh.:/-", min_size=1, max_size=30) | st.sampled_from(["x" * 71, "x" * 72]),
    max_size=30,
)
INDENTS = st.sampled_from(["", "  ", "    ", "12. "])


def one_by_one(words, indent, first):
    """Word after word, as one does it by hand."""
    lines = [first]
    for place, word in enumerate(words):
        if place and len(lines[-1]) + 1 + len(word) > COLUMNS:
            lines.append(indent + word)
        else:
            lines[-1] += f" {word}" if place else word
    return "\n".join(line.rstrip() for line in lines)


@given(WORDS, INDENTS, INDENTS)
def test_words_that_fit_are_laid_one_after_the_other(words, indent, first):
    fitting = [word for word in words if len(word) + len(first + indent) <= COLUMNS]
    assert wrap(" ".join(fitting), indent, first) == one_by_one(fitting, indent, first)


@given(st.text(max_size=300), INDENTS)
def test_nothing_is_lost_and_no_line_is_too_wide(text, indent):
    wrapped = wrap(text, indent)
    assert "".join(wrapped.split()) == (indent + "".join(text.split())).replace(" ", "")
    assert all(width(line) <= COLUMNS or "://" in text for line in wrapped.split("\n"))
