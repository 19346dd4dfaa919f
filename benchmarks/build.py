"""From selection and reader to octets: ready pieces joined, against the plain way per mail.

`python -m benchmarks build [--readers N] [--sets N] [--own N] [--rounds N]`: ten papers each of a
day's two hundred, for readers who share topic sets, and for some who each have one that nobody met
before (their headings and leads are printed for them alone). The plain way renders the whole page
with Jinja, inlines its CSS with premailer and hands both editions to EmailMessage. CPU time of one
process; medians.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice
from zlib import crc32

from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Signer
from digest.model import Choice, Paper, Reason, ReasonKind, Selection, Subscriber, Topic
from digest.render import templates
from digest.render.compose import compose
from digest.render.examples import Example
from digest.render.html import Html
from digest.render.message import Renderer
from digest.render.renderers import Renderers
from digest.render.text import Text
from digest.render.themes import Theme, coloured

DAY = date(2026, 8, 21)
AT = datetime(2026, 8, 21, 23, 59, tzinfo=UTC)
GOAL, FACTOR = 15.0, 1_000
IDENTITY = Identity.of(MailSettings("Paper Digest <digest@papers.example.org>"))
Letter = tuple[Subscriber, Selection]


def papers(count: int) -> dict[str, Paper]:
    """Papers like those of a rich day."""
    models = list(Example.load("rich-day").papers.values())
    found = (
        replace(models[n % len(models)], id=f"x:{n}", title=f"{models[n % len(models)].title} {n}")
        for n in range(count)
    )
    return {paper.id: paper for paper in found}


def topic_sets(count: int, chance: random.Random) -> list[tuple[Topic, ...]]:
    """As many distinct sets of two to five topics."""
    topics = [Topic.parse(f"topic number {n}") for n in range(300)]
    found: set[tuple[Topic, ...]] = set()
    while len(found) < count:
        found.add(tuple(sorted(chance.sample(topics, chance.randint(2, 5)))))
    return sorted(found)


def selections(
    sets: list[tuple[Topic, ...]], known: dict[str, Paper], chance: random.Random
) -> list[Selection]:
    """One selection for each topic set: each topic has its papers, as a ranking gives them."""
    choices: dict[tuple[str, str], Choice] = {}
    ids = sorted(known)

    def choice(topic: Topic) -> Choice:
        paper = ids[crc32(f"{topic.text} {chance.randint(0, 11)}".encode()) % len(ids)]
        if (paper, topic.text) not in choices:  # as the store has it: readers of a topic share it
            matched = Reason(ReasonKind.TOPIC, str(topic), 0.7), Reason(ReasonKind.VOTES, "", 0.8)
            choices[paper, topic.text] = Choice(paper, 0.5, 0.7, 0.8, matched)
        return choices[paper, topic.text]

    made = []
    for topics in sets:
        chosen: dict[str, Choice] = {}
        while len(chosen) < 10:
            one = choice(chance.choice(topics))
            chosen.setdefault(one.paper, one)
        made.append(Selection("", DAY, tuple(chosen.values()), considered=len(ids), at=AT))
    return made


def letters(count: int, sets: list[tuple[Topic, ...]], chosen: list[Selection]) -> Iterator[Letter]:
    """Readers, each with the choice of their topic set."""
    for n in range(count):
        address, place = f"reader.{n}@d{n % 97}.example", n % len(sets)
        reader = Subscriber(address, f"Reader Number {n}", sets[place])
        yield reader, replace(chosen[place], address=address)


class Plain:
    """The plain way."""

    def __init__(self, renderer: Renderer) -> None:
        raw, theme = templates.pages(), Theme()
        raw.globals["theme"] = theme
        self.html, self.text, self.renderer = Html(raw), Text(raw), renderer
        style, palette = theme.css(templates.templates().get_source(raw, templates.STYLE)[0])
        self.style = coloured(style, palette, templates.STYLE)

    def message(self, reader: Subscriber, chosen: Selection, known: dict[str, Paper]) -> bytes:
        """The octets of one mail."""
        links = self.renderer.links(1, DAY)
        digest = compose(chosen, known, reader, links, IDENTITY, self.renderer.words)
        mail = EmailMessage(SMTP.clone(max_line_length=76))
        mail["From"], mail["To"] = f"{IDENTITY.name} <{IDENTITY.mailbox}>", reader.address
        mail["Subject"], mail["Date"] = digest.subject, AT
        mail["List-Unsubscribe"] = f"<{links.one_click}>, <{links.unsubscribe_mail}>"
        mail.set_content(self.text.page(digest), cte="quoted-printable")
        html = templates.inline(self.html.page(digest), self.style, "digest.html")
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        return mail.as_bytes()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Which sources premailer inlined meanwhile."""
    calls: list[str] = []
    inline = templates.inline

    def counting(source: str, style: str, name: str) -> str:
        calls.append(name)
        return inline(source, style, name)

    templates.inline = counting
    try:
        yield calls
    finally:
        templates.inline = inline


