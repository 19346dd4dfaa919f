"""Commands by mail: what a reader writes, in their language, as what is to be done.

A command is a line of its own, and the whole of it: "stop" is one, "stop by my office" is not.
Quoted lines, signatures and what a reply repeats are not read.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from zoneinfo import available_timezones

from digest.mail.characters import one_line
from digest.mail.inbound.words import FILLERS, UNITS, VERBS

MOST = 20
"""Commands of one mail that are obeyed."""
LINES = 60
"""Lines of a mail that are looked at."""
TOPIC = 200
"""Characters of a topic."""
PAPERS = (1, 100)
DAYS = 366
"""How long a pause may be."""


class Verb(StrEnum):
    """What can be asked for."""

    SUBSCRIBE = "subscribe"
    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    ADD = "add"
    DEL = "del"
    TOPICS = "topics"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    PAUSE = "pause"
    RESUME = "resume"
    PAPERS = "papers"
    AT = "at"
    STATUS = "status"
    WHY = "why"
    HELP = "help"


ASKING = frozenset({Verb.TOPICS, Verb.STATUS, Verb.WHY, Verb.HELP})
"""Those that change nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that is asked for; its text is the command as we would write it."""

    verb: Verb
    what: str = ""
    """Topics, separated by `; `; a number; a span, as in `2 weeks`; a time of day and a zone."""

    def __str__(self) -> str:
        return f"{self.verb} {self.what}".rstrip()

    @property
    def topics(self) -> list[str]:
        """The topics that it names."""
        return [topic for topic in self.what.split("; ") if topic]

    @property
    def days(self) -> int | None:
        """How long a pause is; None: until further notice."""
        if self.verb is not Verb.PAUSE or not self.what:
            return None
        number, unit = self.what.split()
        return int(number) * UNITS[unit]

    @property
    def moment(self) -> tuple[time, str]:
        """When digests are wanted, and in which zone ("": as before)."""
        clock, _, zone = self.what.partition(" ")
        return time.fromisoformat(clock), zone


def parse(line: str) -> Command | None:
    """The command that a line is; None when it is none."""
    words = _plain(line).strip(" \t.!*_\"'<>[]()|:;,").split()
    for length in (3, 2, 1):
        verb = VERBS.get(_key(" ".join(words[:length])))
        if verb and len(words) >= length:
            made = _MAKERS[Verb(verb)](Verb(verb), " ".join(words[length:]).strip(" :,"))
            if made is not None:
                return made
    return None


def commands(subject: str, body: str) -> list[Command]:
    """Those of a mail, in order, each once: the subject's first."""
    found = [_subject(subject), *map(parse, _lines(body))]
    return list(dict.fromkeys(command for command in found if command))[:MOST]


_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|antw|fwd?|wg|sv|tr|rv|res|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.I
)
_TOKEN = re.compile(r"^\s*unsubscribe-([A-Za-z0-9_-]{32})\s*$")


def _subject(subject: str) -> Command | None:
    """A subject that we wrote and that was only sent back is no command, but for a bare word."""
    if _TOKEN.match(subject):
        return Command(Verb.UNSUBSCRIBE)
    bare = _REPLY.sub("", subject)
    made = parse(bare)
    if made and bare != subject and made.what:
        return None
    return made


def unsubscribe_token(subject: str) -> str:
    """The token in the subject of a List-Unsubscribe mail (RFC 2369 §3.2); "" without one."""
    found = _TOKEN.match(subject)
    return found[1] if found else ""


_SIGNATURE = re.compile(
    r"^\s*(?:--\s*|__+\s*|—+\s*|(?:sent|get|envoy[ée]|gesendet|enviado|inviato) (?:from|depuis|von|mit|desde|da)\b.*"
    r"|(?:best|kind|warm)? ?(?:regards|wishes),?|cheers,?|mit freundlichen grüßen,?|cordialement,?|saludos,?)$",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"^\s*(?:>|\||-{3,}\s*(?:original|urspr|forwarded|message|mensaje)|_{10,}"
    r"|(?:on|am|le|el|il|op|em|den)\b.{6,200}(?:wrote|schrieb|écrit|escribió|scritto|schreef|escreveu|skrev)\b.*:?\s*$"
    r"|(?:from|von|de|da|van|发件人|差出人)\s*[:：]\s*.+@|.{6,120}<[^<>\s]+@[^<>\s]+>\s*(?:wrote|schrieb|a écrit)?\s*:\s*$)",
    re.IGNORECASE,
)


