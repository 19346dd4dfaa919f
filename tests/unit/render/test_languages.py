"""What the program says, it says in every language that it speaks."""

import re
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import example_mails
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader
from plain_mail import plain_mail

from digest.render.examples import Example, names
from digest.render.languages import (
    ENGLISH,
    LANGUAGES,
    language,
    negotiated,
    speaks,
)
from digest.render.renderers import Renderers
from digest.render.templates import pages

sys.path.append(str(Path(__file__).resolve().parents[3] / "docs"))

import words

OTHERS = sorted(set(LANGUAGES) - {"en"})
_FIELD = re.compile(r"%\((\w+)\)s|%%")
RENDERERS = Renderers(example_mails.IDENTITY, example_mails.SIGNER, example_mails.BASE)


@pytest.fixture(scope="session")
def messages():
    return words.said()


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalogue_has_every_message_and_no_other(name, messages):
    made = words.updated(name, messages)
    assert list(words.missing(made)) == [], "make words, then translate what it lists"
    assert words.written(made) == words.path(name).read_bytes(), "make words"


@pytest.mark.parametrize("name", OTHERS)
def test_translations_hold_the_same_fields(name, messages):
    for message in filter(lambda one: one.id, words.updated(name, messages)):
        several = isinstance(message.id, tuple)
        wanted = {frozenset(fields(one)) for one in (message.id if several else [message.id])}
        assert len(wanted) == 1, message.id
        for form in message.string if several else [message.string]:
            told = fields(form) | ({"number"} & next(iter(wanted)) if several else set())
            assert told == next(iter(wanted)), (message.id, form)


def fields(text):
    assert "%" not in _FIELD.sub("", text), text
    return {found[1] for found in _FIELD.finditer(text) if found[1]}


def test_no_words_hold_mark_up(messages):
    assert not [m.id for m in messages if re.search(r"[<>]|&\w+;", str(m.id))]


def test_words_with_fields():
    french = language("fr")
    assert french.gettext("Unsubscribe") == "Se désabonner"
    assert french.ngettext("%(number)s paper", "%(number)s papers", 0) == "0 article"
    assert french.ngettext("%(number)s paper", "%(number)s papers", 12345) == "12\u202f345 articles"
    assert ENGLISH.ngettext("%(number)s paper", "%(number)s papers", 1) == "1 paper"
    assert (
        french.gettext("%(who)s is not translated", who="%(this)s") == "%(this)s is not translated"
    )


def test_arabic_has_six_plurals_and_isolates_what_may_run_the_other_way():
    arabic = language("ar")
    counted = [
        arabic.ngettext("%(number)s vote", "%(number)s votes", n) for n in (1, 2, 3, 11, 100)
    ]
    assert counted == ["صوت واحد", "صوتان", "3 أصوات", "11 صوتًا", "100 صوت"]
    assert arabic.gettext("for %(reader)s", reader="Ada") == "إلى \u2068Ada\u2069"
    assert arabic.direction == "rtl"


@pytest.mark.parametrize(
    ("tag", "spoken"),
    [
        ("en", "en"), ("en-GB", "en"), ("de-AT", "de"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"),
        ("zh_Hant_TW", "zh-Hans"), ("ar_EG", "ar"), ("pt-BR", "en"), ("", "en"), ("x" * 99, "en"),
        ("../../etc", "en"), ("fr\x00", "en"),
    ],
)  # fmt: skip
def test_a_locale_has_a_language(tag, spoken):
    assert language(tag).tag == spoken
    assert language(tag, "de").tag == (spoken if speaks(tag) else "de")


def test_one_object_for_each_however_its_tag_is_written():
    assert language("zh-Hans") is language("zh_Hans")
    assert language("de_AT") is language("de-at") is not language("de")


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("pt-BR,de;q=0.3,es;q=0.9", "es"),
        ("de;q=0, pt", "en"),
        ("", "en"),
        (";;q=,,", "en"),
        ("ar;q=1.0.0", "ar"),
    ],
)
def test_a_browser_gets_the_language_that_it_asks_for(accepted, tag):
    assert negotiated(accepted).tag == tag


