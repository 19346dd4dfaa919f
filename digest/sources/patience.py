"""How long to wait before asking again: pure, the sleeping is done elsewhere."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

LONGEST_BACKOFF = 60.0
"""Seconds: where doubling ends."""

_RESET = re.compile(r"\bt=(\d{1,9})\b")


def backoff(attempt: int, first: float, random: Random) -> float:
    """Seconds to wait after the attempt of that number (from 1): exponential, with full jitter."""
    return random.uniform(0, min(LONGEST_BACKOFF, first * 2.0 ** (attempt - 1)))


def asked_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds of rest that an answer asks for; None when it does not say.

    `Retry-After` is a number of seconds or a date (RFC 9110 §10.2.3). Hugging Face also tells in
    `RateLimit`, as `t`, when the window ends (draft-ietf-httpapi-ratelimit-headers).
    """
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return float(written[:9])
    if written:
        return _until(written, now)
    reset = _RESET.search(headers.get("ratelimit", ""))
    return float(reset[1]) if reset else None


def _until(written: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(written)
        then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
