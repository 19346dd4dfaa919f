"""How often somebody may ask, in memory that does not grow."""

from collections import OrderedDict
from datetime import datetime, timedelta

HELD = 4_096
"""Who is remembered at most; whoever asked longest ago is forgotten first."""


class Throttle:
    """So many times in a span of time, for each who asks."""

    def __init__(self, most: int, span: timedelta, held: int = HELD) -> None:
        self._most, self._span, self._held = most, span, held
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def allows(self, who: str, now: datetime) -> bool:
        """Counts one; False: it is one too many."""
        began, used = self._seen.pop(who, (now, 0))
        if now - began >= self._span:
            began, used = now, 0
        self._seen[who] = (began, used + 1)
        while len(self._seen) > self._held:
            self._seen.popitem(last=False)
        return used < self._most

    def forgive(self, who: str) -> None:
        """Begins to count anew."""
        self._seen.pop(who, None)
