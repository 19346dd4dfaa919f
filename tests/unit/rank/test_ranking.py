import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from example_papers import corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Manner, Mood, Paper, Quiet, ReasonKind, Subscriber, Topic, TopicKind
from digest.rank.explaining import explain
from digest.rank.knowledge import Known
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


def select(ranking, who, seen=frozenset(), quiet=Quiet.SKIP, known=None, **manner):
    return ranking.select(who, DAY, known or Known(seen), Manner(quiet, **manner))


def explained(ranking, who, paper, seen=frozenset(), quiet=Quiet.SKIP, known=None, **manner):
    known = known or Known(seen)
    selection = select(ranking, who, seen, quiet, known, **manner)
    return explain(ranking, who, paper, known, selection)


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
    for quiet in (Quiet.TRENDING, Quiet.SKIP):
        for choice in select(ranking, who, quiet=quiet).choices:
            text = next(p for p in ranking.day.papers if p.id == choice.paper)
            assert not any(mute in f"{text.title} {text.abstract}".lower() for mute in mutes)


def test_nothing_comes_twice_in_sixty_days():
    """Every day holds yesterday's papers again, so that what was sent is on offer ever anew."""
    seen, papers, sent = frozenset(), corpus(140), 0
    who = reader("graph neural networks", "robots", papers=3)
    for n in range(60):
        pool = papers[n * 2 : n * 2 + 20]
        selection = select(Ranking(pool), who, seen, Quiet.TRENDING)
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
    for choice in select(ranking, who, quiet=Quiet.TRENDING).choices:
        paper = ranking.day.papers[ranking.day.number[choice.paper]]
        weighing = explained(ranking, who, paper, quiet=Quiet.TRENDING)
        assert weighing.verdict.startswith("chosen as one of the day's most trending")
        assert weighing.choice == choice
    least = min(ranking.day.papers, key=lambda paper: (paper.upvotes, paper.id))
    assert "below the floor" in explained(ranking, who, least, quiet=Quiet.TRENDING).verdict


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
    filled = select(Ranking(corpus()), reader(topic, papers=40), fill=True)
    ids = [choice.paper for choice in filled.choices]
    assert ids[: len(plain)] == plain
    assert len(ids) == 40
    fillers = filled.choices[len(plain) :]
    assert {reason.kind for choice in fillers for reason in choice.reasons} == {ReasonKind.VOTES}
    assert select(Ranking(corpus()), reader("medieval pottery"), fill=True).choices == ()


def test_what_trends_outside_the_topics_takes_the_last_place(ranking):
    topics = "graph neural networks", "robots"
    for places in (3, 40):
        who = reader(*topics, papers=places)
        plain = [c.paper for c in select(ranking, who).choices]
        *others, last = select(ranking, who, serendipity=True).choices
        assert [c.paper for c in others] == plain[: places - 1]
        assert last.reasons[0].kind is ReasonKind.SERENDIPITY
        assert (last.score, last.relevance) == (0, 0)
        assert last.trending >= 0.8
        assert int(last.paper[-4:]) % 5 not in {1, 2}
        paper = ranking.day.papers[ranking.day.number[last.paper]]
        told = explained(ranking, who, paper, serendipity=True).verdict
        assert told.startswith("chosen to surprise")
        again = select(ranking, who, frozenset({last.paper}), serendipity=True).choices[-1]
        assert again.paper != last.paper


@pytest.mark.parametrize(
    "who",
    [reader("medieval pottery"), reader(), reader("graph neural networks", papers=1)],
    ids=["quiet", "whatever trends", "one place"],
)
def test_no_surprise_where_nothing_else_is(ranking, who):
    for quiet in Quiet:
        plain = select(ranking, who, quiet=quiet)
        assert select(ranking, who, quiet=quiet, serendipity=True) == plain


@given(mutes=st.sets(st.sampled_from(["video", "speech", "theorem", "molecule"])))
@settings(deadline=None, max_examples=15)
def test_a_surprise_obeys_mutes(ranking, mutes):
    who = reader("robots", mute=tuple(mutes))
    for choice in select(ranking, who, serendipity=True).choices:
        paper = ranking.day.papers[ranking.day.number[choice.paper]]
        assert not any(mute in f"{paper.title} {paper.abstract}".lower() for mute in mutes)


def test_what_trends_anew_comes_again_with_its_label(ranking):
    who = reader("graph neural networks", papers=40)
    first = select(ranking, who).choices[0].paper
    label = ReasonKind.RISING, "2026-07-01"
    known = Known(frozenset({first}), again={first: label})
    choice = next(c for c in select(ranking, who, known=known).choices if c.paper == first)
    assert [reason.kind.value for reason in choice.reasons] == ["topic", "rising", "votes"]
    assert choice.reasons[1].label == "2026-07-01"
    paper = ranking.day.papers[ranking.day.number[first]]
    verdict = explained(ranking, who, paper, known=known).verdict
    assert verdict == "chosen again: it was in the edition of 2026-07-01, and trends anew"
    muting = replace(who, mute=(paper.title,))
    assert first not in {c.paper for c in select(ranking, muting, known=known).choices}


