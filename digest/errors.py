"""Every error that Paper Digest raises on purpose.

The tree, with the exit status each branch ends in::

    DigestError ........................ 1  something failed
    ├── Misuse ......................... 2  what was asked or written is wrong: mend it
    │   ├── BadSetting                      a key of a TOML file or the environment
    │   │   └── BadSettings                 several of them, named together
    │   ├── BadAddress                      not an address that mail can be sent to
    │   ├── BadTopic                        a topic that says nothing
    │   ├── NotProved                       a first sending to many, before the preflight
    │   └── Unknown                         a name (source, paper, subscriber, day) nobody knows
    ├── TryAgainLater .................. 75 nothing is wrong, only not now (EX_TEMPFAIL)
    │   ├── Locked                          another run holds the lock
    │   └── Busy                            another program holds the database
    ├── SourceError .................... 1  papers could not be collected
    │   ├── Unreachable                     no answer, or an answer that is a refusal
    │   └── Changed                         an answer, but not of the expected shape
    ├── StoreError ..................... 1  the database
    │   ├── WrongSchema                     made by an older or newer program
    │   └── Restored                        it knows less than was sent from here
    ├── RenderError .................... 1  a template or theme
    └── TransportError ................. 1  the relay could not be reached or trusted at all

Expected outcomes (a refused recipient, a skipped reader) are values, not errors.
"""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar


class DigestError(Exception):
    """Something failed."""

    exit_status: ClassVar[int] = 1


class Misuse(DigestError):
    """What was asked for cannot be meant so."""

    exit_status: ClassVar[int] = 2


class BadSetting(Misuse):
    """A setting that cannot be used: where it stands, what was found, what was wanted."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        """`where` names file, line and key path; `hint` says what to write instead."""
        super().__init__(f"{where}: {problem}" + (f" ({hint})" if hint else ""))
        self.where, self.problem, self.hint = where, problem, hint

    def __reduce__(self) -> tuple[type["BadSetting"], tuple[object, ...]]:
        return type(self), (self.where, self.problem, self.hint)


class BadSettings(BadSetting):
    """Several settings that cannot be used, all of a file's named at once."""

    SHOWN: ClassVar[int] = 20

    def __init__(self, problems: Sequence[BadSetting]) -> None:
        """`problems` holds at least one; beyond `SHOWN` they are only counted."""
        first = problems[0]
        super().__init__(first.where, first.problem, first.hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[: self.SHOWN]]
        more = len(self.problems) - len(lines)
        return "\n".join(lines + ([f"… and {more} more"] if more else []))

    def __reduce__(self) -> tuple[type["BadSettings"], tuple[object, ...]]:
        return type(self), (self.problems,)


class BadAddress(Misuse):
    """Not an address that mail can be sent to."""

    def __init__(self, address: str, problem: str) -> None:
        """`problem` continues the sentence "ADDRESS cannot be used: …"."""
        super().__init__(f"the address {address!r} cannot be used: {problem}")
        self.address, self.problem = address, problem

    def __reduce__(self) -> tuple[type["BadAddress"], tuple[object, ...]]:
        return type(self), (self.address, self.problem)


class BadTopic(Misuse):
    """A topic that says nothing, or is of an unknown kind."""


class NotProved(Misuse):
    """Nobody knows whether mail of this sender arrives, and it would go to many."""


class Unknown(Misuse):
    """A name that nobody here knows."""


class TryAgainLater(DigestError):
    """Nothing is wrong, only not now."""

    exit_status: ClassVar[int] = 75


class Locked(TryAgainLater):
    """Another run holds the lock."""


class Busy(TryAgainLater):
    """Another program holds the database."""


class SourceError(DigestError):
    """Papers could not be collected."""

    day: date | None = None
    """The day that the answer itself says it is of, where it says so and nothing else."""


class Unreachable(SourceError):
    """The source gave no answer, or refused."""


class Changed(SourceError):
    """The source answered in a shape that we do not know: never to be taken for an empty day."""

    def __init__(self, where: str, expected: str, raw: bytes) -> None:
        """`where` names page and place; `raw` is the whole body, kept for the report."""
        super().__init__(f"{where}: expected {expected}")
        self.where, self.expected, self.raw = where, expected, raw

    def __reduce__(self) -> tuple[type["Changed"], tuple[object, ...]]:
        return type(self), (self.where, self.expected, self.raw)


class StoreError(DigestError):
    """The database failed."""


class WrongSchema(StoreError):
    """The database was made by an older or a newer program."""


class Restored(StoreError):
    """The database is an older copy of the one from which was sent last."""


class RenderError(DigestError):
    """A template or theme cannot be rendered."""


class TransportError(DigestError):
    """The relay could not be reached, or not be trusted, at all."""
