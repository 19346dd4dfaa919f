"""The languages that the program speaks: its own words, and days, numbers and lists in each.

Words are gettext catalogues, `digest/locales/LANGUAGE/LC_MESSAGES/digest.po`, read when a language
is first spoken; English is what stands in the code and the templates. Days, numbers and lists are
Babel's (Unicode CLDR). `make words` brings the catalogues up to date, a test holds them complete.

    words = language(reader.locale)
    words.gettext("You follow %(topics)s.", topics=words.listed(names))
    words.ngettext("%(number)s paper", "%(number)s papers", 3)

and in templates, which are given `language`: `{{ _("Unsubscribe") }}`,
`{% trans name=topic %}Papers on {{ name }}{% endtrans %}`. Words are plain text: they hold no
mark-up, and are escaped where they are printed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "zh_Hans": "简体中文",
    "ar": "العربية",
}
"""What is spoken, by the names of the catalogues, each in its own words."""

_DAY = {"en_001": "EEEE d MMMM y"}
"""Patterns of days in words, where CLDR's differs from what the program writes."""
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
_SMALL = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_RANGE = re.compile(r"\s*([A-Za-z-]{1,35})\s*(?:;\s*q=([0-9.]{1,5})\s*)?")


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks a constant as words; whoever prints it asks a language for it."""
    return message


@dataclass(frozen=True, eq=False)
class Language:
    """One language, in the form that one region writes it. There is one object of each."""

    tag: str
    """BCP 47, as `lang` attributes want it: `zh-Hans`."""
    direction: str
    """`ltr` or `rtl`, as `dir` attributes want it."""
    locale: Locale
    """Its region too: `de-AT` has the words of `de` and Austria's months."""
    words: NullTranslations

    def gettext(self, message: str, /, **values: Any) -> str:
        """The words, with values in place of `%(name)s`; a percent sign is written `%%`."""
        return self._filled(self.words.gettext(message), values)

    def ngettext(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """The words for a number of things; `%(number)s` is the number, unless it is given."""
        values.setdefault("number", self.number(number))
        return self._filled(self.words.ngettext(one, many, number), values)

    def pgettext(self, context: str, message: str, /, **values: Any) -> str:
        """The words, told apart by a context from the same words elsewhere."""
        return self._filled(self.words.pgettext(context, message), values)

    def npgettext(self, context: str, one: str, many: str, number: int, /, **values: Any) -> str:
        """Both."""
        values.setdefault("number", self.number(number))
        return self._filled(self.words.npgettext(context, one, many, number), values)

    def _filled(self, words: str, values: Mapping[str, Any]) -> str:
        """Values are isolated (UAX 9) where they may run against the words; digits never do."""
        if self.direction == "rtl":
            values = {
                name: value if name == "number" or not value else _ISOLATED.format(value)
                for name, value in values.items()
            }
        return words % values

    def day(self, day: date) -> str:
        """As in "Friday 21 August 2026"."""
        pattern = _DAY.get(str(self.locale), "full")
        return str(format_date(day, pattern, locale=self.locale))

    def short_day(self, day: date) -> str:
        """As in "21 Aug 2026"."""
        return str(
            format_date(
                day, "d MMM y" if self.locale.language == "en" else "medium", locale=self.locale
            )
        )

    def hour(self, instant: datetime) -> str:
        """As in "10:07": the hour of a clock with 24, in the instant's own zone."""
        return str(format_time(instant, "HH:mm", locale=self.locale, tzinfo=instant.tzinfo))

    def number(self, number: int) -> str:
        """As in "12,345"."""
        return _written(self, number)

    def brief(self, number: int) -> str:
        """As in "950", "1.7K", "12.3K", "3.4M"."""
        short = format_compact_decimal(number, locale=self.locale, fraction_digits=1)
        return self.number(number) if short == str(number) else str(short)

    def percent(self, share: float) -> str:
        """A share of 1, as in "63%"."""
        return str(format_percent(share, locale=self.locale))

    def listed(self, items: Sequence[str]) -> str:
        """As in "a", "a and b", "a, b and c"."""
        return _list(self, len(items)).format(*items) if items else ""

    def in_words(self, number: int) -> str:
        """In English a number up to twelve as a word, as a sentence begins; else in digits."""
        if self.locale.language == "en" and 0 <= number < len(_SMALL):
            return _SMALL[number].capitalize()
        return self.number(number)


def language(locale: str, otherwise: str = "en") -> Language:
    """The language of a locale (BCP 47, `-` or `_`), or `otherwise` where it is not spoken."""
    return _language(locale) or _language(otherwise) or ENGLISH


def speaks(locale: str) -> bool:
    """Whether there are words for a locale."""
    return _language(locale) is not None


def negotiated(accepted: str, otherwise: str = "en") -> Language:
    """The best language for a browser, of its Accept-Language (RFC 9110 §12.5.4)."""
    wanted = []
    for place, part in enumerate(accepted[:500].split(",")):
        if found := _RANGE.fullmatch(part):
            weight = float(found[2]) if found[2] and found[2].count(".") < 2 else 1.0
            wanted.append((-weight, place, found[1]))
    spoken = (tag for weight, _, tag in sorted(wanted) if weight < 0 and speaks(tag))
    return language(next(spoken, otherwise), otherwise)


@lru_cache(maxsize=4096)  # every mail counts something, and CLDR's patterns cost 30 µs
def _written(words: Language, number: int) -> str:
    return str(format_decimal(number, locale=words.locale))


@lru_cache(maxsize=256)
def _list(words: Language, items: int) -> str:
    """A list of so many, as `str.format` takes it."""
    return str(format_list([f"{{{place}}}" for place in range(items)], locale=words.locale))


@lru_cache(maxsize=256)
def _language(tag: str) -> Language | None:
    try:
        locale = Locale.parse(tag.replace("-", "_"), resolve_likely_subtags=True)
    except (UnknownLocaleError, ValueError):
        return None
    name = "zh_Hans" if locale.language == "zh" else locale.language
    if name not in LANGUAGES:
        return None
    if locale.language == "zh" and locale.script == "Hant":  # its words are not there
        locale = Locale.parse("zh_Hans")
    return _spoken(name, str(locale))


@lru_cache(maxsize=64)
def _spoken(name: str, locale: str) -> Language:
    """One object for each, whatever the ways in which its tag is written."""
    found = Locale.parse(locale)
    if str(found) == "en":
        found = Locale.parse("en_001")  # lists and days of most of the world
    return Language(name.replace("_", "-"), found.text_direction, found, _words(name))


@lru_cache(maxsize=len(LANGUAGES))
def _words(name: str) -> NullTranslations:
    """A catalogue as it lies in the package; compiled in memory, so that there is one file."""
    if name == "en":
        return NullTranslations()
    source = files("digest").joinpath("locales", name, "LC_MESSAGES", "digest.po")
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name, domain="digest"))
    compiled.seek(0)
    return GNUTranslations(compiled)


ENGLISH = _spoken("en", "en")
"""What is spoken where nobody said otherwise."""
