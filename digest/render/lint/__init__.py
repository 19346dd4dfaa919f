"""Checks of a finished mail or page, without a browser. Pure: what is checked is given."""

from collections.abc import Callable, Iterator

from digest.render.lint import (
    clients,
    contrast,
    header,
    links,
    safety,
    sizes,
    structure,
    text,
)
from digest.render.lint.document import Document
from digest.render.lint.finding import Finding, Level

Check = Callable[[Document], Iterator[Finding]]

OF_PAGES: tuple[Check, ...] = (
    structure.wellformed,
    structure.opening,
    structure.headings,
    structure.images,
    safety.active,
    safety.unseen,
    links.targets,
    links.purpose,
    links.leaving,
    contrast.light,
    contrast.dark,
    contrast.inversion,
    contrast.sizes,
    sizes.weight,
    sizes.styles,
    clients.supported,
    clients.values,
    clients.tables,
    clients.word,
    clients.conditional,
)
"""What is asked of HTML; a mail without any is not asked."""
OF_MAILS: tuple[Check, ...] = (
    header.fields,
    header.strays,
    header.lines,
    header.sender,
    header.subject,
    header.unsubscribing,
    header.list_fields,
    text.parts,
    text.columns,
    text.links,
    text.words,
)
"""What is asked of a mail beside its page."""

__all__ = ["OF_MAILS", "OF_PAGES", "Document", "Finding", "Level", "check"]


def check(document: Document) -> list[Finding]:
    """Everything that the checks have to say of a document, the worst first."""
    wanted = (*(OF_PAGES if document.html else ()), *(OF_MAILS if document.header else ()))
    found = [finding for one in wanted for finding in one(document)]
    order = list(Level)
    return sorted(found, key=lambda finding: order.index(finding.level))
