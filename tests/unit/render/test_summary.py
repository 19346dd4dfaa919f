from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper
from digest.render.summary import LONGEST, extract, sentences, shorten, summarise

ABSTRACT = (
    "Language models are everywhere. Previous work, e.g. by Smith et al. (2020), ignores cost. "
    "We propose Frugal, a method that prunes attention heads of language models. "
    "It is simple. Frugal reduces cost by 40% on nine benchmarks. "
    "Code is available at https://example.org/frugal."
)


def test_the_sources_own_summary_comes_first():
    assert summarise(Paper("x:1", "T", ABSTRACT, summary="Prunes heads.")) == "Prunes heads."


def test_the_sentences_that_say_what_was_done_are_chosen_in_their_order():
    found = extract(ABSTRACT, "Frugal: pruning attention heads of language models")
    assert "We propose Frugal" in found
    assert "reduces cost by 40%" in found
    assert "available at" not in found
    assert found.index("We propose") < found.index("reduces cost")


def test_abbreviations_end_no_sentence():
    assert len(sentences(ABSTRACT)) == 6
    assert sentences("See Fig. 2 of J. Doe. Then stop.") == ["See Fig. 2 of J. Doe.", "Then stop."]


def test_sentences_of_scripts_without_blanks():
    assert sentences("本研究では提案する。速度を二倍にする。") == [
        "本研究では提案する。",
        "速度を二倍にする。",
    ]


def test_nothing_said_nothing_printed():
    assert summarise(Paper("x:1", "T")) == ""


def test_shortened_after_a_sentence_when_half_is_kept_else_after_a_word():
    assert shorten("One two three. Four five six seven eight.", 20) == "One two three."
    assert shorten("One two three four five six seven", 20) == "One two three four…"
    assert shorten("x" * 50, 20) == "x" * 19 + "…"


@given(st.text(max_size=2000), st.text(max_size=80))
def test_a_summary_never_passes_its_length(abstract, title):
    assert len(extract(abstract, title)) <= LONGEST
    assert all(sentence in abstract for sentence in sentences(abstract))


@given(st.text(max_size=400), st.integers(2, 120))
def test_shorten_never_passes_its_limit(text, limit):
    assert len(shorten(text, limit)) <= limit
