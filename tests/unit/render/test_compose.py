from dataclasses import replace

import pytest
from example_mails import IDENTITY, render
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Mood, Paper, Reason, ReasonKind
from digest.render.card import authors, card, links
from digest.render.compose import FOLLOWED, SUBJECT_LONGEST, compose, subject
from digest.render.evidence import why_you
from digest.render.languages import ENGLISH, LANGUAGES, language


def topic(label, value=0.9, *words):
    return Reason(ReasonKind.TOPIC, label, value, words)


def votes(value):
    return Reason(ReasonKind.VOTES, "votes", value)


def test_sections_follow_topics_and_the_lead_counts_them(editions):
    digest = editions["rich-day"].digest
    assert [section.heading for section in digest.sections] == [
        "LLM agents",
        "video world models",
        "Also trending",
    ]
    assert digest.lead == "Ten papers: 4 on LLM agents, 4 on video world models and 2 more"
    assert digest.day == "Friday 21 August 2026"
    assert digest.greeting == "for Ada Lovelace"
    assert digest.more == 0


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_major_revision_says_so_in_every_language(name):
    told = why_you([Reason(ReasonKind.REVISED, "v3", 0.5)], Paper("a", "T"), language(name))
    assert "3" in told
    if name == "en":
        assert told == "It comes back as a major revision (version 3)."


def test_the_subject_carries_the_top_finding(editions):
    written = editions["rich-day"].digest.subject
    assert written == "EnvHarness: Awakening Static Worlds for Agent… + 9 more"


@given(st.lists(st.text(min_size=1, max_size=200).filter(str.strip), max_size=40))
def test_a_subject_is_of_8_to_60_characters(titles):
    assert 8 <= len(subject(titles, "Paper Digest", ENGLISH)) <= SUBJECT_LONGEST


@pytest.mark.parametrize("title", ["Re: Attention", "Fwd: RE: Attention", "AW: Attention"])
def test_a_subject_never_pretends_to_be_an_answer(title):
    assert subject([title], "Paper Digest", ENGLISH) == "Attention"


def test_a_quiet_day_says_so(editions):
    digest = editions["quiet-day"].digest
    assert digest.lead == "A quiet day on your topics"
    assert "Nothing new reached your topics" in digest.notice
    assert len(digest.cards) == 3
    note = editions["note-day"].digest
    assert not note.cards
    assert note.subject == "Paper Digest: a quiet day on your topics"


def test_evidence_says_why_you_and_why_now(editions):
    first = editions["rich-day"].digest.cards[0]
    assert first.why_you == (
        "It matches “LLM agents” (title: agents) and is by Chen-Yu Lee, whom you follow."
    )
    assert first.why_now.replace("\xa0", " ") == (
        "163 votes by 10:07 UTC, at the top of the day · 1 comment · 8 code stars"
    )


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("cat:cs.LG", "is in cs.LG"),
        ('"world models"', "says “world models” word for word"),
        ("author:Emmy Noether", "is by Emmy Noether, whom you follow"),
        ("world models", "matches “world models” (title: models; abstract: world)"),
    ],
)
def test_each_kind_of_topic_has_its_words(label, said):
    reasons = (topic(label, 0.9, "world", "models"),)
    found = card(Paper("x:1", "A model", "Of a world."), reasons, ENGLISH)
    assert found.why_you == f"It {said}."


def test_a_paper_without_votes_claims_none():
    found = card(Paper("x:1", "T", upvotes=None), (votes(0.9),), ENGLISH)
    assert found.why_now == ""


def test_only_a_followed_author_makes_a_section_of_its_own(editions):
    example = editions["one-paper"].example
    choice = replace(example.selection.choices[0], reasons=(topic("author:Ada", 1.0),))
    selection = replace(example.selection, choices=(choice,))
    links = editions["one-paper"].links
    digest = compose(selection, example.papers, example.subscriber, links, IDENTITY, ENGLISH)
    assert [section.heading for section in digest.sections] == [FOLLOWED]
    assert digest.lead == "One paper for you"


def test_a_paper_that_is_gone_is_left_out(editions):
    example, links = editions["rich-day"].example, editions["rich-day"].links
    papers = dict(list(example.papers.items())[1:])
    digest = compose(example.selection, papers, example.subscriber, links, IDENTITY, ENGLISH)
    assert len(digest.cards) == 9


def test_three_authors_and_how_many_more():
    assert authors(("A",), ENGLISH) == "A"
    assert authors(("A", "B", "", "C"), ENGLISH) == "A, B, C"
    assert authors(("A", "B", "C", "D", "E"), ENGLISH) == "A, B, C + 2 more"


def test_an_arxiv_paper_has_a_page_and_a_pdf_even_if_its_source_named_none():
    found = card(Paper("arxiv:2406.01234", "T"), (), ENGLISH)
    assert found.url == "https://arxiv.org/abs/2406.01234"
    assert [(one.label, one.url) for one in found.links] == [
        ("PDF 2406.01234", "https://arxiv.org/pdf/2406.01234")
    ]


def test_a_project_that_is_the_page_again_is_not_linked_twice():
    page = "https://huggingface.co/papers/1"
    found = card(Paper("x:1", "T", url=page, project=page), (), ENGLISH)
    assert found.links == ()


def test_no_two_links_of_a_card_read_the_same(edition):
    for found in edition.digest.cards:
        labels = [one.label for one in found.links]
        assert len(labels) == len(set(labels))


def test_reader_and_day_are_all_that_makes_the_message_id(editions, renderer):
    example = editions["rich-day"].example
    other = replace(example.selection, mood=Mood.QUIET)
    again = render(renderer, replace(example, selection=other))
    assert again.message.message_id == editions["rich-day"].message.message_id


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://github.com/wang/RLSVR/tree/SpyRL", "RLSVR"),
        ("https://huggingface.co/spaces/yong/TTM-HumanPref", "TTM-HumanPref"),
        ("https://github.com/trex-project", "trex-project"),
        ("https://nju-link.github.io/SciMDR/", "SciMDR"),
        ("https://swanaigc.github.io/#/swanvoice", "swanvoice"),
        ("https://research.nvidia.com/labs/cosmos-lab/cosmos3/", "cosmos3"),
        ("https://www.codabench.org/competitions/12842/", "competitions"),
        ("https://zlab.github.io/VisionFoundry/index.html", "VisionFoundry"),
        ("https://sr-real.github.io/#overview", "sr-real.github.io"),
        ("https://www.3dcodebench.com/", "3dcodebench.com"),
    ],
)
def test_a_link_tells_which_of_an_owner_s_pages_it_means(url, told):
    (link,) = links(Paper("x:1", "A title", project=url), "", ENGLISH)
    assert link.label == f"Project {told}"
