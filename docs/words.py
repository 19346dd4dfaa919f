"""Brings the catalogues up to date with the code and the templates: `make words`.

Each message of the program that a catalogue lacks is added, to be translated; those that nobody
says any more are dropped. `python docs/words.py` prints what is left to translate, and fails if
that is anything.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from digest.render.languages import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "digest" / "locales"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEAD = "# The words of Paper Digest in this language; `make words` brings the messages up to date."
_NOISE = re.compile(rb'^"(?:POT-|PO-Rev|Report-|Last-T|Language-T|Generated-|Project-).*\n', re.M)
"""Lines of the head that would differ at each writing, or tell nothing."""


def said() -> Catalog:
    """Every message of the code and of the templates."""
    found = Catalog(fuzzy=False)
    for folder, methods in (
        ("digest", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        for _, _, message, comments, context in extract_from_dir(
            ROOT / folder,
            methods,
            {"**": {"trimmed": "true"}},
            KEYWORDS,
            ["Words:"],
            strip_comment_tags=True,
        ):
            found.add(message, context=context, auto_comments=comments)
    return found


def path(name: str) -> Path:
    """Where a language's catalogue lies."""
    return CATALOGUES / name / "LC_MESSAGES" / "digest.po"


def _empty(name: str) -> Catalog:
    return Catalog(locale=name, header_comment=HEAD, fuzzy=False)


def catalogue(name: str) -> Catalog:
    """What is there of a language."""
    if not path(name).exists():
        return _empty(name)
    with path(name).open("rb") as file:
        return read_po(file, locale=name, domain="digest")


def updated(name: str, messages: Catalog) -> Catalog:
    """A language with exactly these messages; what it knows of them, it keeps."""
    known, made = catalogue(name), _empty(name)
    for message in messages:
        if message.id:
            old = known.get(_key(message), message.context)
            string = old.string if old is not None and not old.fuzzy else None
            made.add(
                message.id, string, context=message.context, auto_comments=message.auto_comments
            )
    return made


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def missing(made: Catalog) -> Iterator[str]:
    """Messages that are not translated, in any of their plural forms."""
    for message in made:
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if message.id and (not all(strings) or message.fuzzy):
            yield _key(message)


def written(made: Catalog) -> bytes:
    """The file, in which no line changes but with the words."""
    out = BytesIO()
    write_po(out, made, width=100, no_location=True, sort_output=True)
    return _NOISE.sub(b"", out.getvalue())


def main() -> int:
    """Writes the catalogues; the number of languages that lack something."""
    messages, lacking = said(), 0
    for name in LANGUAGES:
        if name == "en":
            continue
        made = updated(name, messages)
        path(name).parent.mkdir(parents=True, exist_ok=True)
        path(name).write_bytes(written(made))
        lacks = list(missing(made))
        lacking += bool(lacks)
        for message in lacks:
            print(f"{name}: {message!r}")
    return lacking


if __name__ == "__main__":
    sys.exit(main())
