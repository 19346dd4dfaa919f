"""What is known of a reader beside their wishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from digest.rank.decisions import Named

NONE_YET: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Known:
    """What they got, what they said of it, and what of it may come again."""

    seen: frozenset[str] = frozenset()
    """Ids of papers they were sent."""
    opinions: Mapping[str, float] = field(default_factory=lambda: NONE_YET)
    """Ids of papers with what an opinion still weighs: above 0 liked, below disliked."""
    again: Mapping[str, Named] = field(default_factory=lambda: NONE_YET)
    """Of what they were sent, what may come again, with the label that says why."""


NEW = Known()
"""Somebody of whom nothing is known."""