def measure(
    renderer: Renderer | Renderers, supply: Iterator[Letter], known: dict[str, Paper]
) -> float:
    """µs of CPU a mail; readers and selections come in batches, as from the store."""
    spent, mails = 0.0, 0
    while batch := list(islice(supply, 500)):
        start = time.process_time()
        for _ in renderer.messages(
            [reader for reader, _ in batch],
            [chosen for _, chosen in batch],
            [known] * len(batch),
            range(1, len(batch) + 1),
        ):
            pass
        spent += time.process_time() - start
        mails += len(batch)
    return spent / mails * 1e6


def figures(options: argparse.Namespace) -> dict[str, float]:
    """Medians of interleaved rounds, µs of CPU a mail."""
    chance = random.Random(7)  # noqa: S311 - a repeatable workload
    known = papers(200)
    sets = topic_sets(options.own + options.sets, chance)
    chosen = selections(sets, known, chance)
    shared, own = slice(options.own, None), slice(options.own)
    supply = list(letters(options.readers, sets[shared], chosen[shared]))
    others = list(letters(options.own, sets[own], chosen[own]))
    renderer = Renderer(IDENTITY, Signer([b"k" * 32]), "https://papers.example.org")
    plain = Plain(renderer)
    measure(renderer, iter(supply), known)
    found: dict[str, list[float]] = {"build": [], "own": [], "plain": []}
    each = len(others) // options.rounds
    with counted() as calls:
        for round_ in range(options.rounds):
            found["build"].append(measure(renderer, iter(supply), known))
            unmet = others[round_ * each : (round_ + 1) * each]
            found["own"].append(measure(renderer, iter(unmet), known))
            inlined = len(calls)
            start = time.process_time()
            for reader, selection in supply[:10]:
                plain.message(reader, selection, known)
            found["plain"].append((time.process_time() - start) / 10 * 1e6)
            if inlined:
                raise SystemExit("CSS was inlined for a mail")
            calls.clear()
    octets = len(renderer.message(*supply[0], known, 1).content)
    medians = {name: statistics.median(rounds) for name, rounds in found.items()}
    return {**medians, "octets": octets, "factor": medians["plain"] / medians["build"]}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=30_000)
    parser.add_argument("--sets", type=int, default=1_000)
    parser.add_argument(
        "--own", type=int, default=15_000, help="readers of a topic set of their own"
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    found = figures(options)
    print(f"build  {found['octets']:,} octets a mail of ten papers")
    print(f"build  {found['build']:8.1f} µs CPU a mail, {options.sets:,} topic sets", end="; ")
    print(f"goal ≤ {GOAL:.0f}: {'met' if found['build'] <= GOAL else 'MISSED'}")
    print(f"build  {found['own']:8.1f} µs CPU a mail, each reader with a topic set of their own")
    print(f"build  {found['plain']:8.1f} µs CPU a mail, jinja2 + premailer + EmailMessage")
    print(f"build  {found['factor']:,.0f} times less, goal ≥ {FACTOR:,}:", end=" ")
    print("met" if found["factor"] >= FACTOR else "MISSED")
    return found


if __name__ == "__main__":
    main()