@given(st.text(max_size=200))
def test_nothing_that_a_browser_may_say_is_too_much(text):
    assert negotiated(text).tag in {name.replace("_", "-") for name in LANGUAGES}


def test_days_numbers_and_lists():
    day, at = date(2026, 8, 1), datetime(2026, 8, 1, 15, 7, tzinfo=UTC)
    said = {
        name: (words.day(day), words.hour(at), words.brief(1660), words.percent(0.63))
        for name in LANGUAGES
        for words in [language(name)]
    }
    assert said["en"] == ("Saturday 1 August 2026", "15:07", "1.7K", "63%")
    assert said["de"] == ("Samstag, 1. August 2026", "15:07", "1.660", "63\xa0%")
    assert said["zh_Hans"] == ("2026年8月1日星期六", "15:07", "1,660", "63%")
    assert language("en").listed(["a", "b", "c"]) == "a, b and c"
    assert language("en").listed(["a"]) == "a"
    assert language("en").listed([]) == ""
    assert [ENGLISH.brief(n) for n in (0, 999, 1000, 9999)] == ["0", "999", "1K", "10K"]


def test_templates_speak_the_language_that_they_are_given_and_escape_it():
    source = (
        '{{ _("Unsubscribe") }} {% trans who=name %}for {{ who }}{% endtrans %}'
        " {% trans number=n %}{{ number }} vote{% pluralize %}{{ number }} votes{% endtrans %}"
    )
    page = pages(DictLoader({"x.html": source.replace("who", "reader")})).get_template("x.html")
    assert page.render(name="<b>", n=2) == "Unsubscribe for &lt;b&gt; 2 votes"
    assert page.render(name="<b>", n=2, language=language("de")) == (
        "Abbestellen für &lt;b&gt; 2 Stimmen"
    )


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_mail_in_each_language_reads_as_the_plain_one(name):
    for example in map(Example.load, sorted(names())):
        letter = replace(example.subscriber, locale=name), example.selection, example.papers
        message, digest = RENDERERS.message(*letter, 1), RENDERERS.digest(*letter, 1)
        plain = plain_mail(RENDERERS.of(name), *letter, 1)
        for subtype in ("plain", "html"):
            assert part(message.content, subtype) == str(
                plain.get_body((subtype,)).get_content()
            ).replace("\r\n", "\n").removesuffix("\n")
        assert digest.language == name.replace("_", "-")
        assert 8 <= len(digest.subject) <= 60


def part(content, subtype):
    mail = example_mails.message_from_bytes(content, policy=example_mails.policy.default)
    return mail.get_body((subtype,)).get_content().replace("\r\n", "\n").removesuffix("\n")


def test_readers_of_several_languages_do_not_meet():
    """The same selection, in turn: nothing that is held ready for one serves the other."""
    example = Example.load("rich-day")
    letters = [
        (replace(example.subscriber, locale=name), example.selection, example.papers, 1)
        for name in (*LANGUAGES, "", "pt")
    ]
    made = [RENDERERS.message(*letter) for letter in letters + letters]
    fresh = [
        Renderers(example_mails.IDENTITY, example_mails.SIGNER, example_mails.BASE).message(*letter)
        for letter in letters
    ]
    assert made == fresh + fresh
    assert len({one.content for one in fresh}) == len(LANGUAGES)


def test_the_installation_s_own_language_is_for_those_who_asked_for_none():
    speaking = Renderers(
        example_mails.IDENTITY, example_mails.SIGNER, example_mails.BASE, locale="de"
    )
    assert speaking.of("").words is speaking.of("pt-BR").words is language("de")
    assert speaking.of("fr").words is language("fr")


def test_words_that_are_all_values_still_run_from_right_to_left():
    """UAX 9, rule P2: what is isolated does not count, so a mark has to say it (U+200F)."""
    arabic = language("ar")
    for message in ("%(matches)s (%(held)s)", "%(papers)s: %(parts)s"):
        fields = dict.fromkeys(re.findall(r"%\((\w+)\)s", message), "x")
        assert arabic.gettext(message, **fields).startswith("\N{RIGHT-TO-LEFT MARK}")
