"""What choosing for many readers costs: `python -m benchmarks.readers [--readers N]`.

Every reader has three topics of their own and two papers they must not get, so that no two choices
can be shared.
"""

import argparse
import resource
import time

import numpy as np

from digest.rank.merge import Readers, Shelf, merge
from digest.rank.parameters import DEFAULT
from digest.rank.row import pack

TOPICS, PAPERS, ASKED, BLOCKED, PLACES, SEED = 5_000, 1_000, 3, 2, 10, 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    count = parser.parse_args().readers
    random = np.random.default_rng(SEED)
    relevant = random.random((TOPICS, PAPERS)) < 0.1
    scores = np.where(relevant, random.random((TOPICS, PAPERS)), 0).astype(np.float32)
    readers = Readers(
        np.arange(0, count * ASKED + 1, ASKED),
        random.integers(0, TOPICS, count * ASKED),
        np.arange(0, count * BLOCKED + 1, BLOCKED),
        random.integers(0, PAPERS, count * BLOCKED),
        np.full(count, PLACES),
    )
    start = time.process_time()
    shelf = Shelf.of(scores, DEFAULT.depth)
    shelved = time.process_time()
    chosen = merge(shelf, readers)
    merged = time.process_time()
    size = sum(map(len, pack(chosen)))
    packed = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} readers, {PAPERS:,} papers, {TOPICS:,} topics, one core:")
    print(f"  best of each topic  {shelved - start:6.2f} s")
    print(f"  merge               {merged - shelved:6.2f} s")
    print(f"  pack                {packed - merged:6.2f} s, {size / count:.0f} bytes a reader")
    print(f"  in all              {packed - start:6.2f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
