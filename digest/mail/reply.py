"""What an SMTP server answers (RFC 5321 §4.2) and its enhanced status code (RFC 3463)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True)
class EnhancedStatus:
    """class.subject.detail, as in 5.1.1 (RFC 3463 §2)."""

    category: int
    """2 success, 4 persistent transient failure, 5 permanent failure."""
    subject: int
    detail: int

    @classmethod
    def search(cls, text: str) -> Self | None:
        """The first status code that stands in a text."""
        found = _STATUS.search(text)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.category}.{self.subject}.{self.detail}"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, all its lines together."""

    code: int
    status: EnhancedStatus | None
    text: str
    """The server's own words, the status code included, lines joined by blanks."""

    @classmethod
    def of(cls, code: int, text: str) -> Self:
        """A reply from a client library's pieces. A status of another class does not count."""
        words = " ".join(text.split())
        status = EnhancedStatus.search(words[:80])
        return cls(code, status if status and status.category == code // 100 else None, words)

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Self:
        """A reply from its lines as they came. Raises ValueError when they are none."""
        read = [re.fullmatch(r"(\d{3})(?:[ -](.*))?", line.rstrip("\r\n")) for line in lines]
        if not read or not all(read) or len({found[1] for found in read if found}) != 1:
            raise ValueError("not an SMTP reply (RFC 5321 §4.2.1)")
        texts = [found[2] or "" for found in read if found]
        code = next(int(found[1]) for found in read if found)
        status = EnhancedStatus.search(texts[0][:20])
        repeated = f"{status} " if status else ""
        return cls.of(code, " ".join([texts[0], *(t.removeprefix(repeated) for t in texts[1:])]))

    @property
    def positive(self) -> bool:
        """2yz or 3yz: done, or go on."""
        return self.code // 100 in {2, 3}

    @property
    def transient(self) -> bool:
        """4yz: try again later. An answer that is none at all counts as this."""
        return not self.positive and not self.permanent

    @property
    def permanent(self) -> bool:
        """5yz: never try again."""
        return self.code // 100 == 5

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()
