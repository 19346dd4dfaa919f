"""What a command changes of a reader's wishes: pure."""

from dataclasses import replace
from datetime import time

from digest.errors import BadTopic
from digest.mail.inbound.commands import Command, Verb
from digest.model import Rhythm, Subscriber, Topic

MOST = 50
"""Topics that a reader may have."""

_RHYTHMS = {
    Verb.DAILY: Rhythm.DAILY,
    Verb.WEEKDAYS: Rhythm.WEEKDAYS,
    Verb.WEEKLY: Rhythm.WEEKLY,
}
CHANGING = frozenset({Verb.SUBSCRIBE, Verb.ADD, Verb.DEL, Verb.PAPERS, Verb.AT, *_RHYTHMS})
"""Verbs that change wishes, rather than where a reader stands."""


def changed(reader: Subscriber, command: Command) -> Subscriber:
    """The reader with what they ask for. Raises BadTopic, saying what is wrong."""
    verb = command.verb
    if verb in {Verb.ADD, Verb.SUBSCRIBE}:
        return replace(reader, topics=_with(reader.topics, command.topics))
    if verb is Verb.DEL:
        return replace(reader, topics=_without(reader.topics, command.topics))
    if verb is Verb.PAPERS:
        return replace(reader, papers=int(command.what))
    if verb is Verb.AT:
        clock, zone = command.moment
        return replace(reader, send_at=_minute(clock), timezone=zone or reader.timezone)
    return replace(reader, rhythm=_RHYTHMS[verb])


def _minute(clock: time) -> time:
    return clock.replace(second=0, microsecond=0)


def _with(topics: tuple[Topic, ...], more: list[str]) -> tuple[Topic, ...]:
    found = tuple(dict.fromkeys([*topics, *map(Topic.parse, more)]))
    if len(found) > MOST:
        raise BadTopic(f"you have {len(topics)} topics, and {MOST} is the most")
    return found


def _without(topics: tuple[Topic, ...], less: list[str]) -> tuple[Topic, ...]:
    unwanted = {topic.casefold() for topic in less}
    kept = tuple(topic for topic in topics if str(topic).casefold() not in unwanted)
    if len(kept) == len(topics):
        raise BadTopic("you have no such topic")
    return kept
