"""Style sheets inside a page: what is said under a condition, taken out or made to hold."""

import re

_SHEET = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.IGNORECASE | re.DOTALL)


def without_media(html: str, words: str) -> str:
    """The page without the @media blocks whose condition has these words."""
    return _SHEET.sub(lambda found: found[1] + _cut(found[2], words) + found[3], html)


def without_sheets(html: str) -> str:
    """The page without style elements."""
    return _SHEET.sub("", html)


def as_preferred(html: str, scheme: str) -> str:
    """The page as if the machine preferred a scheme, "light" or "dark", whatever it does."""

    def fixed(found: re.Match[str]) -> str:
        return "all" if found[1].lower() == scheme else "not all"

    def sheet(found: re.Match[str]) -> str:
        css = re.sub(r"\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)", fixed, found[2])
        css = re.sub(r"\b(color-scheme\s*:\s*)[\w ]+", rf"\g<1>{scheme}", css)
        return found[1] + css + found[3]

    return _SHEET.sub(sheet, html).replace(
        "</head>", f"<style>:root {{ color-scheme: {scheme} }}</style></head>", 1
    )


def _cut(css: str, words: str) -> str:
    start = 0
    while (begin := css.find("@media", start)) >= 0:
        opened = css.find("{", begin)
        if opened < 0:
            return css
        end = _end(css, opened)
        if words in css[begin:opened]:
            css = css[:begin] + css[end:]
        else:
            start = end
    return css


def _end(css: str, opened: int) -> int:
    """Just behind the brace that closes the one at `opened`."""
    depth = 0
    for place in range(opened, len(css)):
        depth += {"{": 1, "}": -1}.get(css[place], 0)
        if depth == 0:
            return place + 1
    return len(css)
