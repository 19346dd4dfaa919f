"""Text to tokens: folded words of any script, stems, letter groups, and the phrases of a topic."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

STOP = frozenset(
    "a about above after again against all also am an and any are as at be because been before "
    "being below between both but by can could did do does doing down during each few for from "
    "further had has have having he her here hers him his how i if in into is it its itself just "
    "may me might more most must my no nor not of off on once only or other our ours out over own "
    "same shall she should so some such than that the their theirs them then there these they this "
    "those through to too under until up upon us very via was we were what when where which while "
    "who whom why will with within without would you your yours".split()
)
"""English function words: they say how a sentence is built, not what it is about."""

GRAM = 4
"""Letters in a letter group: long enough to be rare, short enough to outlive an ending."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that put no space between words: Thai to Khmer, kana, Han."""
_WORD = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_RUN = re.compile(rf"[{_UNSPACED}]")
_MARKS = re.compile(r"[\u0640\u064b-\u065f\u0670]")
"""Arabic stretching and vowel marks, which writers leave out at will."""
_ARABIC = re.compile(r"[\u0620-\u06ff]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|[\u3002\uff01\uff1f]")
_PHRASE = re.compile(r"[,;/()\[\]{}:.?!&|]|\band\b|\bor\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ENGLISH, _ARABIC_STEMS = Stemmer.Stemmer("english"), Stemmer.Stemmer("arabic")


def fold(text: str) -> str:
    """Compatibility forms made one (NFKC), no case, no optional marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """The words of a text in order; where a script has no spaces, its overlapping pairs of signs.

    Pairs are how Chinese and Japanese are searched without a dictionary (Nie et al. 2000).
    """
    return [part for run in _WORD.findall(fold(text)) for part in _cut(run)]


def content(text: str) -> list[str]:
    """The words of a text that say what it is about; all of them when none does."""
    every = words(text)
    return [word for word in every if word not in STOP] or every


def sentences(text: str) -> list[str]:
    """A text cut where its sentences end, roughly."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def asked(topic: str) -> str:
    """A topic with all but its brackets said twice: "planning (robots)" asks for planning first."""
    outside = _BRACKETS.sub(" ", topic)
    return topic if outside == topic or not words(outside) else f"{topic}; {outside}"


def phrases(topic: str) -> list[list[str]]:
    """The stems of each phrase of a topic: "planning and search (robots)" holds three."""
    parts = (content(part) for part in _PHRASE.split(topic))
    return [[stem(word) for word in part] for part in parts if part]


def grams(word: str) -> list[str]:
    """The letter groups of a word between its edges: "_gra", "gram", "ram_"."""
    edged = f"_{word}_"
    return [edged[i : i + GRAM] for i in range(max(1, len(edged) - GRAM + 1))]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word (Snowball)."""
    stemmer = _ARABIC_STEMS if _ARABIC.match(word) else _ENGLISH
    return str(stemmer.stemWord(word))


def _cut(run: str) -> Iterator[str]:
    if len(run) < 3 or not _RUN.match(run):
        yield run
    else:
        yield from (run[i : i + 2] for i in range(len(run) - 1))
