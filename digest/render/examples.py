"""Example editions that come with the templates: they feed preview, lint and golden tests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Self

from jinja2 import BaseLoader, Environment, TemplateNotFound

from digest.errors import RenderError, Unknown
from digest.model import (
    Choice,
    Mood,
    Paper,
    Reason,
    ReasonKind,
    Selection,
    Subscriber,
    Topic,
)
from digest.render.templates import templates

FOLDER = "examples/"
_NOTHING = Environment(autoescape=True)
"""Loaders want an environment; nothing is rendered with it."""


@dataclass(frozen=True, slots=True)
class Example:
    """One edition for one reader, before it is composed."""

    about: str
    """What it shows, in a sentence."""
    subscriber: Subscriber
    selection: Selection
    papers: Mapping[str, Paper]

    @classmethod
    def load(cls, name: str, loader: BaseLoader | None = None) -> Self:
        """An example by its file's name without `.json`. Raises Unknown, RenderError."""
        try:
            source = (loader or templates()).get_source(_NOTHING, f"{FOLDER}{name}.json")[0]
        except TemplateNotFound as error:
            raise Unknown(f"no example {name!r} among the templates") from error
        try:
            return cls.read(json.loads(source))
        except (KeyError, TypeError, ValueError) as error:
            raise RenderError(f"{FOLDER}{name}.json: {type(error).__name__}: {error}") from error

    @classmethod
    def read(cls, example: Mapping[str, Any]) -> Self:
        """An example from its JSON. Raises KeyError, TypeError or ValueError when it is none."""
        day = date.fromisoformat(example["day"])
        reader = dict(example["subscriber"])
        reader["topics"] = tuple(Topic.parse(topic) for topic in reader.get("topics", ()))
        papers = [_paper(one["paper"]) for one in example["chosen"]]
        choices = [
            Choice(paper.id, *_standing(place), reasons=_reasons(one["reasons"]))
            for place, (paper, one) in enumerate(zip(papers, example["chosen"], strict=True))
        ]
        near = [_paper(one) for one in example.get("near", ())]
        subscriber = Subscriber(**reader)
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        mood, considered = Mood(example["mood"]), example["considered"]
        return cls(
            about=example["about"],
            subscriber=subscriber,
            selection=Selection(
                subscriber.address,
                day,
                tuple(choices),
                mood,
                considered,
                at,
                near=tuple(paper.id for paper in near),
            ),
            papers={paper.id: paper for paper in (*papers, *near)},
        )


def names(loader: BaseLoader | None = None) -> list[str]:
    """The names of all examples."""
    known = (loader or templates()).list_templates()
    return [name[len(FOLDER) : -5] for name in known if name.startswith(FOLDER)]


def _standing(place: int) -> tuple[float, float, float]:
    """Score, relevance and trend of the choice at a place: they only have to fall."""
    score = 1 / (1 + place)
    return score, score, score


def _paper(written: Mapping[str, Any]) -> Paper:
    known = {field.name for field in fields(Paper)}
    values: dict[str, Any] = {
        key: _value(key, value) for key, value in written.items() if key in known
    }
    return Paper(**values)


def _value(key: str, value: object) -> object:
    if key in {"published", "listed", "observed"}:
        return datetime.fromisoformat(str(value))
    return tuple(value) if isinstance(value, list) else value


def _reasons(written: list[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(ReasonKind(one["kind"]), one["label"], one["value"], tuple(one.get("words", ())))
        for one in written
    )
