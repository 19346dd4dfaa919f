"""arXiv: recorded answers of every kind against their README, and what is asked for a day."""

from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest
from shared import shared

from digest.errors import Changed, Unreachable
from digest.model import Page, Response
from digest.model.calendar import arxiv_announces, arxiv_window
from digest.sources.arxiv import PACE, Arxiv
from digest.sources.huggingface import HuggingFace

AT = datetime(2026, 11, 1, tzinfo=UTC)
ARXIV = Arxiv(categories=("cs.AI", "hep-th"))
MONDAY = date(2026, 4, 27)

COUNTS = {
    "rss/cs.AI_2025-08-20.atom.xml": (7, date(2025, 8, 20)),
    "rss/cs.AI_2026-04-27.rss.xml": (3, MONDAY),
    "rss/cs.CL_2026-04-27.rss.xml": (3, MONDAY),
    "rss/cs.CL_2026-08-01_saturday_empty.rss.xml": (0, date(2026, 8, 1)),
    "rss_rewritten_json/2025-02-18.json": (15, date(2025, 2, 17)),  # 25 items of 15 works
    "rss_rewritten_json/2025-06-10.json": (30, date(2025, 6, 10)),  # 51 items of 30 works
    "rss_rewritten_json/2025-08-09.json": (0, None),
    "api/atom_cs.AI-LG-CL_25_2026-08-02.xml": (25, date(2026, 8, 2)),
    "api/atom_cs.CL_2_2026-05-11.xml": (2, date(2026, 5, 11)),
    "api_envelopes/q_testing_s0_m100_cfe7536492ca.json": (100, date(2026, 4, 12)),
    "api_envelopes/q_testing_s5_m10_c0e94a259d4a.json": (10, date(2026, 4, 12)),
    "api_envelopes/id_0000.0000_s0_m100_8b51d9633a68.json": (0, date(2026, 4, 12)),
    "api_envelopes/id_quant-ph_0201082v1_s0_m100_86989fe779ef.json": (1, date(2026, 4, 12)),
    "oai/arXiv_ListRecords_hep-th_2017-12-14.xml": (3, date(2017, 12, 14)),
    "oai/arXiv_records_2016-01-14.xml": (12, date(2016, 1, 14)),
    "oai/arxiv_1711_04702.xml": (1, date(2017, 11, 15)),
    "oai/arxiv_math_0306266.xml": (1, date(2017, 11, 17)),
}


def recorded(name: str) -> Page:
    path = shared(f"recorded/arxiv/{name}")
    return ARXIV.read(Response(str(path), path.read_bytes(), AT))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "wanted"), COUNTS.items())
def test_recorded_answers_have_the_papers_and_the_day_of_their_readme(name: str, wanted: object):
    page = recorded(name)
    assert (len(page.papers), page.day) == wanted
    assert page.notes == ()
    body = shared(f"recorded/arxiv/{name}").read_bytes()
    assert ARXIV.recognises(body)
    assert not HuggingFace().recognises(body) or body == b"[]"
    for paper in page.papers:
        assert paper.id.startswith("arxiv:")
        assert paper.title
        assert paper.abstract
        assert paper.authors, paper
        assert paper.url.startswith("https://arxiv.org/abs/")


@pytest.mark.shared
def test_what_answers_tell_of_a_paper():
    first = recorded("rss/cs.AI_2025-08-20.atom.xml").papers[0]
    assert (first.id, first.version, first.announced) == ("arxiv:2508.13426", 1, "cross")
    assert first.categories == ("cs.CL", "cs.AI")
    assert first.abstract.startswith("As large language models")
    [old] = recorded("api_envelopes/id_quant-ph_0201082v1_s0_m100_86989fe779ef.json").papers
    assert old.id == "arxiv:quant-ph/0201082"
    [lovasz] = recorded("oai/arxiv_math_0306266.xml").papers
    assert lovasz.authors == ("Amin Coja-Oghlan",)
    assert lovasz.also == ("doi:10.1017/s0963548305006826",)
    kinds = {p.announced for p in recorded("rss_rewritten_json/2025-06-10.json").papers}
    assert kinds == {"new", "cross", "replace", "replace-cross"}
    assert {
        p.announced for p in recorded("oai/arXiv_ListRecords_hep-th_2017-12-14.xml").papers
    } == {"replace"}


@pytest.mark.shared
def test_an_answer_about_single_papers_is_no_days_list():
    assert recorded("api_envelopes/id_1605.08386_s0_m100_199195aa31ad.json").lacks
    assert recorded("oai/arxiv_1711_04702.xml").lacks
    assert not recorded("api_envelopes/q_testing_s0_m10_bc5a6c384fe9.json").lacks


@pytest.mark.shared
def test_an_error_is_an_error():
    with pytest.raises(Unreachable, match="400: incorrect id format for abc"):
        recorded("api_envelopes/id_abc_s0_m100_b79c8dcf6bc3.json")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Busy</body></html>", b"{}", b"[1, 2]", b"<rss><channel/></rss>", b"<feed/>",
     b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><title>arXiv</title></channel></rss>'],
)  # fmt: skip
def test_what_is_none_of_its_answers_is_changed(body: bytes):
    with pytest.raises(Changed):
        ARXIV.read(Response("x", body, AT))


