"""Whether the house is in order: relay, web, clock, disk, queue, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.doctor.check import Check, failed, passed, skipped, warned
from digest.doctor.records import shown

SOON, URGENT = timedelta(days=21), timedelta(days=3)
"""Before a certificate ends."""
SKEW, ASTRAY = timedelta(minutes=1), timedelta(minutes=5)
LITTLE, NOTHING_LEFT = 1024**3, 100 * 1024**2
"""Octets."""
SLOW = timedelta(hours=4)
"""Age of the oldest mail that waits."""


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """What a relay showed when we came as we come every night."""

    name: str
    loopback: bool = False
    trouble: str = ""
    """Why no session could be opened."""
    tls: str = ""
    """As in `TLSv1.3`; "" for a session in clear."""
    not_after: datetime | None = None
    """When its certificate ends."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of asking a page for something."""

    status: int = 0
    body: bytes = b""
    date: datetime | None = None
    """Its Date."""
    location: str = ""
    """Where it sent us."""
    trouble: str = ""
    """Why there is no answer."""


def check_relay(relay: RelayFacts, now: datetime) -> Check:
    """Whether the relay lets us in, over TLS, and for how long it will."""
    name = f"relay:{relay.name}"
    if relay.trouble:
        return failed(name, shown(relay.trouble), "a session, opened as the nightly run does it")
    if not relay.tls:
        if relay.loopback:
            return passed(name, "on this machine, in clear")
        return warned(name, "in clear", "smtp.security = 'starttls' or 'tls'")
    if relay.not_after is None:
        return passed(name, relay.tls)
    return _certificate(name, relay.tls, relay.not_after, now)


def _certificate(name: str, tls: str, not_after: datetime, now: datetime) -> Check:
    left = not_after - now
    told = f"{tls}, certificate for {left.days} more days"
    if left < URGENT:
        return failed(name, told, "a new certificate: when this one ends, nothing is sent any more")
    if left < SOON:
        return warned(name, told, f"a new certificate before {not_after:%Y-%m-%d}")
    return passed(name, told)


def check_one_click(url: str, visits: Sequence[Visit], *, public: bool) -> Check:
    """Whether one-click unsubscription works as RFC 8058 has it: GET, POST, and POST again."""
    name = "one-click"
    if not url.startswith("https://"):
        told = f"{url.partition('/unsubscribe')[0]} is not https"
        wanted = "an https URL in web.base_url (RFC 8058 §3.1)"
        return failed(name, told, wanted) if public else warned(name, told, wanted)
    for what, visit in zip(("GET", "POST", "POST again"), visits, strict=False):
        if visit.trouble:
            return failed(name, f"{what}: {shown(visit.trouble)}", "`digest web`, reachable there")
        if visit.location:
            found = f"{what} is sent on to {shown(visit.location)}"
            return failed(name, found, "an answer without redirect (RFC 8058 §3.1)")
        if not 200 <= visit.status < 300:
            return failed(name, f"{what}: answered {visit.status}", "200, also the second time")
    return passed(name, "GET shows a page, POST answers 200 twice")


def check_clock(visits: Mapping[str, Visit], now: datetime) -> Check:
    """Whether our clock agrees with those of others (RFC 9110 §6.6.1: Date)."""
    skews = {where: now - visit.date for where, visit in visits.items() if visit.date}
    if not skews:
        return skipped("clock", "nobody told the time")
    where, skew = min(skews.items(), key=lambda item: abs(item[1]))
    side = "ahead of" if skew > timedelta() else "behind"
    told = f"{abs(skew).total_seconds():.0f} s {side} {where}"
    if abs(skew) >= ASTRAY:
        return failed("clock", told, "time synchronisation: mail would be dated wrongly")
    if abs(skew) >= SKEW:
        return warned("clock", told, "time synchronisation")
    return passed("clock", told)


def check_disk(where: str, free: int, trouble: str = "") -> Check:
    """Whether there is room for tonight. `free` is in octets."""
    told = f"{free / 1024**3:.1f} GB free at {where}"
    if trouble:
        return failed("disk", f"{where}: {trouble}", "a directory that we may write to")
    if free < NOTHING_LEFT:
        return failed("disk", told, "room: without it nothing is claimed, and nothing sent")
    return warned("disk", told, "room for some months") if free < LITTLE else passed("disk", told)


def check_queue(oldest: datetime | None, doubts: int, expiry: timedelta, now: datetime) -> Check:
    """Whether mail piles up. `oldest`: the first attempt of what waits longest."""
    age = timedelta() if oldest is None else now - oldest
    told = f"the oldest mail waits for {age.total_seconds() / 3600:.1f} h" if oldest else "empty"
    see = "see `digest deliveries --state deferred`"
    if oldest and age >= expiry:
        return failed("queue", told, f"a run: nothing has been sent or given up; {see}")
    if oldest and age >= SLOW:
        return warned("queue", told, see)
    if doubts:
        wanted = "`digest deliveries settle` or `release`"
        return warned("queue", f"{told}; {doubts} in doubt", wanted)
    return passed("queue", told)


def check_sources(troubles: Mapping[str, str]) -> Check:
    """Whether papers can be had; `troubles` tells why not, by source, "" when they can."""
    down = {name: why for name, why in troubles.items() if why}
    up = [name for name in troubles if name not in down]
    if not troubles:
        return failed("sources", "there is no source", "one at least")
    told = "; ".join(f"{name}: {shown(why)}" for name, why in down.items())
    if not up:
        return failed("sources", told, "one that answers")
    if down:
        return warned("sources", told, f"all that are asked; {', '.join(up)} answered")
    return passed("sources", f"{', '.join(up)} answered")
