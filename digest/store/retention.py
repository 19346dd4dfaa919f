"""How long things are remembered; every run forgets what is older."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from digest.store.database import Database, Queries

CENTURY = 36_525


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """`[retention]`: days, counted from an edition's day."""

    memory: int = field(default=180, metadata={"low": 30, "high": CENTURY})
    """Who got which edition, and which papers: what keeps a paper from coming twice."""
    papers: int = field(default=400, metadata={"low": 30, "high": CENTURY})
    """Papers and how their votes grew; never less than `memory`."""
    replies: int = field(default=90, metadata={"low": 1, "high": CENTURY})
    """A mail server's own words about what it did not accept."""


def prune(database: Database, settings: RetentionSettings, today: date) -> int:
    """Forgets what is too old; returns how many deliveries. Their editions are never sent again."""
    sql = Queries("retention", database.dialect)

    def delete(name: str, days: int) -> int:
        before = (today - timedelta(days=days)).toordinal()
        return database.execute(sql[name], {"before": before} if ":before" in sql[name] else {})

    with database.transaction():
        delete("replies", min(settings.replies, settings.memory))
        delete("selections", settings.memory)
        forgotten = delete("deliveries", settings.memory)
        if forgotten:
            last = (today - timedelta(days=settings.memory + 1)).toordinal()
            database.execute(Queries("memory", database.dialect)["forget"], {"day": last})
        days = max(settings.papers, settings.memory)
        delete("collections", days)
        if delete("listings", days):
            delete("observations", days)
            delete("papers", days)
        return forgotten
