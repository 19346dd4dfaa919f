"""What becomes of a reader: pure. `docs/subscriber-life.md` draws it, and a test reads the drawing.

What stands in no line changes nothing, however often it is said: a link clicked twice, a notice
that comes late, a file imported again.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from digest.model.subscriber import SubscriberState

CONFIRM_WITHIN = timedelta(days=7)
"""How long the link of a confirmation is good, and how long who never answers is remembered."""
UNDO_WITHIN = timedelta(days=7)
"""How long leaving can be taken back by a link: mails are forwarded, and links with them."""
FOREVER = date.max
"""Until when somebody pauses who named no day."""


class Act(StrEnum):
    """What readers, mail servers, operators and time do."""

    REQUEST = "request"
    """Somebody, perhaps not the reader, asks that an address be mailed: proves nothing."""
    CONFIRM = "confirm"
    """Whoever reads that address answered the confirmation."""
    EXPIRE = "expire"
    """Nobody answered in time."""
    CHANGE = "change"
    """Topics, rhythm and the like: by the reader's own link."""
    PAUSE = "pause"
    RESUME = "resume"
    """By the reader, or because the day has come."""
    LEAVE = "leave"
    UNDO = "undo"
    """Takes leaving back, by the same link and soon."""
    BOUNCE = "bounce"
    """The address is dead, as mail servers say."""
    COMPLAIN = "complain"
    """The reader called a mail spam."""
    RELEASE = "release"
    """The suppression is taken back: by the operator, or by the reader's own hand."""
    ERASE = "erase"
    """The reader wants to be forgotten; that they were here is kept as a hash that nobody reads."""
    ADD = "add"
    """The operator adds or imports an address whose consent they have."""


_S, _A = SubscriberState, Act
NOBODY: SubscriberState | None = None

LIFE: dict[tuple[SubscriberState | None, Act], SubscriberState | None] = {
    (NOBODY, _A.REQUEST): _S.PENDING,
    (NOBODY, _A.ADD): _S.ACTIVE,
    (_S.PENDING, _A.CONFIRM): _S.ACTIVE,
    (_S.PENDING, _A.ADD): _S.ACTIVE,
    (_S.PENDING, _A.EXPIRE): NOBODY,
    (_S.PENDING, _A.LEAVE): _S.LEFT,
    (_S.PENDING, _A.BOUNCE): _S.SUPPRESSED,
    (_S.PENDING, _A.COMPLAIN): _S.SUPPRESSED,
    (_S.PENDING, _A.ERASE): NOBODY,
    (_S.ACTIVE, _A.PAUSE): _S.PAUSED,
    (_S.ACTIVE, _A.LEAVE): _S.LEFT,
    (_S.ACTIVE, _A.BOUNCE): _S.SUPPRESSED,
    (_S.ACTIVE, _A.COMPLAIN): _S.SUPPRESSED,
    (_S.ACTIVE, _A.ERASE): NOBODY,
    (_S.PAUSED, _A.RESUME): _S.ACTIVE,
    (_S.PAUSED, _A.LEAVE): _S.LEFT,
    (_S.PAUSED, _A.BOUNCE): _S.SUPPRESSED,
    (_S.PAUSED, _A.COMPLAIN): _S.SUPPRESSED,
    (_S.PAUSED, _A.ERASE): NOBODY,
    (_S.LEFT, _A.CONFIRM): _S.ACTIVE,
    (_S.LEFT, _A.ERASE): NOBODY,
    (_S.SUPPRESSED, _A.LEAVE): _S.LEFT,
    (_S.SUPPRESSED, _A.ERASE): NOBODY,
}
"""(state, act) → the state that follows; `None` is an address that we do not know.

Two acts are missing here, for where they lead depends on where the reader came from (`after`):
undo leads from left, and release from suppressed, back to pending, active or paused.
"""

BACK = {Act.UNDO: SubscriberState.LEFT, Act.RELEASE: SubscriberState.SUPPRESSED}
"""Acts that lead back, and from where."""
RETURNS = (SubscriberState.PENDING, SubscriberState.ACTIVE, SubscriberState.PAUSED)
"""Where they may lead back to: who was never confirmed is not confirmed by a detour."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where a reader stands."""

    state: SubscriberState | None = None
    """None: an address that we do not know."""
    before: SubscriberState | None = None
    """Where undo or release leads back to; None: nowhere."""
    since: datetime | None = None
    """When the state was entered."""
    pause_until: date | None = None
    """The first day on which a paused reader is mailed again; None: the operator paused them."""


def after(life: Life, act: Act) -> SubscriberState | None:
    """The state that follows; the present one where the act changes nothing."""
    if act in BACK:
        return life.before if life.state is BACK[act] and life.before in RETURNS else life.state
    return LIFE.get((life.state, act), life.state)


def lived(life: Life, act: Act, now: datetime, until: date | None = None) -> Life:
    """The life after an act at an instant. `until` is for a pause."""
    if act is Act.UNDO and (life.since is None or now - life.since > UNDO_WITHIN):
        return life
    state = after(life, act)
    if act is Act.PAUSE and state is SubscriberState.PAUSED:
        since = now if life.state is not state else life.since
        return Life(state, None, since, until or FOREVER)
    if act is Act.REQUEST and life.state is SubscriberState.PENDING:
        return replace(life, since=now)  # the time to answer begins anew
    if state is life.state:
        return life
    if state in {SubscriberState.LEFT, SubscriberState.SUPPRESSED}:
        before = life.state if life.state in RETURNS else None
        return replace(life, state=state, before=before, since=now)
    kept = life.pause_until if state is SubscriberState.PAUSED else None
    return Life(state, None, now, kept)
