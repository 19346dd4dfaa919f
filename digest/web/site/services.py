"""What the site needs of an installation; `digest.app.site` puts it together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from digest.clock import Clock
from digest.mail.tokens import Signer
from digest.model import Digest, Paper, Subscriber
from digest.model.consent import Consent
from digest.model.manner import Manner
from digest.stages.joining import Joining
from digest.web.archive import Shelf


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the site is told at its start."""

    base_url: str
    """Where readers reach it."""
    host: str = "127.0.0.1"
    """What it is bound to."""
    product: str = "Paper Digest"
    imprint: str = ""
    locale: str = "en"
    """The language of who asks for none that is spoken."""
    keys: tuple[bytes, ...] = ()
    """What tickets and sessions are signed with, newest first."""
    usual: Manner = field(default_factory=Manner)
    """How papers are chosen for who wishes nothing else."""
    keep_origin: bool = False
    """Whether a dossier tells from which network somebody asked."""
    blocked_domains: frozenset[str] = frozenset()
    """Domains of throw-away mailboxes."""
    zones: Sequence[str] = ()
    """IANA zones to choose from."""


class Reads(Protocol):
    """Makes a subscriber of what stands in a form."""

    def __call__(self, entry: Mapping[str, object]) -> Subscriber:
        """Raises BadSetting, or BadSettings for several; `where` names the field."""


@dataclass(frozen=True)
class Operations:
    """What the operator's pages tell. Desk."""

    password: Callable[[str], bool]
    """Whether it is the one that was set; it takes its time."""
    overview: Callable[[], Mapping[str, Any]]
    reader: Callable[[str], Mapping[str, Any] | None]
    """All about a subscriber, for "why no mail?"."""
    why: Callable[[str, str], Mapping[str, Any] | None]
    """The sum behind a paper (second) for a reader (first)."""


@dataclass(frozen=True)
class Services:
    """Calls into an installation.

    Those of the desk share one connection to the store, those of the study another: of each kind
    one is under way at a time.
    """

    joining: Joining
    """Desk."""
    signer: Signer
    clock: Clock
    read: Reads
    ask: Callable[[Subscriber, Consent, str], None]
    """Takes a request in and returns at once, whatever becomes of it."""
    welcome: Callable[[], None]
    """Says that somebody has confirmed: their first digest is due."""
    release: Callable[[str, Consent], object]
    """Desk: takes a suppression back, by the reader's own hand."""
    sample: Callable[[Subscriber], Digest | None]
    """Study: what somebody would get of the newest papers; None: there are none yet."""
    suggestions: Callable[[], Sequence[str]]
    """Study: topics that the newest papers are about."""
    edition: Callable[[Subscriber, date], Digest | None]
    """Study: what a reader was sent in an edition."""
    papers: Callable[[Sequence[str]], Mapping[str, Paper]]
    """Desk: papers by id."""
    export: Callable[[Subscriber], Mapping[str, Any]]
    """Desk: all that is stored about a reader."""
    deliverable: Callable[[str], bool] = lambda _: True
    """Whether mail can be delivered to a domain, as DNS says; may take seconds."""
    healthy: Callable[[], bool] = lambda: True
    """Desk: whether the store answers."""
    shelf: Shelf | None = None
    """Study: what the archive shows."""
    operations: Operations | None = None
    metrics: Callable[[], Mapping[str, Mapping[str, float]]] = field(default=dict)
    """Desk: figures by name, then by label value."""
