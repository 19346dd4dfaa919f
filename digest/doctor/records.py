"""What DNS answers, and the lines to add to a zone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from digest.mail.characters import one_line

TTL = 3600
LONGEST_STRING = 255
"""Octets of one character-string of a TXT record (RFC 1035 §3.3.14)."""


class Status(StrEnum):
    """How a question ended."""

    FOUND = "found"
    NOTHING = "nothing"
    """The name, or this type of it, is not there (RFC 2308)."""
    FAILED = "failed"
    """No answer: nobody can tell."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of a name and type, as text: of TXT the joined strings, of MX `10 host.`."""

    status: Status
    records: tuple[str, ...] = ()
    problem: str = ""
    """Why there is no answer."""

    @property
    def failed(self) -> bool:
        """Whether DNS did not answer."""
        return self.status is Status.FAILED


NOTHING = Answer(Status.NOTHING)
Ask = Callable[[str, str], Answer]
"""A name and a type, as in ("example.org", "TXT") → what DNS says."""


def found(*records: str) -> Answer:
    """An answer that holds records."""
    return Answer(Status.FOUND, records)


def addresses(ask: Ask, host: str) -> tuple[str, ...]:
    """The addresses of a host, IPv4 first; itself when it is one."""
    try:
        return (str(ip_address(host.strip("[]"))),)
    except ValueError:
        return (*ask(host, "A").records, *ask(host, "AAAA").records)


def line(name: str, kind: str, data: str) -> str:
    """One line for a zone file."""
    return f"{name.rstrip('.')}. {TTL} IN {kind} {data}"


def txt(name: str, text: str) -> str:
    """A TXT record, cut into strings where it must be."""
    text = re.sub(r'(["\\])', r"\\\1", text)
    parts = [text[at : at + LONGEST_STRING] for at in range(0, len(text), LONGEST_STRING)]
    return line(name, "TXT", " ".join(f'"{part}"' for part in parts))


def shown(text: str, most: int = 200) -> str:
    """A stranger's record in a report: on one line, not too long."""
    clean = one_line(text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"
