import re
from dataclasses import replace
from datetime import date

import pytest
from example_papers import corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Mood, Paper, ReasonKind, Subscriber, Topic
from digest.rank.explaining import explain
from digest.rank.ranking import Ranking

DAY = date(2026, 8, 20)


def reader(*topics, **more):
    wishes = tuple(Topic.parse(topic) for topic in topics)
    return Subscriber("ann@example.org", topics=wishes, **more)


def subjects(selection):
    return [int(choice.paper[-4:]) % 5 for choice in selection.choices]


@pytest.fixture(scope="module")
def ranking():
    return Ranking(corpus())


def select(ranking, who, seen=frozenset(), quiet=Mood.SKIP):
    return ranking.select(who, DAY, seen, quiet)


def explained(ranking, who, paper, seen=frozenset(), quiet=Mood.SKIP):
    return explain(ranking, who, paper, seen, select(ranking, who, seen, quiet))


def test_what_is_on_topic_and_nothing_else(ranking):
    selection = select(ranking, reader("graph neural networks"))
    assert set(subjects(selection)) == {1}
    assert selection.mood is Mood.ON_TOPIC
    assert selection.choices == tuple(sorted(selection.choices, key=lambda c: (-c.score, c.paper)))
    for choice in selection.choices:
        assert 0 <= choice.score <= 1
        assert choice.reasons[0].words == ("graph", "neural", "networks")
        assert choice.reasons[-1].kind is ReasonKind.VOTES


def test_places_are_shared_among_topics(ranking):
    counts = subjects(select(ranking, reader("diffusion models", "theorem proving")))
    assert counts.count(0) == counts.count(4) == 5


def test_votes_decide_among_the_relevant(ranking):
    choices = select(ranking, reader("speech recognition")).choices
    trending = [choice.trending for choice in choices]
    assert trending[0] > sum(trending) / len(trending)


@given(
    mutes=st.sets(st.sampled_from(["molecule", "robots", "video generation", "case"]), max_size=3)
)
@settings(deadline=None, max_examples=15)
def test_mutes_are_absolute(ranking, mutes):
    who = reader("graph networks", "robots", "video", mute=tuple(mutes), papers=40)
    for quiet in (Mood.QUIET, Mood.SKIP):
        for choice in select(ranking, who, quiet=quiet).choices:
            text = next(p for p in ranking.day.papers if p.id == choice.paper)
            assert not any(mute in f"{text.title} {text.abstract}".lower() for mute in mutes)


def test_nothing_comes_twice_in_sixty_days():
    """Every day holds yesterday's papers again, so that what was sent is on offer ever anew."""
    seen, papers, sent = frozenset(), corpus(140), 0
    who = reader("graph neural networks", "robots", papers=3)
    for n in range(60):
        pool = papers[n * 2 : n * 2 + 20]
        selection = select(Ranking(pool), who, seen, Mood.QUIET)
        ids = {choice.paper for choice in selection.choices}
        assert not ids & seen
        seen |= ids
        sent += len(ids)
    assert sent > 60


def test_everything_that_is_explained_was_decided_so(ranking):
    who = reader("graph neural networks", mute=("set 3",))
    selection = select(ranking, who)
    chosen = {choice.paper: choice for choice in selection.choices}
    for paper in ranking.day.papers:
        weighing = explained(ranking, who, paper)
        assert (weighing.verdict == "chosen") == (paper.id in chosen)
        if paper.id in chosen:
            assert weighing.choice == chosen[paper.id]
        [summed] = weighing.explanations
        assert summed.raw == pytest.approx(sum(summed.parts.values()), abs=1e-3)
        assert len(summed.neighbours) == 3
    below = explained(ranking, who, ranking.day.papers[0])
    assert re.match(r"below the floor: needed [01]\.\d\d, had 0\.", below.verdict)
    sent = ranking.day.papers[1]
    assert "already sent" in explained(ranking, who, sent, frozenset({sent.id})).verdict


def test_a_paper_of_a_quiet_day_is_explained_as_such(ranking):
    who = reader("medieval pottery glazing")
    for choice in select(ranking, who, quiet=Mood.QUIET).choices:
        paper = ranking.day.papers[ranking.day.number[choice.paper]]
        weighing = explained(ranking, who, paper, quiet=Mood.QUIET)
        assert weighing.verdict.startswith("chosen as one of the day's most trending")
        assert weighing.choice == choice
    least = min(ranking.day.papers, key=lambda paper: (paper.upvotes, paper.id))
    assert "below the floor" in explained(ranking, who, least, quiet=Mood.QUIET).verdict


