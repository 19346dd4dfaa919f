"""`digest evaluate` replays what is in the store; `digest why` prints sums."""

import json
import re

from digest.sources.sample import DAY


def test_past_days_are_replayed_and_drawn(installation):
    installation("collect", "--day", str(DAY))
    installation("subscribers", "add", "ann@inbox.example", "--topic", "video generation")
    said = installation("evaluate", "--json", "--plot", "ways.svg", "--days", "366")
    assert said.status == 0, said.err
    ways = {row["way"]: row for row in said.records}
    assert list(ways) == ["digest", "votes only", "relevance only", "newest"]
    assert ways["digest"]["ndcg"] >= max(row["ndcg"] for row in ways.values())
    assert {row["liked_found"] for row in ways.values()} == {None}
    assert ways["newest"]["days"] == 1
    picture = (installation.directory / "ways.svg").read_text()
    words = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    assert "relevance only" in words
    assert f"{ways['digest']['ndcg']:.3f}" in words
    table = installation("evaluate").out
    assert "votes only" in table


def test_without_days_or_readers_it_says_what_is_missing(installation):
    said = installation("evaluate")
    assert said.status != 0
    assert "digest collect --day" in said.last


def test_the_sum_is_printed_part_by_part(installation):
    installation("collect", "--day", str(DAY))
    installation("subscribers", "add", "ann@inbox.example", "--topic", "video generation")
    installation("subscribers", "add", "bob@inbox.example", "--topic", "medieval pottery")
    day, papers = str(DAY), installation("papers", "--day", str(DAY), "--json").records
    [best, *_] = installation(
        "select", "--for", "ann@inbox.example", "--day", day, "--json"
    ).records
    told = installation("why", best["id"], "--for", "ann@inbox.example", "--day", day)
    for words in ("chosen", "video (BM25F)", "word for word", "sum", "nearest papers"):
        assert words in told.out
    told = installation("why", best["id"], "--for", "ann@inbox.example", "--day", day, "--json")
    [summed] = json.loads(told.out)["sums"]
    assert abs(sum(summed["parts"].values()) - summed["raw"]) < 1e-3
    assert summed["relevance"] >= summed["needed"]
    most = max(papers, key=lambda paper: paper["upvotes"])["id"]
    told = installation("why", most, "--for", "bob@inbox.example", "--day", day).out
    assert "chosen as one of the day's most trending" in told
    least = min(papers, key=lambda paper: paper["upvotes"])["id"]
    told = installation("why", least, "--for", "bob@inbox.example", "--day", day).out
    assert "below the floor: needed" in told
