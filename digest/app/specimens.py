"""Example editions, for looking at and for lint."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jinja2 import BaseLoader

from digest.app.sending_parts import renderer
from digest.config import Settings
from digest.model import (
    Message,
    Subscriber,
)
from digest.render.examples import Example, names
from digest.render.templates import templates
from digest.stages.press import INERT

Wish = Callable[[Subscriber], Subscriber]


class Specimens:
    """Example editions as an installation would mail them; its store is not opened.

    Their links are signed with a key that everybody knows, so they open nothing.
    """

    def __init__(self, settings: Settings, loader: BaseLoader | None = None) -> None:
        """With the program's own templates unless others are given. Raises RenderError."""
        self._loader = loader or templates(settings.mail.theme)
        self._renderer = renderer(settings, [b"no secret at all"], self._loader)

    @property
    def names(self) -> list[str]:
        """The examples that there are."""
        return names(self._loader)

    def message(self, name: str, wanted: Wish = lambda reader: reader) -> Message:
        """An example's mail, to its reader as `wanted`. Raises Unknown, RenderError."""
        example = Example.load(name, self._loader)
        return self._message(replace(example, subscriber=wanted(example.subscriber)))

    def test_copy(
        self, name: str, address: str, now: datetime, wanted: Wish = lambda reader: reader
    ) -> Message:
        """The same, addressed to somebody who wants to see it in their mail reader."""
        return self._renderer.test_copy(
            self.message(name, lambda reader: replace(wanted(reader), address=address)), now
        )

    def _message(self, example: Example) -> Message:
        shown = example.subscriber, example.selection, example.papers
        return self._renderer.message(*shown, INERT)
