"""An answer by mail to a mail: what was done, and what else its sender ought to know."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self


class Told(StrEnum):
    """What one line of an answer says."""

    DONE = "done"
    """A command was obeyed."""
    ALREADY = "already"
    """It was so before."""
    REFUSED = "refused"
    """A command cannot be obeyed, and why."""
    ASKED = "asked"
    """A command waits for a yes."""
    WELCOME = "welcome"
    """They are confirmed."""
    LEFT = "left"
    """They get no more mail."""
    LATE = "late"
    """What they said yes to is over."""
    REVIVE = "revive"
    """Mail to them kept coming back; a yes takes it up again."""
    STRANGER = "stranger"
    """Nobody of that address is here."""
    TOPIC = "topic"
    SETTING = "setting"
    PAPER = "paper"
    """A paper of their last digest, and why it was there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer."""

    told: Told
    what: str = ""
    """The command, topic, or name of a setting."""
    more: str = ""
    """Why, or the setting's value."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    address: str
    """Whom it goes to."""
    at: datetime
    lines: tuple[Line, ...] = ()
    subject: str = ""
    """Of the mail that it answers."""
    in_reply_to: str = ""
    """Message-ID of that mail, with angle brackets; "" when it had none."""
    reader: int = 0
    """The number of the reader that it speaks of; 0: of none."""
    day: date | None = None
    """With `item`: the day of what waits for a yes."""
    item: int = 0
    """Which of that day; 0: nothing waits."""
    commands: bool = False
    """Whether it lists what can be asked for."""
    locale: str = ""

    def record(self) -> dict[str, Any]:
        """As JSON can hold it."""
        day = None if self.day is None else self.day.isoformat()
        return {**asdict(self), "at": self.at.isoformat(), "day": day}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """The answer of a record."""
        lines = tuple(Line(Told(r["told"]), r["what"], r["more"]) for r in record["lines"])
        day = record["day"] and date.fromisoformat(record["day"])
        at = datetime.fromisoformat(record["at"])
        return cls(**{**record, "lines": lines, "day": day, "at": at})
