"""Clients that leave out images, or all CSS."""

import re

from digest.render.views.sheets import without_sheets

_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r'\salt="([^"]*)"', re.IGNORECASE)
_BACKGROUND = re.compile(r'\sbackground="[^"]*"', re.IGNORECASE)
_URL = re.compile(r"url\([^)]*\)", re.IGNORECASE)
_LOOKS = re.compile(
    r'\s(?:style|class|bgcolor|background|align|valign|width|height|color|face|size)="[^"]*"',
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)
_CONDITIONAL = re.compile(r"<!--\[if.*?<!\[endif\]-->", re.DOTALL)


def without_images(html: str) -> str:
    """The page with each image's alternative text in its place."""
    page = _URL.sub("none", _BACKGROUND.sub("", html))
    return _IMAGE.sub(_instead, page)


def without_css(html: str) -> str:
    """The page with nothing but its elements."""
    page = _CONDITIONAL.sub("", without_sheets(html))
    return _TAG.sub(lambda found: _LOOKS.sub("", found[0]), page)


def _instead(image: re.Match[str]) -> str:
    found = _ALT.search(image[0])
    return (
        f'<span style="border:1px dotted #767676">{found[1]}</span>' if found and found[1] else ""
    )
