"""What one check of the preflight found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    WARN = "warn"
    """Works, and will not for ever, or not for everybody."""
    FAIL = "fail"
    SKIP = "skip"
    """Nothing to check here, and why."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, and what was wanted."""

    name: str
    """`docs/doctor.md` lists them; what stands behind a colon says which of several."""
    verdict: Verdict
    found: str
    wanted: str = ""
    """What to do; "" when all is well."""
    add: tuple[str, ...] = ()
    """Lines of a DNS zone (RFC 1035 §5.1) that mend it."""


def passed(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, Verdict.PASS, found)


def warned(name: str, found: str, wanted: str, *add: str) -> Check:
    """Well for now."""
    return Check(name, Verdict.WARN, found, wanted, add)


def failed(name: str, found: str, wanted: str, *add: str) -> Check:
    """Not well."""
    return Check(name, Verdict.FAIL, found, wanted, add)


def skipped(name: str, why: str) -> Check:
    """Not asked."""
    return Check(name, Verdict.SKIP, why)


def green(checks: Iterable[Check]) -> bool:
    """Whether none failed."""
    return all(check.verdict is not Verdict.FAIL for check in checks)
