"""Digest → the HTML edition. A card is rendered once for all its readers; a mail is a join."""

from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import Environment, TemplateError
from markupsafe import Markup

from digest.model import Card, Digest, Section
from digest.render.quoted import quoted
from digest.render.summary import shorten
from digest.render.templates import explained

BUDGET = 90_000
"""Octets of the encoded part. Gmail clips at about 102,400, and counts nobody knows how."""
SHORTER = (260, 160, 90)
"""Characters that summaries are cut to, one after the other, before a paper is folded away."""


class Html:
    """The HTML edition of digests."""

    def __init__(self, environment: Environment) -> None:
        """Compiles the templates. Raises RenderError."""
        try:
            self._page = environment.get_template("digest.html")
            self._card = environment.get_template("card.html")
        except TemplateError as error:
            raise explained(error) from error
        self.card = lru_cache(maxsize=4096)(self._render_card)

    def page(self, digest: Digest) -> str:
        """The whole page, however large."""
        try:
            return self._page.render(digest=digest, card=self.card)
        except TemplateError as error:
            raise explained(error) from error

    def _render_card(self, card: Card) -> Markup:
        return Markup(self._card.render(card=card))  # noqa: S704 - made by an escaping template

    def fit(self, digest: Digest, budget: int = BUDGET) -> "Fitted":
        """The digest as it fits: with shorter summaries, then with its tail on the web alone."""
        for limit in (None, *SHORTER):
            fitted = self._printed(digest if limit is None else _shortened(digest, limit))
            if fitted.octets <= budget:
                return fitted
        while fitted.octets > budget and fitted.digest.cards:
            drop = self._needless(fitted, fitted.octets - budget)
            fitted = self._printed(_folded(fitted.digest, drop))
        return fitted

    def _printed(self, digest: Digest) -> "Fitted":
        encoded = quoted(self.page(digest))
        return Fitted(digest, encoded)

    def _needless(self, fitted: "Fitted", excess: int) -> int:
        """How many cards from the end take `excess` octets."""
        sizes = [len(quoted(self.card(card))) for card in reversed(fitted.digest.cards)]
        return next((n for n in range(1, len(sizes)) if sum(sizes[:n]) >= excess), len(sizes))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A digest with its page."""

    digest: Digest
    encoded: bytes
    """The page in quoted-printable."""

    @property
    def octets(self) -> int:
        """What the page weighs in the mail."""
        return len(self.encoded)


def _shortened(digest: Digest, limit: int) -> Digest:
    return replace(
        digest,
        sections=tuple(
            Section(
                section.heading,
                tuple(
                    replace(card, summary=shorten(card.summary, limit)) for card in section.cards
                ),
            )
            for section in digest.sections
        ),
    )


def _folded(digest: Digest, drop: int) -> Digest:
    """The digest without its last cards, and told so."""
    room = len(digest.cards) - drop
    sections = []
    for section in digest.sections:
        kept = section.cards[: max(room, 0)]
        room -= len(kept)
        if kept:
            sections.append(Section(section.heading, kept))
    return replace(digest, sections=tuple(sections), more=digest.more + drop)
