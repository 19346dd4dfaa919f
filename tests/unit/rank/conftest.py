"""Papers on five subjects, and a table of word vectors made from letters alone."""

import zlib

import numpy as np
import pytest
from example_papers import corpus

from digest.model import Paper


@pytest.fixture(scope="session")
def papers() -> list[Paper]:
    return corpus()


def letters_table(words):
    """(len(words), 16): the sum of a fixed random vector for each letter."""
    vectors = np.zeros((len(words), 16), dtype=np.float32)
    for row, word in enumerate(words):
        seeds = [zlib.crc32(word[i : i + 3].encode()) for i in range(max(1, len(word) - 2))]
        vectors[row] = sum(np.random.default_rng(seed).standard_normal(16) for seed in seeds)
    return vectors


@pytest.fixture(params=[None, letters_table], ids=["words", "vectors"])
def table(request):
    return request.param
