"""Elements of a page as lint sees them: with lines, parents, and their own styles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from digest.render.lint.css import Declaration, declarations

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements without an end tag (HTML §13.1.2)."""
UNSEEN = frozenset({"head", "title", "style", "script", "template", "noscript"})
"""Elements whose text no reader sees."""


@dataclass(eq=False)
class Text:
    """A run of text, its references resolved."""

    words: str
    line: int


@dataclass(eq=False)
class Element:
    """One element."""

    name: str
    attributes: dict[str, str]
    line: int
    parent: "Element | None" = None
    children: "list[Element | Text]" = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute's value; "" when it is absent."""
        return self.attributes.get(name, "")

    @cached_property
    def style(self) -> dict[str, Declaration]:
        """Its own declarations by property; the last one wins."""
        return {found.name: found for found in declarations(self.get("style"))}

    def value(self, name: str) -> str:
        """A property's value in its own style, in lower case; "" when it is absent."""
        found = self.style.get(name)
        return found.value.lower() if found else ""

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.get("class").split())

    def ancestors(self) -> "Iterator[Element]":
        """Its parent, the parent's parent, up to the root."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def walk(self) -> "Iterator[Element]":
        """Itself and all elements inside, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def texts(self) -> Iterator[Text]:
        """The texts of its own, not those of elements inside."""
        return (child for child in self.children if isinstance(child, Text))

    @property
    def text(self) -> str:
        """All text inside, images as their alternative text, white space folded."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        if self.name == "img":
            yield self.get("alt")
        for child in self.children:
            if isinstance(child, Text):
                yield child.words
            else:
                yield from child._pieces()

    @property
    def hidden(self) -> bool:
        """Whether it, or what it stands in, is not shown."""
        return any(
            one.name in UNSEEN or one.value("display") == "none"
            for one in (self, *self.ancestors())
        )
