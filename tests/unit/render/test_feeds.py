"""Feeds of what everybody may read."""

import json
import re
from dataclasses import replace

import pytest
from example_mails import BASE
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from digest.model import Choice, Paper, Selection
from digest.render.examples import Example, names
from digest.render.feeds import Feed, atom, issue, json_feed, unique
from digest.render.languages import ENGLISH, language
from digest.render.templates import pages

ATOM = {"a": "http://www.w3.org/2005/Atom"}
PAGES = pages()


def issued(name, words=ENGLISH):
    example = Example.load(name)
    return issue(example.selection, example.papers, words, "Paper Digest", BASE)


def feed(entries, language="en"):
    return Feed("Paper Digest", "About", f"{BASE}/archive/", f"{BASE}/feed.xml", language, entries)


@pytest.mark.parametrize("name", sorted(names()))
def test_both_kinds_say_the_same(name):
    one = issued(name)
    told = feed(one.entries)
    root, items = etree.fromstring(atom(told, PAGES).encode()), json.loads(json_feed(told))["items"]
    entries = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", None, ATOM) for entry in entries] == [
        item["title"] for item in items
    ]
    assert [entry.findtext("a:id", None, ATOM) for entry in entries] == [i["id"] for i in items]
    assert ([card.title for card in one.digest.cards] and len(one.digest.cards) == len(items)) or (
        name == "note-day"
    )
    for entry, item in zip(entries, items, strict=True):
        assert [a.text for a in entry.findall("a:author/a:name", ATOM)] == [
            author["name"] for author in item["authors"]
        ]
        assert [link.get("href") for link in entry.findall("a:link", ATOM)] == (
            [item["url"]] if "url" in item else []
        )


@pytest.mark.parametrize("name", sorted(names()))
def test_a_feed_has_what_atom_asks_for_and_no_token(name):
    written = atom(feed(issued(name).entries), PAGES)
    root = etree.fromstring(written.encode())
    for where in (root, *root.findall("a:entry", ATOM)):
        for needed in ("id", "title", "updated"):
            assert where.findtext(f"a:{needed}", None, ATOM)
        stamp = where.findtext("a:updated", None, ATOM)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
    ids = [entry.findtext("a:id", None, ATOM) for entry in root.findall("a:entry", ATOM)]
    assert len(set(ids)) == len(ids)
    for secret in ("/manage/", "/unsubscribe/", "/digest/", "/feedback/", "@reader.example"):
        assert secret not in written + json_feed(feed(issued(name).entries))


@given(title=st.text(max_size=80), author=st.text(max_size=40), url=st.text(max_size=60))
def test_hostile_papers_make_well_formed_feeds(title, author, url):
    paper = Paper("x:1", title, title, (author,), url, categories=(title,))
    day = Example.load("one-paper").selection.day
    chosen = Selection("", day, (Choice("x:1", 1.0, 1.0, 1.0),))
    entries = issue(chosen, {"x:1": paper}, ENGLISH, "Paper Digest", BASE).entries
    root = etree.fromstring(atom(feed(entries), PAGES).encode())
    assert len(list(root.iter(f"{{{ATOM['a']}}}entry"))) == 1
    for link in root.iter(f"{{{ATOM['a']}}}link"):
        assert link.get("href").startswith("https://")
    json.loads(json_feed(feed(entries)))


def test_a_paper_of_two_days_comes_once_and_keeps_its_name():
    one = issued("rich-day")
    later = replace(one, day=one.day.replace(day=22), entries=one.entries[:2])
    assert unique([one, later]) == one.entries
    assert one.entries[0].id == "tag:papers.example.org,2026-08-21:arxiv:2608.19880"


def test_a_feed_without_entries_is_one():
    told = feed(())
    assert etree.fromstring(atom(told, PAGES).encode()).findtext("a:updated", None, ATOM) == (
        "1970-01-01T00:00:00Z"
    )
    assert json.loads(json_feed(told))["items"] == []


def test_it_speaks_the_language_that_it_is_asked_for():
    assert issued("rich-day", language("fr")).digest.lead.startswith("10 articles : 4 sur LLM")
    assert "étoiles" in issued("rich-day", language("fr")).entries[0].note
