"""Composing for a whole list: every reader's mail, in one language and in six.

`python -m benchmarks.compose [--readers N] [--sets N]`: 1,000 distinct topic sets and 100,000
readers. The readers of the second round speak six languages, so each topic set is composed six
times at most; premailer runs for the templates alone. CPU time of one process.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.build import IDENTITY, Letter, counted, letters, measure, papers, topic_sets
from benchmarks.build import selections as chosen_for
from digest.mail.tokens import Signer
from digest.render.languages import LANGUAGES
from digest.render.renderers import Renderers


def speaking(supply: Iterator[Letter], languages: list[str]) -> Iterator[Letter]:
    """The readers, each with a language in turn."""
    for number, (reader, selection) in enumerate(supply):
        yield replace(reader, locale=languages[number % len(languages)]), selection


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--sets", type=int, default=1_000)
    options = parser.parse_args()
    chance = random.Random(7)  # noqa: S311 - a repeatable workload
    known, sets = papers(200), topic_sets(options.sets, chance)
    chosen = chosen_for(sets, known, chance)
    print(f"compose  {options.sets:,} topic sets, {options.readers:,} readers")
    for languages in (["en"], list(LANGUAGES)):
        with counted() as calls:
            renderer = Renderers(IDENTITY, Signer([b"k" * 32]), "https://papers.example.org")
            loaded = len(calls)
            supply = letters(options.readers, sets, chosen)
            spent = measure(renderer, speaking(supply, languages), known)
        print(
            f"compose  {1e6 / spent:10,.0f} messages/s a core, {len(languages)} language(s);"
            f" premailer {loaded} times for templates, {len(calls) - loaded} for mails"
        )


if __name__ == "__main__":
    main()