def test_opinions_bring_their_like_and_never_themselves():
    papers, who = corpus(), reader("graph neural networks", papers=40)
    ranking = Ranking(papers)
    liked, disliked = "arxiv:0002", "arxiv:0007"
    choices = select(ranking, who, known=Known(opinions={liked: 1.0})).choices
    assert {int(c.paper[-4:]) % 5 for c in choices} == {1, 2}
    assert liked not in {c.paper for c in choices}
    alone = select(ranking, who, known=Known(opinions={disliked: -1.0})).choices
    assert {int(c.paper[-4:]) % 5 for c in alone} == {1}


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
    assert select(ranking, who, quiet=Quiet.NOTE).choices == ()
    trending = select(ranking, who, quiet=Quiet.TRENDING)
    assert trending.mood is Mood.QUIET
    assert len(trending.choices) == 3


def test_without_topics_what_trends(ranking):
    votes = {paper.id: paper.upvotes for paper in ranking.day.papers}
    got = [votes[choice.paper] for choice in select(ranking, reader()).choices]
    assert len(got) == 10
    assert got == sorted(votes.values(), reverse=True)[:10]


def test_an_empty_day():
    assert select(Ranking([]), reader("graphs"), quiet=Quiet.TRENDING).mood is Mood.SKIP


def test_many_readers_get_what_each_would_get_alone(ranking):
    several = [
        replace(reader(topic), address=f"{n}@example.org")
        for n, topic in enumerate(("graphs", "robots", "speech recognition", "pottery", "cat:cs"))
    ]
    together = ranking.select_all(several, DAY, {}, Manner())
    assert together == [select(ranking, who, quiet=Quiet.TRENDING) for who in several]
    assert list(reversed(together)) == ranking.select_all(several[::-1], DAY, {}, Manner())


@given(order=st.permutations(range(40)))
@settings(max_examples=8, deadline=None)
def test_the_order_of_papers_changes_no_choice(order):
    papers, who = corpus(40), reader("graph networks", "robots", papers=6)
    one = select(Ranking(papers), who, serendipity=True)
    assert select(Ranking([papers[n] for n in order]), who, serendipity=True) == one


@given(chosen=st.integers(0, 7), more=st.integers(0, 60))
@settings(max_examples=15, deadline=None)
def test_more_votes_never_lower_a_choice(ranking, chosen, more):
    who = reader("graph neural networks", papers=40)
    ids = [choice.paper for choice in select(ranking, who).choices]
    lifted = [
        replace(p, upvotes=p.upvotes + more) if p.id == ids[chosen] else p
        for p in ranking.day.papers
    ]
    after = [choice.paper for choice in select(Ranking(lifted), who).choices]
    assert after.index(ids[chosen]) <= chosen


def test_a_topic_of_few_papers_gets_its_place_beside_one_of_many():
    graphs = [p for p in corpus(200) if int(p.id[-4:]) % 5 == 1]
    small = replace(corpus(5)[4], upvotes=0)
    selection = select(
        Ranking([*graphs, small]), reader("graph neural networks", "theorem proving")
    )
    assert small.id in {choice.paper for choice in selection.choices}
    assert len(selection.choices) == 10


@given(
    topics=st.lists(st.text(max_size=60).filter(lambda text: text.split()), max_size=4),
    serendipity=st.booleans(),
    fill=st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_asked_every_number_lies_in_0_to_1(ranking, topics, serendipity, fill):
    wishes = tuple(Topic(TopicKind.TEXT, text) for text in topics)
    who = Subscriber("ann@example.org", topics=wishes, papers=7)
    selection = select(ranking, who, quiet=Quiet.TRENDING, serendipity=serendipity, fill=fill)
    assert len({choice.paper for choice in selection.choices}) == len(selection.choices) <= 7
    for choice in selection.choices:
        numbers = choice.score, choice.relevance, choice.trending
        assert all(0 <= n <= 1 for n in (*numbers, *(reason.value for reason in choice.reasons)))


def test_a_topic_of_five_hundred_words(ranking):
    words = " ".join(f"word{n}" for n in range(496))
    selection = select(ranking, reader(f"graph neural networks molecules {words}"))
    assert set(subjects(selection)) <= {1}
    assert select(ranking, reader(words), quiet=Quiet.TRENDING).mood is Mood.QUIET


PROGRAM = """
from datetime import date
from example_papers import corpus
from digest.model import Manner, Subscriber, Topic
from digest.rank.knowledge import Known
from digest.rank.ranking import Ranking
topics = tuple(map(Topic.parse, ("graph networks", "robots", "cat:cs", "author:Ada")))
who = Subscriber("a@example.org", topics=topics, mute=("set 3",), liked=("arxiv:0002",))
known = Known(frozenset(f"arxiv:{n:04d}" for n in range(0, 60, 7)), {"arxiv:0004": -1.0})
manner = Manner(fill=True, serendipity=True)
print(Ranking(corpus()).select(who, date(2026, 8, 20), known, manner))
"""


def test_two_processes_choose_the_same():
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"arxiv:" in said.pop()
