"""Nouns of the field: frozen, typed, without I/O. Import them from here."""

from digest.model.calendar import is_weekend
from digest.model.cause import CAUSES, Cause, Notice, Remedy
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
from digest.model.digest import Card, Digest, Link, Mention, Section
from digest.model.event import Advanced, Began, Ended, Event, Finished, Judged, Stage, Started
from digest.model.exchange import Page, Request, Response, Saved
from digest.model.judgement import Evidence, Precedent
from digest.model.manner import Manner, Quiet
from digest.model.message import Message
from digest.model.paper import Paper, Sighting
from digest.model.report import FAILURES, Report
from digest.model.revision import Revision
from digest.model.run import WHOLE, Part, Run
from digest.model.secret import Secret
from digest.model.selection import Choice, Mood, Reason, ReasonKind, Selection
from digest.model.standing import Standing
from digest.model.subscriber import Rhythm, Subscriber, SubscriberState
from digest.model.topic import Topic, TopicKind
from digest.model.verdict import CONSEQUENCES, Collection, Consequence, Verdict

__all__ = [
    "CAUSES",
    "CONSEQUENCES",
    "FAILURES",
    "SEEN",
    "SETTLED",
    "TRANSITIONS",
    "WHOLE",
    "Advanced",
    "Began",
    "Card",
    "Cause",
    "Choice",
    "Claim",
    "Collection",
    "Consequence",
    "Delivery",
    "DeliveryState",
    "Digest",
    "Ended",
    "Event",
    "Evidence",
    "Finished",
    "Judged",
    "Link",
    "Manner",
    "Mention",
    "Message",
    "Mood",
    "Notice",
    "Outcome",
    "Page",
    "Paper",
    "Part",
    "Precedent",
    "Quiet",
    "Reason",
    "ReasonKind",
    "Remedy",
    "Report",
    "Request",
    "Response",
    "Revision",
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
