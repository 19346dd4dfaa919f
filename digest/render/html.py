"""Digest → the HTML edition. A card is rendered once for all its readers; a mail is a join."""

from collections.abc import Callable

from jinja2 import Environment, TemplateError
from markupsafe import Markup

from digest.model import Card, Digest
from digest.render.templates import explained


class Html:
    """The HTML edition of digests."""

    def __init__(self, environment: Environment) -> None:
        """Compiles the templates. Raises RenderError."""
        try:
            self._page = environment.get_template("digest.html")
            self._card = environment.get_template("card.html")
        except TemplateError as error:
            raise explained(error) from error

    def page(self, digest: Digest, card: Callable[[Card], Markup] | None = None) -> str:
        """The whole page, however large; `card` prints one paper."""
        try:
            return self._page.render(digest=digest, card=card or self.card)
        except TemplateError as error:
            raise explained(error) from error

    def card(self, card: Card) -> Markup:
        """One paper."""
        try:
            return Markup(self._card.render(card=card))  # noqa: S704 - made by an escaping template
        except TemplateError as error:
            raise explained(error) from error
