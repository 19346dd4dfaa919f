"""Semantic Scholar, Hacker News and feeds on recorded answers; the rest as documented."""

import json
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import pytest
from shared import shared

from digest.errors import Changed, SourceError, Unreachable
from digest.model import Page, Paper, Response
from digest.sources.biorxiv import Biorxiv
from digest.sources.crossref import Crossref
from digest.sources.feeds import Feeds
from digest.sources.github import GitHub
from digest.sources.hackernews import HackerNews
from digest.sources.openalex import OpenAlex
from digest.sources.openreview import OpenReview
from digest.sources.registry import everyone, load
from digest.sources.semanticscholar import SemanticScholar

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
DAY = date(2026, 11, 23)
SCHOLAR = SemanticScholar(key="s3cret")


def recorded(source: object, name: str) -> Page:
    path = shared(f"recorded/{name}")
    assert source.recognises(path.read_bytes())
    return source.read(Response(str(path), path.read_bytes(), AT))


def read(source: object, value: object, url: str = "x") -> Page:
    return source.read(Response(url, json.dumps(value).encode(), AT))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "papers", "day"),
    [
        ("envelopes/search_paper.json", 100, date(2024, 12, 8)),
        ("envelopes/search_paper_publication_date_or_year.json", 486, date(2024, 7, 8)),
        ("envelopes/search_paper_match_title.json", 1, date(2024, 12, 8)),
        ("envelopes/get_papers.json", 3, date(2024, 12, 8)),
        ("envelopes/empty_paginated_results.json", 0, date(2024, 12, 8)),
        ("search_transformer_5_2026-06-14.json", 5, None),
    ],
)
def test_semantic_scholars_answers(name: str, papers: int, day: date | None):
    page = recorded(SCHOLAR, f"semanticscholar/{name}")
    assert (len(page.papers), page.day, page.notes) == (papers, day, ())


@pytest.mark.shared
@pytest.mark.parametrize(("name", "status"), [("bad_query_parameters", 400), ("not_found", 404)])
def test_semantic_scholars_refusals(name: str, status: int):
    with pytest.raises(Unreachable, match=f"answered {status}"):
        recorded(SCHOLAR, f"semanticscholar/envelopes/{name}.json")


@pytest.mark.shared
def test_a_work_is_known_by_all_its_names():
    first = recorded(SCHOLAR, "semanticscholar/search_transformer_5_2026-06-14.json").papers[0]
    assert first.id == "arxiv:2103.14030"
    assert "doi:10.1109/iccv48922.2021.00986" in first.also


def test_batches_hold_what_it_can_know_and_the_key_is_no_part_of_a_url():
    papers = [Paper(f"arxiv:2606.{n:05}", "T") for n in range(700)]
    papers += [Paper("doi:10.1/x", "T"), Paper("feeds:1", "T")]
    first, second = SCHOLAR.about(papers, AT)
    assert len(json.loads(first.body)["ids"]) == 500
    assert json.loads(second.body)["ids"][-1] == "DOI:10.1/x"
    assert first.headers["x-api-key"] == "s3cret"
    assert "s3cret" not in repr(first)
    page = read(SCHOLAR, [None, {"paperId": "p", "externalIds": {"ArXiv": "2606.00001"},
                                 "tldr": {"text": "Short."}, "venue": "ICML"}])  # fmt: skip
    [paper] = page.papers
    assert (paper.id, paper.summary, paper.venue) == ("arxiv:2606.00001", "Short.", "ICML")


@pytest.mark.shared
def test_hacker_news_stories():
    page = recorded(HackerNews(), "hackernews/algolia_search_2026-08-02.json")
    assert (len(page.papers), page.day) == (30, date(2026, 8, 2))
    assert all(dict(p.signals)["points"] >= 20 for p in page.papers)


