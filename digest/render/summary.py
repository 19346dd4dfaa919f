"""Two or three sentences that say what a paper is about.

The source's own summary where there is one; else the abstract's best sentences, chosen by
position, by cue phrases and by words that the abstract repeats or the title holds.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Paper
from digest.render.hostile import plain
from digest.render.mathematics import readable

LONGEST = 420
"""Characters of a summary: two or three sentences."""
_SENTENCES = 3
_WORDIEST = 45
"""Words beyond which a sentence is a burden."""

_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9À-Þ])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|vs|cf|Figs?|Eqs?|Sec|Tab|Ref|No|Dr|Prof|St|resp|approx|w\.r\.t)"
    r"|\b[A-Z])\.[\"”’)\]]*\s*\Z"
)
_WORD = re.compile(r"\w{3,}")
_COMMON = frozenset(
    "the and for that this with are from which such our have has been their these can not more than"
    " into also other its they was were while where when but both one two may using used use based"
    " however between over under across most many existing recent models model method methods paper"
    " approach results propose show work task tasks".split()
)
_CUES = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (
            r"\b(?:we|this (?:paper|work)) (?:propose|introduce|present|develop|design|study"
            r"|investigate|build|release|revisit|train|describe)",
            2.2,
        ),
        (r"\bwe (?:show|find|demonstrate|prove|observe|argue|establish)", 1.5),
        (r"\b(?:outperform|achiev|improv|surpass|reduc|state-of-the-art|faster)", 1.0),
        (r"\d+(?:\.\d+)?\s?(?:%|×|x\b|percent|points)", 0.6),
        (
            r"\A(?:however|moreover|furthermore|in addition|additionally|specifically"
            r"|to this end|it|they|these|this|such|code|our code|project page)\b",
            -0.9,
        ),
        (r"https?://|\bavailable at\b|\bopen-?source\b", -1.2),
    )
)
"""What the beginning or the words of a sentence tell of its worth."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    worth: float


def summarise(paper: Paper) -> str:
    """At most `LONGEST` characters about a paper; "" when its source says nothing."""
    offered = readable(plain(paper.summary))
    if offered:
        return shorten(offered, LONGEST)
    return extract(readable(plain(paper.abstract)), readable(plain(paper.title)))


def extract(abstract: str, title: str = "", limit: int = LONGEST) -> str:
    """The best sentences of an abstract, in their own order, within `limit` characters."""
    texts = sentences(abstract)
    kept: list[_Sentence] = []
    room = limit
    for sentence in sorted(_weighed(texts, title), key=lambda found: (-found.worth, found.place)):
        if len(sentence.text) < room and len(kept) < _SENTENCES:
            kept.append(sentence)
            room -= len(sentence.text) + 1
    if not kept:
        return shorten(texts[0], limit) if texts else ""
    return " ".join(sentence.text for sentence in sorted(kept, key=lambda found: found.place))


def sentences(text: str) -> list[str]:
    """The sentences of a text; an abbreviation's full stop ends none."""
    found, start = [], 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        if not _ABBREVIATION.search(piece):
            found.append(piece.strip())
            start = end.end()
    return [piece for piece in [*found, text[start:].strip()] if piece]


def shorten(text: str, limit: int) -> str:
    """The text cut to `limit` characters: after a sentence if half is kept, else a word and "…"."""
    if len(text) <= limit:
        return text
    whole = ""
    for sentence in sentences(text):
        if len(whole) + len(sentence) > limit:
            break
        whole += f"{sentence} "
    if len(whole) > limit / 2:
        return whole.strip()
    cut = text[: limit - 1]
    word = cut[: max(cut.rfind(" "), 0)] if " " in cut[limit // 2 :] else cut
    return word.rstrip(" ,;:.–—-(") + "…"


def _weighed(texts: Sequence[str], title: str) -> list[_Sentence]:
    words = [_content(text) for text in texts]
    counts = Counter(word for found in words for word in set(found))
    wanted = set(_content(title))
    return [
        _Sentence(place, text, _worth(place, text, found, counts, wanted))
        for place, (text, found) in enumerate(zip(texts, words, strict=True))
    ]


def _worth(
    place: int, text: str, words: Sequence[str], counts: Counter[str], wanted: set[str]
) -> float:
    if not words:
        return -9.0
    central = sum(counts[word] > 1 for word in words) / len(words)
    named = sum(word in wanted for word in set(words)) / (len(wanted) or 1)
    cue = sum(weight for pattern, weight in _CUES if pattern.search(text))
    long = max(0, len(text.split()) - _WORDIEST) / 10
    return central + 1.5 * named + cue + (0.4 if place == 0 else 0) - long


def _content(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _COMMON]
