"""How long things are remembered; every run forgets what is older."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.store.database import Database, Queries, to_instant

CENTURY = 36_525


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """`[retention]`: days since an edition's own, and since anything was heard of it."""

    memory: int = field(default=180, metadata={"low": 30, "high": CENTURY})
    """Who got which edition, and which papers: what keeps a paper from coming twice."""
    papers: int = field(default=400, metadata={"low": 30, "high": CENTURY})
    """Papers and how their votes grew; never less than `memory`."""
    replies: int = field(default=90, metadata={"low": 1, "high": CENTURY})
    """A mail server's own words about what it did not accept."""


def prune(database: Database, settings: RetentionSettings, now: datetime) -> int:
    """Forgets what is too old; returns how many deliveries. Their editions are never sent again."""
    with database.transaction():
        _words(database, settings, now)
        forgotten = _editions(database, settings, now)
        _papers(database, settings, now)
        return forgotten


def _words(database: Database, settings: RetentionSettings, now: datetime) -> None:
    sql = Queries("retention", database.dialect)
    database.execute(sql["replies"], _before(now, settings.replies))


def _editions(database: Database, settings: RetentionSettings, now: datetime) -> int:
    sql = Queries("retention", database.dialect)
    forgotten = 0
    for (day,) in database.all(sql["old_days"], _before(now, settings.memory)):
        database.execute(sql["selections"], {"day": day})
        forgotten += database.execute(sql["deliveries"], {"day": day})
        database.execute(Queries("memory", database.dialect)["forget"], {"day": day})
    return forgotten


def _papers(database: Database, settings: RetentionSettings, now: datetime) -> None:
    """Papers outlive every edition that may have chosen them."""
    sql = Queries("retention", database.dialect)
    before = {"before": _before(now, max(settings.papers, settings.memory))["before"]}
    database.execute(sql["collections"], before)
    if database.execute(sql["listings"], before):
        database.execute(sql["observations"])
        database.execute(sql["papers"])


def _before(now: datetime, days: int) -> dict[str, int]:
    then = now - timedelta(days=days)
    return {"before": then.date().toordinal(), "instant": to_instant(then)}
