"""Text to terms: words, lower-cased, without marks, cut to their stems (Snowball)."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_STEMMER = Stemmer.Stemmer("english")
STOP = frozenset(
    "a an and are as at be by for from has in is it its of on or that the this to we with".split()
)


def words(text: str) -> list[str]:
    """The words of a text, folded (NFKC, no case), in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word."""
    return str(_STEMMER.stemWord(word))


def terms(text: str) -> list[str]:
    """The stems of a text's words, stop words left out."""
    return [stem(word) for word in words(text) if word not in STOP]