def _lines(body: str) -> Iterator[str]:
    """What somebody wrote themselves, above signature and quotation."""
    lines = body.replace("\r", "").split("\n")[: LINES * 4]
    seen = 0
    for place, line in enumerate(lines):
        following = f"{line} {lines[place + 1]}" if place + 1 < len(lines) else line
        if line.lstrip().startswith(">"):
            continue
        if _SIGNATURE.match(line) or _QUOTING.match(line) or _attribution(line, following):
            return
        if line.strip():
            seen += 1
            if seen > LINES:
                return
            yield line[:1000]


def _attribution(line: str, following: str) -> bool:
    """`On … wrote:`, broken over two lines."""
    return bool(re.match(r"\s*(?:on|am|le|el)\s", line, re.I) and _QUOTING.match(following))


def _plain(text: str) -> str:
    """Text with its invisible characters gone, and full-width letters narrow."""
    return one_line(unicodedata.normalize("NFKC", text[:1000]))


def _key(words: str) -> str:
    """How words are looked up: no case, no accents."""
    split = unicodedata.normalize("NFD", words.casefold())
    return "".join(c for c in split if unicodedata.category(c) != "Mn")


def _alone(verb: Verb, rest: str) -> Command | None:
    """For verbs that take nothing; courtesy is no argument."""
    return None if _unfilled(rest) else Command(verb)


def _unfilled(rest: str) -> str:
    return " ".join(w for w in rest.split() if _key(w.strip(".,!")) not in FILLERS)


def _with_topics(verb: Verb, rest: str) -> Command | None:
    topics = [
        " ".join(t.split())[:TOPIC]
        for t in re.split(r"[;；\n、]|,(?![^\"]*\"(?:[^\"]*\"[^\"]*\")*[^\"]*$)", rest)
    ]
    kept = [
        topic for topic in (t.strip(" ;,") for t in topics) if topic and not _LINK.search(topic)
    ]
    if not kept or (len(rest) > 3 * TOPIC and len(kept) == 1):
        return None
    return Command(verb, "; ".join(dict.fromkeys(kept[:50])))


_LINK = re.compile(r"://|www\.|@", re.IGNORECASE)
"""No topic: what is asked for is told to the address that a mail names, whoever wrote it."""


def _subscribing(verb: Verb, rest: str) -> Command | None:
    wanted = re.sub(r"^(?:me\s+)?(?:to|for|an?|à|zu|für|a|para)\s+", "", rest, flags=re.I)
    return _with_topics(verb, wanted) if _unfilled(rest) else Command(verb)


def _pausing(verb: Verb, rest: str) -> Command | None:
    if not _unfilled(rest):
        return Command(verb)
    found = re.fullmatch(
        r"(?:for |für |pour |por |per )?(\d{1,4}|an?|one|eine?|une?|un)?\s*(\w+)", rest, re.I
    )
    unit = UNITS.get(_key(found[2])) if found else None
    if not (found and unit):
        return None
    number = int(found[1]) if found[1] and found[1].isdecimal() and found[1].isascii() else 1
    if not 0 < number * unit <= DAYS:
        return None
    name = {1: "day", 7: "week", 30: "month"}[unit]
    return Command(verb, f"{number} {name}{'s' if number > 1 else ''}")


def _number(verb: Verb, rest: str) -> Command | None:
    found = re.fullmatch(r"[=:]?\s*([0-9]{1,3})(?: papers?)?", rest)
    low, high = PAPERS
    return (
        Command(verb, found[1].lstrip("0") or "0")
        if found and low <= int(found[1]) <= high
        else None
    )


def _time(verb: Verb, rest: str) -> Command | None:
    found = re.fullmatch(
        r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?\s*(am|pm|uhr|h)?(?:\s+([A-Za-z0-9_+/-]{1,64}))?",
        rest,
        re.I,
    )
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").lower()
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "pm")
    zone = _zone(found[4] or "")
    if hour > 23 or minute > 59 or zone is None:
        return None
    return Command(verb, f"{hour:02}:{minute:02} {zone}".rstrip())


def _zone(written: str) -> str | None:
    """An IANA zone by its name, in whatever case; None for what is none."""
    if not written:
        return ""
    return {name.lower(): name for name in available_timezones()}.get(written.lower())


_MAKERS: dict[Verb, Callable[[Verb, str], Command | None]] = {
    **dict.fromkeys(Verb, _alone),
    Verb.SUBSCRIBE: _subscribing,
    Verb.ADD: _with_topics,
    Verb.DEL: _with_topics,
    Verb.PAUSE: _pausing,
    Verb.PAPERS: _number,
    Verb.AT: _time,
    Verb.WHY: lambda verb, rest: Command(verb, rest[:TOPIC].strip()),
}
