"""The gate before a first sending to many: it opens once the preflight was passed."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from digest.app.watch_parts import WatchParts
from digest.config import OutboxKind
from digest.doctor.check import Check, green
from digest.errors import NotProved
from digest.mail.domain import is_loopback
from digest.model import Cause, Run

DAILY = timedelta(days=1)
"""How often a run looks whether what was well still is."""
MANY = 100
"""Readers up to whom no preflight is asked for."""


def remember(parts: WatchParts, checks: Sequence[Check]) -> None:
    """A preflight without a failure counts for this sender and its relays from now on."""
    if green(checks) and parts.settings.outbox.kind is OutboxKind.SMTP:
        relays = [relay.name for relay in parts.settings.smtp.relays]
        parts.watch.prove(parts.identity.domain, relays, parts.clock.now(), "doctor")


def is_old(parts: WatchParts) -> bool:
    """Whether it is a day since mail of this sender was found fit to leave the house."""
    if parts.settings.outbox.kind is not OutboxKind.SMTP:
        return False
    proved, now = parts.watch.proved(parts.identity.domain), parts.clock.now()
    names = [r.name for r in parts.settings.smtp.relays if not is_loopback(r.host)]
    told = {cause for cause, _ in parts.watch.told(now.date())}
    old = any(name in proved and now - proved[name] >= DAILY for name in names)
    return old and Cause.PREFLIGHT.value not in told


def require_proof(parts: WatchParts, run: Run, *, anyway: bool) -> None:
    """Raises NotProved before a first sending to many readers through an unproved relay."""
    if parts.settings.outbox.kind is not OutboxKind.SMTP:
        return
    names = {r.name for r in parts.settings.smtp.relays if not is_loopback(r.host)}
    domain = parts.identity.domain
    lacking = sorted(names - parts.watch.proved(domain).keys())
    if not lacking:
        return
    readers = (reader for reader in parts.subscribers.active() if run.wants(reader))
    if sum(1 for _ in islice(readers, MANY + 1)) <= MANY:
        return
    if anyway:
        parts.watch.prove(domain, lacking, parts.clock.now(), "operator")
        return
    raise NotProved(
        f"more than {MANY} readers, and nobody knows whether mail from {domain} through "
        f"{', '.join(lacking)} arrives: run `digest doctor`, or send with --anyway"
    )
