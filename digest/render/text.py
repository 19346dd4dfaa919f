"""Digest → the text edition: 72 columns, papers numbered, every link on a line of its own."""

from collections.abc import Callable
from functools import partial

from jinja2 import Environment, TemplateError

from digest.errors import RenderError
from digest.model import Card, Digest, Mention
from digest.render import holes
from digest.render.html import SAMPLE
from digest.render.languages import ENGLISH, Language, language
from digest.render.templates import explained

MOST = 99
"""Papers of a mail: numbers are two columns wide."""


class Text:
    """The text edition of digests."""

    def __init__(self, environment: Environment) -> None:
        """Compiles and tries the templates. Raises RenderError."""
        environment.filters.update(holes.filters())
        try:
            self._page = environment.get_template("digest.txt")
            self._card = environment.get_template("card.txt")
            self._near = environment.get_template("near.txt")
        except TemplateError as error:
            raise explained(error) from error
        self.opening(1)

    def page(
        self,
        digest: Digest,
        card: Callable[[Card, int], str] | None = None,
        near: Callable[[Mention], str] | None = None,
    ) -> str:
        """The whole text; `card` prints one paper under its number, `near` a near miss."""
        words, number = language(digest.language), _numbers(digest)
        card = card or partial(self.card, words=words, feedback=digest.feedback_url)
        try:
            shown = {"card": card, "near": near or partial(self.near, words=words)}
            return self._page.render(digest=digest, number=number, language=words, **shown)
        except TemplateError as error:
            raise explained(error) from error

    def card(self, card: Card, place: int, words: Language = ENGLISH, feedback: str = "") -> str:
        """A paper under its number; `feedback`: what its feedback link begins with."""
        shown = {"language": words, "feedback": feedback}
        try:
            return self._card.render(card=card, place=place, **shown)
        except TemplateError as error:
            raise explained(error) from error

    def near(self, paper: Mention, words: Language = ENGLISH) -> str:
        """A near miss."""
        try:
            return self._near.render(paper=paper, language=words)
        except TemplateError as error:
            raise explained(error) from error

    def opening(self, place: int) -> str:
        """What stands before a card's title: its number. Raises RenderError."""
        one, other = self.card(SAMPLE, MOST - 1), self.card(SAMPLE, MOST)
        last = max(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
        rest = other[max(other.index(SAMPLE.title, last), last + 1) :]
        printed = self.card(SAMPLE, place)
        if len(printed) != len(other) or not printed.endswith(rest):
            raise RenderError("card.txt: numbers from 1 to 99 must take the same columns")
        return printed.removesuffix(rest)


def _numbers(digest: Digest) -> dict[str, int]:
    """The first number of each section, less one."""
    starts, total = {}, 0
    for section in digest.sections:
        starts[section.heading] = total
        total += len(section.cards)
    return starts