def test_a_story_about_a_paper_is_of_that_paper():
    hit = {"objectID": "1", "title": "T", "points": 9, "num_comments": 2,
           "url": "https://arxiv.org/pdf/2606.00001v2.pdf",
           "created_at": "2026-06-12T00:00:00Z"}  # fmt: skip
    page = read(HackerNews(), {"hits": [hit], "nbHits": 1})
    assert page.papers[0].id == "arxiv:2606.00001"
    assert dict(page.papers[0].signals) == {"points": 9, "discussion": 2}
    [asked] = HackerNews().about([Paper("arxiv:1", "T")], AT)
    assert asked.params["hitsPerPage"] == "1000"
    assert list(HackerNews().about([], AT)) == []


RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>A lab</title><link>https://lab.example</link>
<item><title>One &amp; only</title><link>https://doi.org/10.1038/S1</link><guid>g1</guid>
<description>&lt;p&gt;What &lt;b&gt;we&lt;/b&gt; did&lt;/p&gt;</description>
<dc:creator>Ada Lovelace</dc:creator><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate></item>
<item><title>Two</title><link>https://lab.example/2</link>
<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A lab</title><id>x</id>
<entry><id>tag:1</id><title>One</title><link href="https://arxiv.org/abs/2611.00001"/>
<published>2026-11-23T10:00:00Z</published><author><name>Ada</name></author><summary>S</summary></entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1", "title": "A lab",
    "items": [{"id": "1", "url": "https://lab.example/1", "title": "One", "content_text": "S",
               "date_published": "2026-11-23T10:00:00+01:00", "authors": [{"name": "Ada"}]}],
}  # fmt: skip


@pytest.mark.parametrize("body", [RSS, ATOM, json.dumps(JSON)])
def test_feeds_of_three_kinds(body: str):
    feed = Feeds()
    assert feed.recognises(body.encode())
    page = feed.read(Response("https://lab.example/feed", body.encode(), AT))
    first = page.papers[0]
    assert first.day == DAY
    assert first.authors in {("Ada Lovelace",), ("Ada",)}
    assert first.abstract in {"What we did", "S"}
    assert first.id.partition(":")[0] in {"doi", "arxiv", "feeds"}


def test_each_feed_is_a_source_and_none_hides_another():
    tables = {"feeds": {"urls": ("https://a.example/rss", "https://b.example/atom")}}
    named = [source.name for source in load(["feeds"], tables)]
    assert named == ["feeds:a.example/rss", "feeds:b.example/atom"]
    assert [s.name for s in load([], tables)] == [*named, "huggingface"]
    assert [s.name for s in load([], {})] == ["huggingface"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"<rss><channel><item>",
        b'{"version": "1"}',
        b"\x00\x01",
        RSS.encode()[:500],
    ],
)
def test_what_is_no_feed_is_changed(body: bytes):
    with pytest.raises(Changed):
        Feeds().read(Response("x", body, AT))


PREPRINT = {"doi": "10.1101/2026.11.20.1", "title": "Cells", "authors": "Doe, J.; Roe, R.",
            "date": "2026-11-23", "version": "2", "category": "neuroscience", "abstract": "A",
            "published": "10.1038/s2", "server": "bioRxiv"}  # fmt: skip


def test_biorxiv_as_documented():
    source = Biorxiv(servers=("biorxiv", "medrxiv"), categories=("Neuroscience",))
    asked = source.first(DAY).url
    assert asked == "https://api.biorxiv.org/details/biorxiv/2026-11-23/2026-11-23/0"
    told = {"messages": [{"status": "ok", "count": 1, "total": 999}], "collection": [PREPRINT]}
    page = read(source, told, asked)
    [paper] = page.papers
    assert (paper.id, paper.also) == ("doi:10.1101/2026.11.20.1", ("doi:10.1038/s2",))
    assert (paper.authors, paper.announced, page.day) == (("J. Doe", "R. Roe"), "replace", DAY)
    assert page.next.url.endswith("/2026-11-23/1")
    end = read(
        source, {"messages": [{"status": "no posts found"}], "collection": []}, page.next.url
    )
    assert end.next.url.endswith("/details/medrxiv/2026-11-23/2026-11-23/0")
    other = PREPRINT | {"category": "ecology"}
    assert read(source, told | {"collection": [other]}, asked).papers == ()


