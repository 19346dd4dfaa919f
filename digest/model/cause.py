"""What an operator should hear of: causes, and what to do about each, in one table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from digest.model.delivery import DeliveryState
from digest.model.report import Report
from digest.model.verdict import Collection, Verdict


class Cause(StrEnum):
    """Why somebody is told; once a day each, for each subject."""

    SOURCE_FAILED = "source-failed"
    SOURCE_CHANGED = "source-changed"
    SOURCE_STALE = "source-stale"
    SOURCE_PARTIAL = "source-partial"
    SOURCE_FILLING = "source-filling"
    """A day that is over, and still not whole."""
    AUTHENTICATION = "authentication"
    """A provider does not believe that it is us, or refuses us: ours to mend."""
    PROVIDER_HALTED = "provider-halted"
    RELAY = "relay"
    IN_DOUBT = "in-doubt"
    GIVEN_UP = "given-up"
    SILENT_DAY = "silent-day"
    """Readers were due, and nothing was sent."""
    RUN_FAILED = "run-failed"
    """It ended before its end."""
    NOT_PROVED = "not-proved"
    PREFLIGHT = "preflight"
    """Something that was well is no longer."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a cause comes to."""

    title: str
    advice: str
    alert: bool = True
    """Whether the operator is told at once; else only `digest status` shows it."""


_C = Cause
CAUSES: dict[Cause, Remedy] = {
    _C.SOURCE_FAILED: Remedy(
        "a source could not be read",
        "nothing, if it comes back: the next run asks again; `digest status` shows why",
    ),
    _C.SOURCE_CHANGED: Remedy(
        "a source answers in a shape that nobody knows",
        "look at the answer that was kept under reports/, and for a newer paper-digest",
    ),
    _C.SOURCE_STALE: Remedy(
        "a source shows an older day again", "nothing, if it catches up: the next run asks again"
    ),
    _C.SOURCE_PARTIAL: Remedy(
        "a day came only in part", "nothing, if the rest comes: the next run asks again"
    ),
    _C.SOURCE_FILLING: Remedy(
        "a day is still filling up", "nothing: it is asked for again", alert=False
    ),
    _C.AUTHENTICATION: Remedy(
        "a provider refuses what we send", "`digest doctor` says what is wrong, and what to add"
    ),
    _C.PROVIDER_HALTED: Remedy(
        "a provider is left alone for a while", "nothing: it is asked again when its rest is over"
    ),
    _C.RELAY: Remedy("the relay could not be used", "see to the relay; the next run goes on"),
    _C.IN_DOUBT: Remedy(
        "mails may or may not have arrived", "`digest deliveries settle` or `release`"
    ),
    _C.GIVEN_UP: Remedy(
        "mails were put off until they were too old",
        "`digest deliveries --state expired` shows the servers' words",
    ),
    _C.SILENT_DAY: Remedy(
        "readers were due, and nobody got anything",
        "`digest status`, and `digest why-no-mail ADDRESS` for one of them",
    ),
    _C.RUN_FAILED: Remedy("a run broke off", "mend what it says; the next run goes on"),
    _C.NOT_PROVED: Remedy(
        "the first sending to many readers waits for the preflight", "`digest doctor`"
    ),
    _C.PREFLIGHT: Remedy(
        "the preflight finds something that is not well", "`digest doctor` prints what to add"
    ),
}
"""Cause → its consequence; `docs/alerts.md` prints this table, and a test holds it to it."""

OF_VERDICT: dict[Verdict, Cause] = {
    Verdict.FAILED: _C.SOURCE_FAILED,
    Verdict.CHANGED: _C.SOURCE_CHANGED,
    Verdict.STALE: _C.SOURCE_STALE,
    Verdict.PARTIAL: _C.SOURCE_PARTIAL,
    Verdict.FILLING: _C.SOURCE_FILLING,
}
"""Verdict → cause; what stands not here is as it should be."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One cause, met once."""

    cause: Cause
    subject: str = ""
    """What it is about: a source, a provider."""
    detail: str = ""

    @property
    def remedy(self) -> Remedy:
        """What it comes to."""
        return CAUSES[self.cause]

    @property
    def sentence(self) -> str:
        """As in `a source could not be read (huggingface): no answer`."""
        about = f" ({self.subject})" if self.subject else ""
        return f"{self.remedy.title}{about}" + (f": {self.detail}" if self.detail else "")


def notices(report: Report) -> list[Notice]:
    """What a run met that somebody should hear of."""
    return [*_of_sources(report.collections), *_of_deliveries(report)]


def _of_sources(collections: list[Collection]) -> Iterator[Notice]:
    for fetch in collections:
        if (cause := OF_VERDICT.get(fetch.verdict)) is not None:
            yield Notice(cause, fetch.source, f"{fetch.day}: {fetch.detail or fetch.verdict}")


def _of_deliveries(report: Report) -> Iterator[Notice]:
    for domain, reply in report.alerts.items():
        yield Notice(Cause.AUTHENTICATION, domain, reply)
    if report.held:
        words = "; ".join(f"{number} {why}" for why, number in report.held.most_common(3))
        yield Notice(Cause.PROVIDER_HALTED, "", words)
    if report.trouble:
        yield Notice(Cause.RELAY, "", report.trouble)
    if report.died:
        yield Notice(Cause.RUN_FAILED, "", f"{report.died} sending processes died")
    for state, cause in (
        (DeliveryState.IN_DOUBT, Cause.IN_DOUBT),
        (DeliveryState.EXPIRED, Cause.GIVEN_UP),
    ):
        if number := report.states[state]:
            yield Notice(cause, "", f"{number} of the edition of {report.day}")
    if report.silent:
        why = "there are no papers to choose from" if report.uncollected else "nothing was accepted"
        yield Notice(Cause.SILENT_DAY, "", f"edition of {report.day}: {why}")
