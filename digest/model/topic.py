"""What a reader wants to hear about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from digest.errors import BadTopic

LONGEST = 4_000
"""Characters of a topic that are read; a longer one is refused."""


class TopicKind(StrEnum):
    """How a topic is to be matched."""

    TEXT = "text"
    """Free text, ranked by relevance."""
    PHRASE = "phrase"
    """These words, in this order, written with quotes."""
    CATEGORY = "category"
    """An arXiv category, written `cat:cs.LG`; `cat:cs` holds all of cs."""
    AUTHOR = "author"
    """Anybody of that name among the authors, written `author:Name`."""


PREFIXES = {"cat:": TopicKind.CATEGORY, "author:": TopicKind.AUTHOR}


@dataclass(frozen=True, slots=True, order=True)
class Topic:
    """One interest, as the reader wrote it (`str(topic)` gives it back)."""

    kind: TopicKind
    text: str

    @classmethod
    def parse(cls, written: str) -> Self:
        """Reads `free text`, `"exact phrase"`, `cat:cs.LG` or `author:Name`.

        Raises BadTopic for what holds no letter or digit, or is longer than `LONGEST`.
        """
        words = " ".join(written.split())
        kind, text = _split(words)
        if not any(character.isalnum() for character in text):
            raise BadTopic(
                f"the topic {written!r} says nothing: write words, as in 'diffusion models'"
            )
        if len(text) > LONGEST:
            raise BadTopic(f"the topic {text[:40]!r}… is longer than {LONGEST} characters")
        return cls(kind, text)

    def __str__(self) -> str:
        if self.kind is TopicKind.PHRASE:
            return f'"{self.text}"'
        prefix = next((p for p, kind in PREFIXES.items() if kind is self.kind), "")
        return prefix + self.text


def _split(words: str) -> tuple[TopicKind, str]:
    for prefix, kind in PREFIXES.items():
        if words.lower().startswith(prefix):
            return kind, words[len(prefix) :].strip()
    if len(words) > 2 and words[0] == words[-1] == '"':
        return TopicKind.PHRASE, words[1:-1].strip()
    return TopicKind.TEXT, words
