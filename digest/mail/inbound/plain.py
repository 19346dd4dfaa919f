"""HTML as the text that a person reads in it; nothing is fetched, nothing is run."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article aside blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_QUOTES = frozenset({"blockquote"})
LONGEST = 256 * 1024
_COMMENT_END = re.compile(r"--!?\s{0,20}>")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quoting = tag in _QUOTES or "gmail_quote" in (dict(attrs).get("class") or "")
        self._unseen += tag in _UNSEEN
        self._quoted += quoting and tag in _QUOTES
        if tag in _BLOCKS:
            self.pieces.append("\n" + "> " * bool(self._quoted))

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._quoted -= tag in _QUOTES and self._quoted > 0
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(" ".join(data.split(" ")).replace("\r", ""))


def _closed(html: str) -> str:
    """Without a comment that never ends: it holds all that follows (HTML §13.2.5.45).

    The parser would look for the end of each again, at a cost that grows with the square.
    """
    ends = [found.end() for found in _COMMENT_END.finditer(html)]
    start = html.find("<!--", ends[-1] if ends else 0)
    return html if start < 0 else html[:start]


def from_html(html: str) -> str:
    """The text of a page, a line for each block; lines of a blockquote begin with `> `."""
    reader = _Text()
    try:
        reader.feed(_closed(html[:LONGEST]))
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # marked sections that never end: what was read so far is what there is
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(lines)
