import re
from quopri import decodestring

from hypothesis import example, given
from hypothesis import strategies as st

from digest.render.quoted import LINE, quoted

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