LISTING = """<html><h3>Showing new listings for Monday, 27 April 2026</h3>
<dl id='articles'><h3>New submissions (showing 1 of 1 entries)</h3>
<dt><a name='item1'>[1]</a> <a href ="/abs/2604.21935" title="Abstract">arXiv:2604.21935</a></dt>
<dd><div class='meta'>
<div class='list-title mathjax'><span class='descriptor'>Title:</span> Math Takes Two</div>
<div class='list-authors'><a href="x">Ada Lovelace</a>, <a href="y">Alan Turing</a></div>
<div class='list-subjects'><span class='descriptor'>Subjects:</span>
<span class="primary-subject">Artificial Intelligence (cs.AI)</span>; Machine Learning (cs.LG)</div>
<p class='mathjax'>Although models.</p></div></dd></dl>
<dl id='articles'><h3>Replacement submissions (showing 1 of 1 entries)</h3>
<dt><a href ="/abs/2501.00001" title="Abstract">arXiv:2501.00001</a></dt>
<dd><div class='meta'><div class='list-title mathjax'>Title: Second</div>
<div class='list-authors'><a href="x">B</a></div>
<div class='list-comments mathjax'>Comments: Withdrawn by the authors</div>
</div></dd></dl></html>"""


def test_a_listing_page_as_documented():
    page = ARXIV.read(Response("x", LISTING.encode(), AT))
    first, second = page.papers
    assert page.day == MONDAY
    assert (first.id, first.title, first.announced) == ("arxiv:2604.21935", "Math Takes Two", "new")
    assert first.authors == ("Ada Lovelace", "Alan Turing")
    assert first.categories == ("cs.AI", "cs.LG")
    assert (second.announced, second.withdrawn, second.replaced) == ("replace", True, True)


def test_a_day_is_asked_for_in_one_feed_and_else_by_its_hours():
    assert ARXIV.first(MONDAY).url == "https://rss.arxiv.org/rss/cs.AI+hep-th"
    api, oai = ARXIV.fallbacks(MONDAY)
    assert api.params["search_query"] == (
        "(cat:cs.AI OR cat:hep-th) AND submittedDate:[202604231800 TO 202604241800]"
    )
    assert oai.params["set"] == "cs:cs:AI"
    assert {r.pace for r in (ARXIV.first(MONDAY), api, oai)} == {PACE}


def answer(start: int, total: int, title: str = "x", number: int = 500) -> bytes:
    entry = (
        "<entry><id>http://arxiv.org/abs/2604.{:05}v1</id><title>T</title><summary>S</summary>"
        "<author><name>A</name></author></entry>"
    )
    entries = "".join(entry.format(start + n) for n in range(number))
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        f"<title>arXiv Query: search_query={title}&amp;id_list=&amp;start={start}</title>"
        f"<updated>2026-04-28T03:00:00Z</updated><o:itemsPerPage>500</o:itemsPerPage>"
        f"<o:totalResults>{total}</o:totalResults><o:startIndex>{start}</o:startIndex>{entries}</feed>"
    ).encode()


def test_the_api_is_paged_until_its_total_and_its_day_is_the_one_asked_for():
    first = ARXIV.fallbacks(MONDAY)[0]
    asked = f"{first.url}?search_query=q&max_results=500&start=0"
    page = ARXIV.read(Response(asked, answer(0, 700, first.params["search_query"]), AT))
    assert page.day == MONDAY
    assert page.next is not None
    assert (page.next.params["start"], page.next.pace) == ("500", PACE)
    rest = asked.replace("start=0", "start=500")
    page = ARXIV.read(Response(rest, answer(500, 700, number=200), AT))
    assert (page.next, page.lacks) == (None, "")
    short = ARXIV.read(Response(rest, answer(500, 700, number=150), AT))
    assert short.lacks == "150 entries of the 200 that it tells of"


@pytest.mark.parametrize(
    ("day", "announced"),
    [
        (date(2026, 4, 27), True),  # Monday: announced on Sunday evening
        (date(2026, 5, 1), True),  # Friday: on Thursday evening
        (date(2026, 5, 2), False),  # Saturday
        (date(2026, 5, 3), False),
        (date(2026, 5, 26), False),  # the evening of Memorial Day
        (date(2026, 11, 27), False),  # the evening of Thanksgiving
        (date(2026, 12, 25), False),
        (date(2026, 1, 2), False),
        (date(2026, 7, 6), True),
    ],
)
def test_the_calendar_of_announcements(day: date, announced: bool):
    assert arxiv_announces(day) is announced
    assert ARXIV.expects(day) is announced


def test_windows_join_without_gap_or_overlap_through_a_year():
    days = [
        d
        for n in range(366)
        if arxiv_announces(d := date.fromordinal(date(2026, 1, 1).toordinal() + n))
    ]
    windows = [arxiv_window(day) for day in days]
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    assert all(start < end for start, end in windows)
    # 14:00 in New York: 19:00 UTC in winter, 18:00 in summer
    assert {w[1].time() for w in windows} == {time(18), time(19)}
