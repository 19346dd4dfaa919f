"""Words of a topic beside the nearest words of papers."""

import numpy as np

from digest.model import Paper
from digest.rank.corpus import Corpus
from digest.rank.terms import LONGEST, Terms

NEAR = {"picture": (1.0, 0.0), "image": (0.8, 0.6), "sound": (0.0, 1.0), "photo": (1.0, 0.1)}


def table(words):
    return np.array([NEAR.get(word, (0.0, 0.0)) for word in words], dtype=np.float32).reshape(-1, 2)


def nearness(topic, *titles):
    return Terms(Corpus.of(Paper(str(n), t) for n, t in enumerate(titles)), table).nearness(topic)


def test_another_word_for_it_counts_by_how_near_it_is():
    same, alike, other, none = nearness("picture", "a picture", "an image", "a sound", "")
    assert same > alike > other == none == 0


def test_only_the_nearest_word_counts():
    one, both = nearness("picture", "an image", "an image of sound")
    assert one == both


def test_a_word_that_no_paper_holds_still_has_near_ones():
    pictures, sounds = nearness("photo", "a picture", "a sound")
    assert pictures > sounds


def test_of_very_long_topics_the_rarest_words_are_looked_at():
    long = " ".join(f"w{n}" for n in range(2 * LONGEST))
    assert nearness(f"{long} picture", "a picture", "a sound").shape == (2,)


def test_without_papers_or_words():
    assert nearness("picture").shape == (0,)
    assert nearness("", "picture")[0] == 0
