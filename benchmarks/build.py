"""From selection and reader to octets: ready pieces joined, against the plain way per mail.

`python -m benchmarks.build [--readers N] [--sets N] [--rounds N]`: readers of distinct topic sets,
ten papers each of a day's two hundred. The plain way renders the whole page with Jinja, inlines its
CSS with premailer and hands both editions to EmailMessage. CPU time of one process; medians.
"""

import argparse
import random
import resource
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
from digest.render.languages import ENGLISH
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
    topics = [Topic.parse(f"topic number {n}") for n in range(60)]
    found: set[tuple[Topic, ...]] = set()
    while len(found) < count:
        found.add(tuple(sorted(chance.sample(topics, chance.randint(2, 5)))))
    return sorted(found)


def selections(
    sets: list[tuple[Topic, ...]], known: dict[str, Paper], chance: random.Random
) -> list[Selection]:
    """One selection for each topic set: each topic has its papers, as a ranking gives them."""
    reasons: dict[tuple[str, ...], tuple[Reason, ...]] = {}
    ids = sorted(known)

    def choice(topic: Topic) -> Choice:
        paper = ids[crc32(f"{topic.text} {chance.randint(0, 11)}".encode()) % len(ids)]
        if (paper, topic.text) not in reasons:
            matched = Reason(ReasonKind.TOPIC, str(topic), 0.7)
            reasons[paper, topic.text] = (matched, Reason(ReasonKind.VOTES, "", 0.8))
        return Choice(paper, 0.5, 0.7, 0.8, reasons[paper, topic.text])

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
        digest = compose(chosen, known, reader, links, IDENTITY, ENGLISH)
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
        for number, (reader, chosen) in enumerate(batch, 1):
            renderer.message(reader, chosen, known, number)
        spent += time.process_time() - start
        mails += len(batch)
    return spent / mails * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--sets", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    chance = random.Random(7)  # noqa: S311 - a repeatable workload
    known, sets = papers(200), topic_sets(options.sets, chance)
    chosen = selections(sets, known, chance)

    def supply(count: int) -> Iterator[Letter]:
        return letters(count, sets, chosen)

    with counted() as calls:
        renderer = Renderer(IDENTITY, Signer([b"k" * 32]), "https://papers.example.org")
        loaded = len(calls)
        cold = measure(renderer, supply(options.sets), known)
        rounds, plain_rounds, plain = [], [], Plain(renderer)
        for _ in range(options.rounds):
            inlined = len(calls)
            rounds.append(measure(renderer, supply(options.readers), known))
            per_mail = len(calls) - inlined
            start = time.process_time()
            for reader, selection in supply(10):
                plain.message(reader, selection, known)
            plain_rounds.append((time.process_time() - start) / 10 * 1e6)
    ready, slow = statistics.median(rounds), statistics.median(plain_rounds)
    size = len(renderer.message(*next(supply(1)), known, 1).content)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"build  {size:,} octets a mail; {options.sets:,} topic sets, {options.readers:,} readers"
    )
    print(f"build  {ready:8.1f} µs CPU a mail, ready pieces {1e6 / ready:14,.0f} mails/s a core")
    print(f"build  {cold:8.1f} µs CPU a mail, the first of each topic set, all else unmet")
    print(f"build  {slow:8.1f} µs CPU a mail, jinja2 + premailer + EmailMessage")
    print(f"build  premailer ran {loaded} times for the templates, {per_mail} times for mails")
    print(f"build  peak memory {peak} MB")
    print(f"build  goal ≤ {GOAL:.0f} µs: {'met' if ready <= GOAL else 'MISSED'}")
    print(f"build  {slow / ready:,.0f} times less, goal ≥ {FACTOR:,}:", end=" ")
    print("met" if slow / ready >= FACTOR else "MISSED")


if __name__ == "__main__":
    main()
