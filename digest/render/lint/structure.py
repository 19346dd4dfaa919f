"""The page is well-formed and says what a reader's tools need to know."""

from collections import Counter
from collections.abc import Iterator

from digest.render.lint.document import Document, Voice
from digest.render.lint.element import Element
from digest.render.lint.finding import Finding

KNOWN = frozenset(
    "html head meta title style body div span p h1 h2 h3 h4 h5 h6 a b i em strong u s small sub sup"
    " br hr img table thead tbody tfoot tr td th caption colgroup col ul ol li dl dt dd blockquote"
    " pre code center font abbr bdi bdo q cite del ins mark section article header footer main nav"
    " time wbr kbd samp var dfn".split()
)
"""Elements that HTML has and mail can use."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def wellformed(document: Document) -> Iterator[Finding]:
    """Nothing is left for a browser to guess: nesting, end tags, references, ids."""
    voice = Voice("html", document)
    for line, fault in document.markup.faults:
        yield voice.error(line, fault)
    elements = document.markup.all()
    for element in elements:
        if element.name not in KNOWN and ":" not in element.name:
            yield voice.error(element.line, f"<{element.name}> is no element of a mail")
    for name, times in Counter(one.get("id") for one in elements if one.get("id")).items():
        if times > 1:
            yield voice.error(1, f"the id {name!r} stands {times} times")


def opening(document: Document) -> Iterator[Finding]:
    """Doctype, language, direction, charset, viewport and title are there."""
    voice = Voice("opening", document)
    root = next(iter(document.markup.all("html")), None)
    metas = {one.get("name").lower() for one in document.markup.all("meta")}
    charsets = [one.get("charset").lower() for one in document.markup.all("meta")]
    wanted = (
        (document.markup.doctype.lower() == "doctype html", "no <!doctype html>: quirks mode"),
        (root is not None and bool(root.get("lang")), "no lang on <html>: screen readers guess"),
        (root is not None and bool(root.get("dir")), "no dir on <html>"),
        ("utf-8" in charsets, 'no <meta charset="utf-8">: Gmail may clip early'),
        ("viewport" in metas, "no viewport: phones shrink the page"),
        ("color-scheme" in metas, "no color-scheme: Apple Mail and Thunderbird guess in the dark"),
        (any(one.text for one in document.markup.all("title")), "no title"),
    )
    for met, message in wanted:
        if not met:
            yield voice.error(1, message)


def headings(document: Document) -> Iterator[Finding]:
    """One h1, first; no level is skipped; none is empty."""
    voice, level = Voice("headings", document), 0
    found = [one for one in document.markup.all(*HEADINGS) if not one.hidden]
    tops = [one for one in found if one.name == "h1"]
    if len(tops) != 1:
        yield voice.error(tops[1].line if tops else 1, f"{len(tops)} h1 headings: have one")
    for heading in found:
        depth = int(heading.name[1])
        if depth > level + 1:
            yield voice.error(
                heading.line, f"{heading.name} after {f'h{level}' if level else 'nothing'}"
            )
        if not heading.text:
            yield voice.error(heading.line, f"an empty {heading.name}")
        level = depth


def images(document: Document) -> Iterator[Finding]:
    """Each image has an alternative text, a size, and an address that clients ask for."""
    voice = Voice("images", document)
    for image in document.markup.all("img"):
        source = image.get("src").strip().lower()
        if "alt" not in image.attributes:
            yield voice.error(image.line, 'an image without alt: write what it shows, or alt=""')
        elif not image.get("alt").strip() and _is_all_of_a_link(image):
            yield voice.error(image.line, "a link of an image with no words: give it an alt")
        if not image.get("width") or not image.get("height"):
            yield voice.error(image.line, "an image without width and height: the page jumps")
        if not source.startswith(("https:", "cid:")):
            yield voice.error(image.line, f"an image from {source[:40]!r}: only https: and cid:")


def _is_all_of_a_link(image: Element) -> bool:
    return any(one.name == "a" and not one.text for one in image.ancestors())
