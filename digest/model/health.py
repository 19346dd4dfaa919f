"""How an address fares: what its bounces add up to, and when it is written to no more. Pure.

    each day a bounce comes:  hard 5, soft 1; half of it is forgotten in a week
    at 5 the address is on probation: the next edition is the probe
    when the probe bounces too, and the score has come to 7, the address is suppressed

So a dead address gets two mails after it died; a full mailbox gets daily mail for eleven days, and
weekly mail for ever. Refusals that speak of us (`block`) and delays count nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from math import exp, log

from digest.model.delivery import Severity

WEIGHTS = {Severity.HARD: 5.0, Severity.SOFT: 1.0}
HALF_LIFE = 7 * 86_400
"""Seconds in which half of a score is forgotten."""
PROBE, LAST = 5.0, 7.0
WELL = 0.5
"""A score at which an address is well again."""


class Step(Enum):
    """What a bounce leads to."""

    NONE = "none"
    PROBE = "probe"
    """The next mail shows whether it is the last."""
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Health:
    """How one address fares."""

    score: float = 0.0
    at: datetime | None = None
    """When the score was that."""
    struck: date | None = None
    """The last day on which a bounce counted."""
    probing: date | None = None
    """The edition whose bounce began the probation; mails of later ones are the probe."""

    def now(self, instant: datetime) -> float:
        """The score, decayed."""
        if self.at is None:
            return 0.0
        passed = max(0.0, (instant - self.at).total_seconds())
        return self.score * exp(-log(2) * passed / HALF_LIFE)


def struck(health: Health, severity: Severity, edition: date, now: datetime) -> tuple[Health, Step]:
    """The health after a bounce of an edition's mail, and the step that it leads to.

    At most one bounce counts a day, whatever their number.
    """
    weight = WEIGHTS.get(severity, 0.0)
    today = now.date()
    if not weight or (health.struck is not None and health.struck >= today):
        return health, Step.NONE
    left = health.now(now)
    probing = health.probing if left >= WELL else None
    score = left + weight
    if probing is None:
        begins = score >= PROBE
        after = Health(score, now, today, edition if begins else None)
        return after, Step.PROBE if begins else Step.NONE
    last = score >= LAST and edition > probing
    return Health(score, now, today, probing), Step.SUPPRESS if last else Step.NONE
