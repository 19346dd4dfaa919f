"""Why a reader got no mail: one answer from what is known, without asking anybody."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from digest.model.delivery import Delivery, DeliveryState
from digest.model.run import Run
from digest.model.subscriber import Rhythm, Subscriber, SubscriberState
from digest.model.verdict import Collection, Verdict


class Why(StrEnum):
    """The kind of answer."""

    NOT_SUBSCRIBED = "not-subscribed"
    PENDING = "pending"
    PAUSED = "paused"
    LEFT = "left"
    SUPPRESSED = "suppressed"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    IN_DOUBT = "in-doubt"
    EXPIRED = "expired"
    QUIET = "quiet"
    """Nothing reached the reader's floor, and that is when they want no mail."""
    UNDER_WAY = "under-way"
    FORGOTTEN = "forgotten"
    NOT_THEIRS = "not-theirs"
    """Their rhythm leaves this edition out."""
    NOT_YET = "not-yet"
    OVERTAKEN = "overtaken"
    FOLDED = "folded"
    NO_PAPERS = "no-papers"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a reader and an edition."""

    address: str
    now: datetime
    run: Run
    """What a run for that edition would be."""
    reader: Subscriber | None = None
    state_since: datetime | None = None
    pause_until: date | None = None
    delivery: Delivery | None = None
    due: datetime | None = None
    """When what is deferred is tried again."""
    opens: datetime | None = None
    """The reader's time for the edition; None: it is none of theirs."""
    closes: datetime | None = None
    """Their time for the next one."""
    next_at: datetime | None = None
    next_day: date | None = None
    """Their next mail, and its edition."""
    last_edition: date | None = None
    """The newest edition that they got."""
    ready: bool = False
    """Whether there are papers to choose from."""
    collections: tuple[Collection, ...] = ()
    forgotten: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """The answer."""

    why: Why
    sentence: str


STATES: Final = {
    SubscriberState.PENDING: (
        Why.PENDING, "has been asked for{since} and is not confirmed: until the link in the "
        "confirmation is opened, nothing else may be sent"),
    SubscriberState.LEFT: (
        Why.LEFT, "unsubscribed{since}; only they themselves can come back"),
    SubscriberState.SUPPRESSED: (
        Why.SUPPRESSED, "is suppressed{since}, because its mail bounced or its reader complained: "
        "see `digest suppressions list`"),
}  # fmt: skip


def explain(facts: Facts) -> Absence:
    """Why there was no mail, or that there was one."""
    tried, barred = _by_ledger(facts), _by_state(facts)
    if tried and barred:
        return Absence(barred.why, f"{barred.sentence} Before that, {tried.sentence}")
    for found in (tried, barred, _by_calendar(facts), _by_papers(facts)):
        if found is not None:
            return found
    text = f"is due for the edition of {facts.run.day}: the next `digest run` sends it"
    return _said(facts, Why.DUE, text)


def _said(facts: Facts, why: Why, text: str) -> Absence:
    return Absence(why, f"{facts.address} {text}.")


