"""How many mails in how much time."""

import re
from dataclasses import dataclass
from typing import Self

_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_WRITTEN = re.compile(r"\s*(\d{1,9}(?:\.\d{1,6})?)\s*/\s*(?:(\w+?)s?)\s*")
_SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, slots=True)
class Rate:
    """Mails a second at most, evenly spaced; 0: no limit."""

    per_second: float = 0.0

    @classmethod
    def parse(cls, written: str) -> Self:
        """Reads `30/minute`, `5/second`, `2000/day`; "" is no limit. Raises ValueError."""
        if not written.strip():
            return cls()
        match = _WRITTEN.fullmatch(written)
        unit = match and (match[2] if match[2] in _SECONDS else _SHORT.get(match[2]))
        if not match or not unit or not float(match[1]) > 0:
            raise ValueError('a rate, as in "30/minute" (second, minute, hour, day)')
        return cls(float(match[1]) / _SECONDS[unit])

    def shared(self, among: int) -> "Rate":
        """One of so many equal shares."""
        return Rate(self.per_second / among)


UNLIMITED = Rate()