def test_words_that_stand_apart_are_no_topic():
    """Papers of linear algebra on computers are not about quantum computing."""
    papers = [
        Paper(f"q{n}", "Cheap attention", "Computing attention costs less. A quantum of solace.")
        for n in range(3)
    ]
    ranking = Ranking([*corpus(), *papers])
    assert select(ranking, reader("quantum computing")).choices == ()
    real = Paper("real", "Quantum computing with atoms", "We present quantum computing.")
    ranking = Ranking([*corpus(), *papers, real])
    assert select(ranking, reader("quantum computing")).choices[0].paper == "real"


def test_few_holders_of_a_topic_let_nothing_else_in():
    """On a first day without history, what is nearest to a topic is not yet on it."""
    real = Paper("real", "Retrieval-augmented generation", "Retrieval augmented generation, anew.")
    loose = Paper("loose", "Image generation", "Generation of images, augmented by captions.")
    day = Ranking([*corpus(20), real, loose])
    assert [c.paper for c in select(day, reader("retrieval-augmented generation")).choices] == [
        "real"
    ]


def test_places_left_are_filled_for_those_who_want_it(ranking):
    topic = "graph neural networks"
    plain = [c.paper for c in select(ranking, reader(topic, papers=40)).choices]
    filled = select(Ranking(corpus(), fill=True), reader(topic, papers=40))
    ids = [choice.paper for choice in filled.choices]
    assert ids[: len(plain)] == plain
    assert len(ids) == 40
    fillers = filled.choices[len(plain) :]
    assert {reason.kind for choice in fillers for reason in choice.reasons} == {ReasonKind.VOTES}
    assert select(Ranking(corpus(), fill=True), reader("medieval pottery")).choices == ()


def test_the_same_work_listed_twice_is_shown_once():
    papers = corpus()
    twin = replace(papers[1], id="doi:10.1/x", upvotes=99)
    ranking = Ranking([*papers, twin])
    who = reader("graph neural networks", papers=40)
    ids = [choice.paper for choice in select(ranking, who).choices]
    assert "doi:10.1/x" in ids
    assert papers[1].id not in ids
    assert "doi:10.1/x" not in {
        c.paper for c in select(ranking, who, frozenset({papers[1].id})).choices
    }


def test_liked_papers_bring_their_like():
    papers = corpus()
    who = reader(liked=("arxiv:0002", "arxiv:0007", "arxiv:0012"), papers=6)
    selection = select(Ranking(papers[20:], papers[:20]), who)
    assert set(subjects(selection)) == {2}
    assert selection.choices[0].reasons[0].kind is ReasonKind.LIKED
    assert selection.choices[0].reasons[0].label in who.liked


def test_exact_topics():
    papers = [
        Paper("a", "One", "x", authors=("Geoffrey Hinton",), categories=("cs.LG",)),
        Paper(
            "b",
            "Two",
            "a large language model",
            authors=("Ada B. Lovelace",),
            categories=("math.CO",),
        ),
        *corpus(20),
    ]
    ranking = Ranking(papers)
    for topic, id_ in (
        ("author:Hinton", "a"),
        ("author:G. Hinton", "a"),
        ("author:Lovelace, Ada", "b"),
        ("cat:cs.LG", "a"),
        ("cat:cs", "a"),
        ("cat:math", "b"),
        ('"large language models"', "b"),
    ):
        assert [c.paper for c in select(ranking, reader(topic)).choices] == [id_], topic
    assert select(ranking, reader("cat:c")).choices == ()


def test_a_quiet_day(ranking):
    who = reader("medieval pottery glazing")
    assert select(ranking, who).mood is Mood.SKIP
    assert select(ranking, who, quiet=Mood.NOTE).choices == ()
    trending = select(ranking, who, quiet=Mood.QUIET)
    assert trending.mood is Mood.QUIET
    assert len(trending.choices) == 3


def test_without_topics_what_trends(ranking):
    votes = {paper.id: paper.upvotes for paper in ranking.day.papers}
    got = [votes[choice.paper] for choice in select(ranking, reader()).choices]
    assert len(got) == 10
    assert got == sorted(votes.values(), reverse=True)[:10]


def test_an_empty_day():
    assert select(Ranking([]), reader("graphs"), quiet=Mood.QUIET).mood is Mood.SKIP


def test_many_readers_get_what_each_would_get_alone(ranking):
    several = [
        replace(reader(topic), address=f"{n}@example.org")
        for n, topic in enumerate(("graphs", "robots", "speech recognition", "pottery", "cat:cs"))
    ]
    together = ranking.select_all(several, DAY, {}, Mood.QUIET)
    assert together == [select(ranking, who, quiet=Mood.QUIET) for who in several]
    assert list(reversed(together)) == ranking.select_all(several[::-1], DAY, {}, Mood.QUIET)
