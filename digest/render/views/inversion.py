"""Clients that turn a mail dark by themselves, whatever its author wrote.

Gmail on iOS turns all colours around; Gmail on Android and Outlook.com darken light grounds and
lighten dark text alone. Neither reads `prefers-color-scheme`. What they do exactly is not
published: this keeps hue, turns lightness around, and never goes darker than their own ground.
"""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from enum import StrEnum

from digest.render.colour import Colour, colour
from digest.render.views.sheets import without_media

DARKEST = 0.07
"""Lightness of the clients' own dark ground."""

_STYLE = re.compile(r'(\sstyle=")([^"]*)(")', re.IGNORECASE)
_BGCOLOR = re.compile(r'(\sbgcolor=")([^"]*)(")', re.IGNORECASE)
_FONT = re.compile(r'(<font\b[^>]*\scolor=")([^"]*)(")', re.IGNORECASE)
_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.IGNORECASE | re.DOTALL)
_COLOURED = re.compile(
    r"(?<![\w-])(?P<name>(?:background|border|outline)(?:-(?:top|right|bottom|left))?(?:-color)?"
    r"|color)(?P<colon>\s*:\s*)(?P<value>[^;}]+)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|rgb\([^)]*\)", re.IGNORECASE)
_GROUND = (
    "<style>html,body{{background-color:{ground};color:{ink}}}a{{color:#9ec1ff}}</style></head>"
)


class Inversion(StrEnum):
    """How far a client goes."""

    FULL = "full"
    """Every colour is turned around."""
    PARTIAL = "partial"
    """Light grounds become dark, dark text light; the rest stays."""


def inverted(html: str, kind: Inversion) -> str:
    """The page as such a client shows it."""
    page = without_media(html, "prefers-color-scheme")
    page = _STYLE.sub(lambda found: found[1] + _turned(found[2], kind) + found[3], page)
    page = _SHEET.sub(lambda found: found[1] + _turned(found[2], kind) + found[3], page)
    page = _BGCOLOR.sub(lambda found: found[1] + _value(found[2], kind, True) + found[3], page)
    page = _FONT.sub(lambda found: found[1] + _value(found[2], kind, False) + found[3], page)
    ground, ink = Colour(18, 18, 18), Colour(255, 255, 255)
    return page.replace("</head>", _GROUND.format(ground=ground, ink=ink), 1)


def turned(one: Colour) -> Colour:
    """The colour of the same hue and the opposite lightness."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in one))
    opposite = DARKEST + (1 - lightness) * (1 - DARKEST)
    return Colour(*(round(part * 255) for part in hls_to_rgb(hue, opposite, saturation)))


def _turned(css: str, kind: Inversion) -> str:
    def replaced(found: re.Match[str]) -> str:
        ground = found["name"].lower() != "color"
        return f"{found['name']}{found['colon']}{_value(found['value'], kind, ground)}"

    return _COLOURED.sub(replaced, css)


def _value(value: str, kind: Inversion, ground: bool) -> str:
    """A declaration's value, or an attribute's, with its colours turned."""

    def replaced(found: re.Match[str]) -> str:
        old = colour(found[0])
        return found[0] if old is None or _stays(old, kind, ground) else str(turned(old))

    return _VALUE.sub(replaced, value)


def _stays(one: Colour, kind: Inversion, ground: bool) -> bool:
    if kind is Inversion.FULL:
        return False
    return one.luminance < 0.18 if ground else one.luminance > 0.18
