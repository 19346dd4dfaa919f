"""The mails on the bench: as they are, as they were, and what changed between."""

from collections import OrderedDict
from dataclasses import dataclass

from digest.render.lint import Document
from digest.web.lab.services import Services, Wanted
from digest.web.lab.watch import fingerprint

HELD = 32
"""Digests whose versions are remembered, in memory alone."""


@dataclass(slots=True)
class Versions:
    """One digest through the edits of an afternoon."""

    print: str
    """Of the templates that the newest was made with."""
    newest: Document
    content: bytes
    before: Document | None = None
    """As it was before it last changed."""
    kept: Document | None = None
    """As it was when somebody said to keep it."""


class Bench:
    """Makes documents of what is wanted, and remembers the version before."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._held: OrderedDict[Wanted, Versions] = OrderedDict()

    @property
    def print(self) -> str:
        """Of the templates as they are now."""
        return fingerprint(self._services.folders)

    def anew(self, wanted: Wanted) -> Versions:
        """Made of the templates and papers as they are now. Raises DigestError."""
        now = self.print
        content = self._services.message(wanted).content
        held = self._held.get(wanted)
        document = Document.of_mail(wanted.reader, content)
        if held is None:
            held = self._held[wanted] = Versions(now, document, content)
        elif _said(held.newest) != _said(document):
            held.before, held.newest, held.content = held.newest, document, content
        held.print = now
        self._held.move_to_end(wanted)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return held

    def versions(self, wanted: Wanted) -> Versions:
        """What was made last, unless a template has changed since. Raises DigestError."""
        held = self._held.get(wanted)
        return held if held is not None and held.print == self.print else self.anew(wanted)

    def keep(self, wanted: Wanted) -> None:
        """Later changes are told against the present version."""
        versions = self.versions(wanted)
        versions.kept = versions.newest

    def day_before(self, wanted: Wanted) -> Wanted | None:
        """The same reader's digest of the collected day before; None for examples."""
        if wanted.day is None:
            return None
        older = [day for day in self._services.days() if day < wanted.day]
        return wanted.on(max(older)) if older else None


def _said(document: Document) -> tuple[object, ...]:
    """What would be told as a change: all but Date, which a choice made anew is given anew."""
    fields = [found for found in document.header or () if found.name != "date"]
    return document.html, document.text, fields