def test_openreview_as_documented():
    source = OpenReview(invitations=("X/-/Submission",), token="t")
    assert source.first(DAY).params["invitation"] == "X/-/Submission"
    note = {"id": "n", "forum": "f", "cdate": 1_795_428_000_000, "invitations": [],
            "content": {"title": {"value": "T"}, "authors": {"value": ["A B"]},
                        "TLDR": {"value": "S"}}}  # fmt: skip
    page = read(source, {"notes": [note]})
    assert (page.papers[0].id, page.papers[0].summary, page.papers[0].day) == (
        "openreview:f",
        "S",
        DAY,
    )
    two = OpenReview(invitations=("X/-/Submission", "Y/-/Submission"))
    asked = two.first(DAY)
    url = f"{asked.url}?{urlencode(asked.params)}"
    following = read(two, {"notes": []}, url).next
    assert following.params == asked.params | {"invitation": "Y/-/Submission"}
    assert read(two, {"notes": []}, f"{asked.url}?{urlencode(following.params)}").next is None
    with pytest.raises(Unreachable, match="ChallengeRequired"):
        read(source, {"name": "ChallengeRequired", "message": "no"})


def test_openalex_as_documented():
    source = OpenAlex(query="graph learning")
    work = {"id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/A", "title": "T",
            "abstract_inverted_index": {"world": [1], "Hello": [0]}, "cited_by_count": 2,
            "authorships": [{"author": {"display_name": "A B"}}],
            "primary_location": {"landing_page_url": "https://arxiv.org/abs/2611.00001",
                                 "source": None}}  # fmt: skip
    asked = source.first(DAY)
    page = read(source, {"results": [work], "meta": {"next_cursor": "c"}}, f"{asked.url}?filter=f")
    [paper] = page.papers
    assert (paper.id, paper.also) == ("arxiv:2611.00001", ("doi:10.1000/a", "openalex:W1"))
    assert (paper.abstract, paper.authors) == ("Hello world", ("A B",))
    assert page.next.params["cursor"] == "c"
    assert "title_and_abstract.search:graph learning" in asked.params["filter"]


def test_crossref_as_documented():
    source = Crossref(journals=("1476-4687",))
    item = {"DOI": "10.1000/A", "title": ["<i>T</i> x"], "author": [{"given": "A", "family": "B"}],
            "abstract": "<jats:p>S</jats:p>", "container-title": ["J"],
            "issued": {"date-parts": [[2026, 11]]}}  # fmt: skip
    page = read(source, {"message": {"items": [item], "total-results": 5}})
    [paper] = page.papers
    assert (paper.id, paper.title, paper.abstract, paper.venue) == (
        "doi:10.1000/a",
        "T x",
        "S",
        "J",
    )
    assert paper.published == datetime(2026, 11, 1, tzinfo=UTC)
    assert page.lacks == "1 of 5 works"
    assert "issn:1476-4687" in source.first(DAY).params["filter"]


def test_github_as_documented():
    hub = GitHub()
    papers = [Paper(f"arxiv:{n}", "T", code=f"https://github.com/Lab/{n}") for n in range(50)]
    assert len(list(hub.about(papers, AT))) == 40
    page = read(hub, {"full_name": "lab/7", "stargazers_count": 12})
    assert [(p.id, p.stars) for p in page.papers] == [("arxiv:7", 12)]
    assert read(hub, {"full_name": "lab/x", "stargazers_count": 12}).papers == ()
    assert len(list(GitHub(token="t").about(papers, AT))) == 50


@pytest.mark.parametrize("source", everyone({}), ids=lambda source: source.name)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"[[]]", b'{"error": "busy"}', b"<html>Busy</html>", b"\xff\xfe"],
)
def test_no_source_takes_what_is_none_of_its_answers_for_papers(source: object, body: bytes):
    try:
        page = source.read(Response("x", body, AT))
    except SourceError:
        return
    assert page.papers == ()
    assert body == b"[]"
