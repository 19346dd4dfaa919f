"""Outlook for Windows, whose Word engine leaves out much of CSS.

An approximation in the browser: its own conditional comments are read, styles that it does not
know are gone, padding holds on cells alone, and text without a font is set in Times.
"""

import re

from digest.render.views.sheets import without_sheets

_FOR_WORD = re.compile(r"<!--\[if[^\]]*mso[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_FOR_OTHERS = re.compile(r"<!--\[if !mso\]><!-->(.*?)<!--<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_STYLED = re.compile(r'<(\w+)\b([^<>]*?)\sstyle="([^"]*)"', re.IGNORECASE)
_UNKNOWN = re.compile(
    r"(?:border-radius|m(?:ax|in)-(?:width|height)|overflow|box-shadow|float|position|flex|grid|gap"
    r"|background-image|opacity|object-fit|transform|transition|word-break|white-space|box-sizing"
    r"|letter-spacing)"
)
_FOREIGN = re.compile(r"(?:rgba|hsla?|var|calc|url|clamp)\(")
_OUTER = frozenset({"width", "height"})
_BOXES = frozenset({"div", "p", "span", "a", "h1", "h2", "h3", "h4"})
_BASE = (
    "<style>body{font-family:'Times New Roman',Times,serif}"
    "table{border-collapse:separate}</style></head>"
)


def as_word(html: str) -> str:
    """The page about as Word shows it."""
    page = _FOR_OTHERS.sub("", html)
    page = _FOR_WORD.sub(r"\1", without_sheets(page))
    page = _STYLED.sub(_restyled, page)
    return page.replace("</head>", _BASE, 1)


def _restyled(found: re.Match[str]) -> str:
    kept = [one.strip() for one in found[3].split(";") if _known(found[1].lower(), one)]
    return f'<{found[1]}{found[2]} style="{"; ".join(kept)}"'


def _known(element: str, declaration: str) -> bool:
    name, _, value = (part.strip().lower() for part in declaration.partition(":"))
    if _UNKNOWN.match(name) or _FOREIGN.search(value):
        return False
    if name.startswith("padding"):
        return element in {"td", "th"}
    if name == "display":
        return value == "none"
    if name in _OUTER:
        return element not in _BOXES
    return not (name.startswith("margin") and "auto" in value)
