"""Nouns of the field: frozen, typed, without I/O. Import them from here."""

from digest.model.calendar import is_weekend
from digest.model.delivery import (
    SEEN,
    SETTLED,
    TRANSITIONS,
    Claim,
    Delivery,
    DeliveryState,
    Outcome,
    Scope,
    Sent,
    Severity,
)
from digest.model.digest import Card, Digest, Link, Section
from digest.model.event import Advanced, Event, Finished, Judged, Stage, Started
from digest.model.exchange import Page, Request, Response, Saved
from digest.model.judgement import Evidence, Precedent
from digest.model.message import Message
from digest.model.paper import Paper, Sighting
from digest.model.report import FAILURES, Report
from digest.model.run import WHOLE, Part, Run
from digest.model.secret import Secret
from digest.model.selection import Choice, Mood, Reason, ReasonKind, Selection
from digest.model.standing import Standing
from digest.model.subscriber import Rhythm, Subscriber, SubscriberState
from digest.model.topic import Topic, TopicKind
from digest.model.verdict import CONSEQUENCES, Collection, Consequence, Verdict

__all__ = [
    "CONSEQUENCES",
    "FAILURES",
    "SEEN",
    "SETTLED",
    "TRANSITIONS",
    "WHOLE",
    "Advanced",
    "Card",
    "Choice",
    "Claim",
    "Collection",
    "Consequence",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Event",
    "Evidence",
    "Finished",
    "Judged",
    "Link",
    "Message",
    "Mood",
    "Outcome",
    "Page",
    "Paper",
    "Part",
    "Precedent",
    "Reason",
    "ReasonKind",
    "Report",
    "Request",
    "Response",
    "Rhythm",
    "Run",
    "Saved",
    "Scope",
    "Secret",
    "Section",
    "Selection",
    "Sent",
    "Severity",
    "Sighting",
    "Stage",
    "Standing",
    "Started",
    "Subscriber",
    "SubscriberState",
    "Topic",
    "TopicKind",
    "Verdict",
    "is_weekend",
]
