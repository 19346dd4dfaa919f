"""HTML → elements, and every place where a browser would have to guess what was meant."""

from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from html.parser import HTMLParser

from digest.render.lint.element import VOID, Element, Text

Attributes = list[tuple[str, str | None]]

PHRASING = frozenset(
    "a abbr b bdi bdo br cite code data del dfn em i img ins kbd mark q s samp small span strong"
    " sub sup time u var wbr".split()
)
"""What may stand in a line of text (HTML §3.2.5.2.5), as far as mail uses it."""
LINES = frozenset("p h1 h2 h3 h4 h5 h6 span b i em strong u s small sub sup code pre".split())
"""Elements that hold phrasing alone."""
HOLDS = {
    "table": frozenset({"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "html": frozenset({"head", "body"}),
    "head": frozenset({"meta", "title", "style", "base", "link", "script", "noscript"}),
}
"""Elements with room for a few others alone."""


@dataclass
class Markup:
    """A page, read."""

    root: Element = field(default_factory=lambda: Element("", {}, 1))
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Line and fault, in the order of the page."""
    doctype: str = ""
    conditional: list[tuple[int, str]] = field(default_factory=list)
    """Comments that only Outlook reads, with their line."""

    @classmethod
    def read(cls, html: str) -> "Markup":
        """Reads anything; what is wrong with it stands in `faults`."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        reader.finish()
        return reader.markup

    def all(self, *names: str) -> list[Element]:
        """Elements of these names; all when none is given."""
        return [
            one
            for one in self.root.walk()
            if one is not self.root and (one.name in names or not names)
        ]

    @property
    def sheets(self) -> list[tuple[str, int]]:
        """The content of every style element with the line it begins on."""
        return [
            ("".join(text.words for text in one.texts()), one.line) for one in self.all("style")
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.markup = Markup()
        self._open = [self.markup.root]

    def handle_decl(self, decl: str) -> None:
        self.markup.doctype = decl

    def handle_comment(self, data: str) -> None:
        if data.lstrip().startswith("[if"):
            self.markup.conditional.append((self._line, data))

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self._attributes(tag, attrs)
        self._place(tag)
        values = {name: value or "" for name, value in reversed(attrs)}
        element = Element(tag, values, self._line, self._open[-1])
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        if tag not in VOID:
            self._fault(f"<{tag}/> does not close the element: write </{tag}>")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        names = [element.name for element in self._open]
        if tag not in names[1:]:
            self._fault(f"</{tag}> closes nothing")
            return
        while self._open[-1].name != tag:
            self._fault(f"<{self._open.pop().name}> is still open at </{tag}>")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        inside = self._open[-1].name
        if inside not in {"style", "script"} and "<" in data:
            self._fault("a bare < in text: write &lt;")
        if data.strip() and inside in HOLDS:
            self._fault(f"text right inside <{inside}>: {data.strip()[:30]!r}")
        self._text(data)

    def handle_entityref(self, name: str) -> None:
        if f"{name};" not in html5:
            self._fault(f"a bare & before {name!r}: write &amp;")
        self._text(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._text(unescape(f"&#{name};"))

    def finish(self) -> None:
        """What is open at the end."""
        for element in self._open[1:]:
            self.markup.faults.append((element.line, f"<{element.name}> is never closed"))

    def _text(self, words: str) -> None:
        children = self._open[-1].children
        last = children[-1] if children else None
        if isinstance(last, Text):
            last.words += words
        else:
            children.append(Text(words, self._line))

    def _attributes(self, tag: str, attrs: Attributes) -> None:
        names = [name for name, _ in attrs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fault(f"<{tag}> has {name} twice")

    def _place(self, tag: str) -> None:
        around = self._open[-1].name
        room = HOLDS.get(around)
        misplaced = (room is not None and tag not in room) or (
            around in LINES and tag not in PHRASING
        )
        if misplaced:
            self._fault(f"<{tag}> may not stand in <{around}>")
        if tag == "a" and any(element.name == "a" for element in self._open):
            self._fault("a link inside a link")

    def _fault(self, message: str) -> None:
        self.markup.faults.append((self._line, message))

    @property
    def _line(self) -> int:
        return self.getpos()[0]
