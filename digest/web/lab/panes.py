"""The panes: what a mail becomes in each kind of client."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from digest.render.views.bare import without_css, without_images
from digest.render.views.inversion import Inversion, inverted
from digest.render.views.sheets import as_preferred
from digest.render.views.word import as_word

_BASE = '<base target="_blank">'
"""Links open nowhere: a sandbox has no windows."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A way to look at the page of a mail."""

    key: str
    name: str
    about: str
    """In a sentence, which clients show it so."""
    show: Callable[[str], str]
    dark: bool = False


PANES = (
    Pane("light", "Light", "As written, for a machine that prefers light.",
         partial(as_preferred, scheme="light")),
    Pane("dark", "Dark", "The authored dark styles: Apple Mail, Outlook for Mac.",
         partial(as_preferred, scheme="dark"), dark=True),
    Pane("inverted", "Inverted", "Every colour turned around, as Gmail for iOS does.",
         partial(inverted, kind=Inversion.FULL), dark=True),
    Pane("darkened", "Darkened", "Light grounds darkened, dark text lightened: Outlook.com.",
         partial(inverted, kind=Inversion.PARTIAL), dark=True),
    Pane("word", "Word", "What Word's engine leaves of it: Outlook for Windows.", as_word),
    Pane("images", "No images", "Images blocked: their alternative texts alone.",
         lambda html: without_images(as_preferred(html, "light"))),
    Pane("css", "No CSS", "Without any style: what screen readers follow.", without_css),
)  # fmt: skip
"""The panes that are pages."""
TEXTS = {
    "text": ("Text", "The text edition, as it is read."),
    "headers": ("Headers", "Every header field, as it is sent."),
    "source": ("Source", "The page's HTML, line by line."),
    "changes": ("Changes", "What differs from the day before, or from what was kept."),
}
"""The panes that are text: name and what they show."""
OVERVIEW = "sheet"
WIDTHS = (320, 375, 640)
"""Pixels: the narrowest phone, an ordinary one, a reading pane."""


def pane(key: str) -> Pane | None:
    """The pane of a key."""
    return next((one for one in PANES if one.key == key), None)


def shown(one: Pane, html: str) -> str:
    """The page in a pane, its links inert."""
    page = one.show(html)
    return page.replace("<head>", f"<head>{_BASE}", 1) if "<head>" in page else _BASE + page
