"""Digest → the HTML edition. A card is rendered once for all its readers; a mail is a join."""

from collections.abc import Callable
from functools import partial

from jinja2 import Environment, TemplateError
from markupsafe import Markup

from digest.model import Card, Digest, Link, Mention
from digest.render.languages import ENGLISH, Language, language
from digest.render.templates import explained

SAMPLE = Card("x", "", "", "", "", "", "", (), rate=Link("x", "x", "x"))
"""A card to try templates with."""


class Html:
    """The HTML edition of digests."""

    def __init__(self, environment: Environment, *, images: bool = False) -> None:
        """Compiles and tries the templates. Raises RenderError.

        `images`: whether cards show their pictures.
        """
        self._images = images
        try:
            self._page = environment.get_template("digest.html")
            self._card = environment.get_template("card.html")
            self._near = environment.get_template("near.html")
        except TemplateError as error:
            raise explained(error) from error

    def page(
        self,
        digest: Digest,
        card: Callable[[Card], Markup] | None = None,
        near: Callable[[Mention], Markup] | None = None,
    ) -> str:
        """The whole page, however large; `card` prints one paper, `near` a near miss."""
        words = language(digest.language)
        card = card or partial(self.card, words=words, feedback=digest.feedback_url)
        try:
            shown = {"card": card, "near": near or partial(self.near, words=words)}
            return self._page.render(digest=digest, language=words, **shown)
        except TemplateError as error:
            raise explained(error) from error

    def near(self, paper: Mention, words: Language = ENGLISH) -> Markup:
        """A near miss."""
        try:
            return Markup(self._near.render(paper=paper, language=words))  # noqa: S704 - made by an escaping template
        except TemplateError as error:
            raise explained(error) from error

    def card(self, card: Card, words: Language = ENGLISH, feedback: str = "") -> Markup:
        """One paper; `feedback`: what its feedback link begins with."""
        images, shown = self._images, {"language": words, "feedback": feedback}
        try:
            return Markup(self._card.render(card=card, images=images, **shown))  # noqa: S704 - made by an escaping template
        except TemplateError as error:
            raise explained(error) from error
