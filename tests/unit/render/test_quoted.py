import re
from quopri import decodestring

from hypothesis import example, given
from hypothesis import strategies as st

from digest.render.quoted import LINE, SOFT, fragment, quoted

RISKY = st.lists(
    st.sampled_from([".", "From ", "=", "é", "\n", "a" * 74, " ", "\t", "日", "😀", "."])
)


@given(st.one_of(st.text(), RISKY.map("".join)))
@example("." * 300)
@example("0" * 74 + " \n")
@example("a" * 75 + "." * 80)
@example("é" * 30 + "\n.From ")
def test_survives_every_relay_and_reads_the_same(text):
    encoded = quoted(text)
    assert encoded.isascii()
    assert encoded.endswith(b"\r\n")
    for line in encoded.split(b"\r\n"):
        assert len(line) <= LINE
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
        assert not re.search(rb"=(?![0-9A-F]{2}|$)", line)
    expected = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    decoded = decodestring(encoded).decode().replace("\r\n", "\n")
    assert decoded in {expected, expected + "\n"}


@given(st.lists(st.one_of(st.text(max_size=90), RISKY.map("".join)), min_size=1, max_size=6))
@example(["a" * 76, ". b"])
@example(["0" * 81 + "=\x80" + "\U00010000" * 5 + "."])
@example(["x ", "\nFrom y", ""])
@example(["é" * 12 + "abcd", "\n", "."])
def test_fragments_join_with_soft_breaks_between_them(texts):
    joined = SOFT.join(map(fragment, texts))
    for line in joined.split(b"\r\n"):
        assert len(line) <= LINE
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
    mended = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    expected = "".join(mended).encode("utf-8", "replace").decode()
    assert decodestring(joined).decode().replace("\r\n", "\n") == expected
