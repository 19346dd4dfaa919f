"""What an SMTP server answers: code, enhanced status, words (RFC 5321 §4.2, RFC 3463)."""

import re
from dataclasses import dataclass
from typing import Self

from digest.errors import TransportError
from digest.mail.characters import one_line

LONGEST = 500
"""Characters of a server's words that are kept."""

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=[\s:;,)\]]|$)")
_LINE = re.compile(rb"[2-5][0-9]{2}(?:[ -]|\r?$)")


@dataclass(frozen=True, slots=True, order=True)
class EnhancedStatus:
    """Category (the RFC says class), subject and detail, as in 5.1.1 (RFC 3463 §2)."""

    category: int
    """2 success, 4 persistent transient failure, 5 permanent failure."""
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The status that `text` begins with; None when it begins with none (RFC 2034 §4)."""
        return cls._of(_STATUS.match(text))

    @classmethod
    def search(cls, text: str) -> Self | None:
        """The first status anywhere in `text`, as in a DSN's Diagnostic-Code (RFC 3464 §2.3.6)."""
        return cls._of(re.search(r"(?<![\d.])" + _STATUS.pattern, text))

    @classmethod
    def _of(cls, found: re.Match[str] | None) -> Self | None:
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.category}.{self.subject}.{self.detail}"


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer, all its lines."""

    code: int
    status: EnhancedStatus | None
    text: str
    """The server's words in one line: no control characters, no code, at most `LONGEST` long."""

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Reads the lines of one answer (RFC 5321 §4.2.1).

        Raises TransportError for what is not an SMTP reply.
        """
        lines = raw.rstrip(b"\r\n").split(b"\n")
        if not all(map(_LINE.match, lines)):
            raise TransportError(f"not an SMTP reply: {_words(raw[:80])}")
        words = [_words(line[4:]) for line in lines]
        status = EnhancedStatus.parse(words[-1])
        if status:  # RFC 2034 §4: every line begins with it
            words = [word.removeprefix(str(status)).lstrip() for word in words]
        return cls(int(lines[-1][:3]), status, " ".join(filter(None, words))[:LONGEST])

    @property
    def transient(self) -> bool:
        """4yz (RFC 5321 §4.2.1); the code counts, not the class of the enhanced status."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """5yz (RFC 5321 §4.2.1)."""
        return self.code >= 500

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.code, self.status, self.text) if part)


def _words(octets: bytes) -> str:
    return one_line(octets.decode("utf-8", "replace").strip())
