"""What a subscriber's keys may hold, alike in TOML and CSV."""

import re
from collections.abc import Callable, Mapping
from datetime import time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from digest.config.binder import fit, raise_all
from digest.config.convert import Unfit, Written
from digest.config.schema import Key
from digest.config.spelling import nearest
from digest.errors import BadSetting
from digest.mail.mailbox import normalise
from digest.model import Quiet, Rhythm, Subscriber, SubscriberState, Topic

MOST_PAPERS = 100
LONGEST_NAME = 200
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ARXIV = re.compile(
    r"(?:arxiv:|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)?"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?",
    re.IGNORECASE,
)
_OTHER_ID = re.compile(r"[a-z][a-z0-9_-]*:\S+")


@cache
def zones() -> frozenset[str]:
    """The IANA zones that this machine knows."""
    return frozenset(available_timezones())


def zone(name: str) -> str:
    """The name itself. Raises Unfit, with the zone that was probably meant."""
    if name in zones():
        return name
    cities = {each.rpartition("/")[2]: each for each in sorted(zones()) if each[:4] != "Etc/"}
    best = nearest(name, zones()) or cities.get(nearest(name.replace(" ", "_"), cities) or "")
    hint = f"did you mean {best!r}?" if best else "write it as Europe/Berlin"
    raise Unfit("an IANA time zone", hint)


def _name(text: str) -> str:
    if "\n" in text or len(text) > LONGEST_NAME:
        raise Unfit(f"a name of one line and at most {LONGEST_NAME} characters")
    return " ".join(text.split())


def _locale(text: str) -> str:
    if not _LOCALE.fullmatch(text):
        raise Unfit("a language", "write it as en or pt-BR (BCP 47)")
    return text


def _each(check: Callable[[str], str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Checks every item of a list; an error names the item."""

    def checked(item: str) -> str:
        try:
            return check(item)
        except Unfit as error:
            error.item = item
            raise

    return lambda items: tuple(map(checked, items))


def _words(text: str) -> str:
    if not text.strip():
        raise Unfit("a word or phrase")
    return " ".join(text.split())


def _author(name: str) -> str:
    return Topic.parse(f"author:{name}").text


def paper_id(written: str) -> str:
    """A paper's id: `arxiv:2406.01234`, however it is written. Raises Unfit."""
    if match := _ARXIV.fullmatch(written.strip()):
        return f"arxiv:{match[1]}"
    if _OTHER_ID.fullmatch(written.strip()) and "://" not in written:
        return written.strip()
    raise Unfit("the id of a paper", "write it as arxiv:2406.01234 or doi:10.1000/182")


def _key(name: str, kind: Any, check: Callable[[Any], Any] | None = None, **bounds: float) -> Key:
    return Key((name,), kind, None, check=check, **bounds)  # type: ignore[arg-type]


KEYS = {
    key.dotted: key
    for key in (
        _key("email", str, normalise),
        _key("name", str, _name),
        _key("topics", tuple[Topic, ...]),
        _key("mute", tuple[str, ...], _each(_words)),
        _key("authors", tuple[str, ...], _each(_author)),
        _key("liked", tuple[str, ...], _each(paper_id)),
        _key("papers", int, low=1, high=MOST_PAPERS),
        _key("timezone", str, zone),
        _key("send_at", time),
        _key("rhythm", Rhythm),
        _key("locale", str, _locale),
        _key("state", SubscriberState),
        _key("quiet", Quiet),
        _key("fill", bool),
        _key("serendipity", bool),
        _key("again", bool),
    )
}
"""The keys of a subscriber, in the order in which files are written."""
LISTS = frozenset({"topics", "mute", "authors", "liked"})
DEFAULT = Subscriber("")


def read_entry(
    entry: Mapping[str, object],
    where: Callable[[str], str],
    problems: list[BadSetting],
    textual: bool = False,
) -> Subscriber | None:
    """The subscriber of one entry, or None when something was added to `problems`.

    Every name in `entry` must be one of KEYS; `where(key)` begins an error.
    """
    before = len(problems)
    values: dict[str, Any] = {}
    for name, value in entry.items():
        try:
            values[name] = fit(KEYS[name], Written(value, "", textual=textual))
        except BadSetting as error:
            problems.append(BadSetting(where(name), error.problem, error.hint))
    if "email" not in entry:
        problems.append(BadSetting(where("email"), "is missing", 'write email = "ann@example.org"'))
    return Subscriber(values.pop("email"), **values) if len(problems) == before else None


def read_one(
    entry: Mapping[str, object], where: Callable[[str], str], textual: bool = False
) -> Subscriber:
    """The subscriber of one entry. Raises BadSetting, or BadSettings for several."""
    problems: list[BadSetting] = []
    subscriber = read_entry(entry, where, problems, textual)
    raise_all(problems)
    return subscriber  # type: ignore[return-value]  # None only with problems


def written(subscriber: Subscriber) -> dict[str, Any]:
    """A subscriber's keys as files hold them, those left out that are as by default."""
    values: dict[str, Any] = {"email": subscriber.address}
    for name in list(KEYS)[1:]:
        value = getattr(subscriber, name)
        if value != getattr(DEFAULT, name):
            values[name] = [str(item) for item in value] if name in LISTS else _plain(value)
    return values


def _plain(value: Any) -> str | int:
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value if isinstance(value, int) else str(value)
