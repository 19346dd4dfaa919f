from dataclasses import replace
from datetime import date, timedelta

import pytest
from example_papers import corpus

from digest.model import Subscriber, Topic
from digest.rank.ranking import Ranking
from digest.rank.replay import Evaluation, Way

DAY = date(2026, 8, 20)
ROBOTS = Subscriber("", topics=(Topic.parse("robots"),), papers=5)


def replayed(readers, last=None, days=1):
    evaluation, papers = Evaluation(), corpus()
    for n in range(days):
        day = DAY + timedelta(days=n)
        evaluation.add(day, Ranking(papers), papers if last is None else last, readers)
    return evaluation


def test_the_digest_is_on_topic_and_rising():
    tallies = replayed([ROBOTS]).tallies
    assert tallies[Way.DIGEST].topical == tallies[Way.RELEVANCE].topical == 1
    assert tallies[Way.VOTES].topical < 0.5
    assert tallies[Way.VOTES].final > tallies[Way.DIGEST].final > tallies[Way.NEWEST].final
    assert tallies[Way.DIGEST].ndcg == max(tally.ndcg for tally in tallies.values())
    assert all(0 <= tally.ndcg <= 1 for tally in tallies.values())


def test_days_and_readers_are_averaged():
    once, often = replayed([ROBOTS]), replayed([ROBOTS], days=3)
    assert often.tallies[Way.DIGEST].choices == 3 * once.tallies[Way.DIGEST].choices == 3
    for way in Way:
        assert often.tallies[way].ndcg == pytest.approx(once.tallies[way].ndcg)
    assert often.days == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]


def test_choices_see_the_votes_as_they_were_and_are_held_against_those_that_came():
    papers = corpus()
    turned = [replace(paper, upvotes=40 - paper.upvotes) for paper in papers]
    before, after = replayed([ROBOTS]), replayed([ROBOTS], turned)
    assert after.grown == sum(p.upvotes != 20 for p in papers)
    assert after.tallies[Way.VOTES].final < 0.4 < before.tallies[Way.VOTES].final


def test_what_a_reader_liked_is_looked_for_without_being_told():
    """Three of the liked papers are of an earlier day; the others are on offer among their like."""
    earlier, later = ("arxiv:0002", "arxiv:0007", "arxiv:0012"), ("arxiv:0037", "arxiv:0047")
    papers, evaluation = corpus(), Evaluation()
    who = Subscriber("", liked=earlier + later, papers=8)
    evaluation.add(DAY, Ranking(papers[20:], papers[:20]), papers, [who])
    assert evaluation.tallies[Way.DIGEST].liked == 2
    assert evaluation.tallies[Way.DIGEST].recall > evaluation.tallies[Way.NEWEST].recall
    assert replayed([ROBOTS]).tallies[Way.DIGEST].recall is None


def test_who_is_offered_nothing_says_nothing():
    nobody = Subscriber("", topics=(Topic.parse("medieval pottery glazing"),))
    assert replayed([nobody]).tallies[Way.DIGEST].choices == 0