def _at(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "an unknown time"


def _words(facts: Facts) -> str:
    reply = facts.delivery.reply if facts.delivery else ""
    return f": the server said “{reply}”" if reply else ""


def _by_ledger(facts: Facts) -> Absence | None:
    """A delivery has been tried: it knows best."""
    tried = facts.delivery
    if tried is None:
        return None
    day, words, at = facts.run.day, _words(facts), _at(tried.updated)
    times = "once" if tried.attempts == 1 else f"{tried.attempts} times"
    told = {
        DeliveryState.ACCEPTED: (
            Why.ACCEPTED, f"got the edition of {day}: their mail server accepted it at {at}; "
            "look into the spam folder"),
        DeliveryState.BOUNCED: (
            Why.BOUNCED, f"was sent the edition of {day}, and it came back at {at}{words}"),
        DeliveryState.DEFERRED: (
            Why.DEFERRED, f"still waits for the edition of {day}: tried {times}, put off at {at}"
            f"{words}; it is tried again from {_at(facts.due)} on"),
        DeliveryState.REJECTED: (
            Why.REJECTED, f"was refused the edition of {day} at {at}{words}; nobody tries again"),
        DeliveryState.IN_DOUBT: (
            Why.IN_DOUBT, f"most likely got the edition of {day}: it was sent, and the answer was "
            f"lost at {at}{words}; `digest deliveries settle` or `release` decides"),
        DeliveryState.EXPIRED: (
            Why.EXPIRED, f"did not get the edition of {day}: it was given up at {at}{words}; its "
            "papers may come in the next one"),
        DeliveryState.SKIPPED: (
            Why.QUIET, f"had nothing to get in the edition of {day}: "
            f"{tried.reply or 'nothing reached their floor'}"),
    }  # fmt: skip
    why, text = told.get(
        tried.state,
        (Why.UNDER_WAY, f"is being sent the edition of {day} now, or that run was killed"),
    )
    return _said(facts, why, text)


def _by_state(facts: Facts) -> Absence | None:
    """Nothing may go to them."""
    if facts.reader is None:
        hint = "`digest subscribers list` shows who there is"
        return _said(facts, Why.NOT_SUBSCRIBED, f"does not subscribe: {hint}")
    since = f" on {facts.state_since:%Y-%m-%d}" if facts.state_since else ""
    if facts.reader.state is SubscriberState.PAUSED:
        until = facts.pause_until
        endless = until is None or until == date.max
        text = f"has paused{since}, {'until they come back' if endless else f'until {until}'}"
        return _said(facts, Why.PAUSED, text)
    if facts.reader.state in STATES:
        why, text = STATES[facts.reader.state]
        return _said(facts, why, text.format(since=since))
    return None


def _by_calendar(facts: Facts) -> Absence | None:
    """It is not their turn."""
    day, reader = facts.run.day, facts.reader
    then = f"next is the edition of {facts.next_day}, at {_at(facts.next_at)}"
    if facts.forgotten:
        text = f"may have got the edition of {day}: that is so long ago that nobody remembers"
        return _said(facts, Why.FORGOTTEN, text)
    if facts.opens is None or reader is None:
        weekly = reader is not None and reader.rhythm is Rhythm.WEEKLY
        other = f"gets no edition of {day}: it is a weekend's, or a newer one comes first"
        text = "gets a digest once a week, on Mondays" if weekly else other
        return _said(facts, Why.NOT_THEIRS, f"{text}; {then}")
    if facts.opens > facts.now:
        text = f"is not due for the edition of {day} until {_at(facts.opens)}"
        return _said(facts, Why.NOT_YET, text)
    if facts.closes is not None and facts.closes <= facts.now:
        return _overtaken(facts, then)
    return _too_new(facts, reader, then)


def _too_new(facts: Facts, reader: Subscriber, then: str) -> Absence | None:
    day = facts.run.day
    if facts.opens is None or reader.since is None or facts.run.latest:
        return None
    if reader.since > facts.opens:
        text = f"subscribed after the edition of {day} had gone out; {then}"
        return _said(facts, Why.NOT_THEIRS, text)
    return None


def _overtaken(facts: Facts, then: str) -> Absence:
    """Nothing was tried while it was their turn."""
    if facts.last_edition is not None and facts.last_edition > facts.run.day:
        held = f"its papers came with the edition of {facts.last_edition}"
    else:
        held = f"its papers come with a newer one; {then}"
    text = f"got no edition of {facts.run.day}: no run sent it while it was the newest, and {held}"
    return _said(facts, Why.OVERTAKEN, text)


def _by_papers(facts: Facts) -> Absence | None:
    """It is their turn, and something keeps it back."""
    day = facts.run.day
    if not facts.ready:
        bad = [each for each in facts.collections if each.verdict is not Verdict.COMPLETE]
        told = [f"{c.source} is {c.verdict}{': ' * bool(c.detail)}{c.detail}" for c in bad]
        because = "; ".join(told) or f"nothing was collected: `digest collect --day {day}`"
        text = f"waits for the edition of {day}, for which there are no papers yet ({because})"
        return _said(facts, Why.NO_PAPERS, text)
    if facts.late:
        text = (
            f"was to get the edition of {day} at {_at(facts.opens)}; it is so late that its papers "
            f"come with the next one, at {_at(facts.closes)}"
        )
        return _said(facts, Why.FOLDED, text)
    return None
