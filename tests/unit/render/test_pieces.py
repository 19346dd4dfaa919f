"""A mail joined from ready pieces is the mail that the plain way makes."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from hashlib import sha256

import example_mails
import pytest
from example_mails import BASE, IDENTITY, SIGNER
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import ChoiceLoader, DictLoader
from plain_mail import plain_mail

from digest.errors import BadAddress, RenderError
from digest.mail.headers import clean
from digest.mail.tokens import Scope, Token
from digest.model import Choice, Mood, Paper, Reason, ReasonKind, Selection, Subscriber, Topic
from digest.render.examples import Example
from digest.render.fit import BUDGET
from digest.render.html import Html
from digest.render.message import Renderer
from digest.render.templates import environment, templates
from digest.render.text import Text
from digest.transport.envelope import transparent

RENDERER = example_mails.renderer()
SPITE = st.sampled_from(
    [
        *("<script>alert(1)</script>", '"><img src=x>', "\r\nBcc: v@example.org\r\n\r\n", "\u202e"),
        *("\ud800", "{{ 7*7 }}", "-->", "=?utf-8?b?QQ==?=", "\n.\n", ".", "From ", "--=_", "\x00"),
        *(
            "\ue001",
            "\ue009\ue009",
            "\uf8fe[]\uf8ff",
            "日本語のとても長い表題",
            "é",
            "  ",
            "=",
            "🙂",
        ),
    ]
)
TEXT = st.lists(st.one_of(SPITE, st.text(max_size=40)), max_size=5).map("".join)
NAMES = st.sampled_from(["", "Ada Lovelace", "From Me", "李明", "J. R. R. ", "x" * 58]) | TEXT
LABELS = st.one_of(
    st.sampled_from(["LLM agents", "cat:cs.LG", "author:Ada", '"world models"', "Also trending"]),
    TEXT.map(lambda text: f"agents {text}"),
).map(lambda label: str(Topic.parse(label)))
REASONS = st.lists(
    st.builds(Reason, st.just(ReasonKind.TOPIC), LABELS, st.sampled_from([0.3, 0.6])), max_size=2
).map(lambda found: (*found, Reason(ReasonKind.VOTES, "votes", 0.9)))
ADDRESSES = st.sampled_from(
    ["ada@reader.example", "a" * 60 + "@reader.example", "o'neil@reader.example", "a.b+c@r.example"]
)
DAY = date(2026, 8, 21)


@st.composite
def letters(draw):
    """A reader, a selection and its papers."""
    papers = [
        Paper(
            f"x:{number}",
            draw(TEXT),
            draw(TEXT),
            tuple(draw(st.lists(TEXT, max_size=3))),
            draw(st.sampled_from(["", "https://example.org/" + "p" * 90])),
            upvotes=draw(st.sampled_from([None, 0, 12])),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    choices = tuple(Choice(paper.id, 0.5, 0.5, 0.5, draw(REASONS)) for paper in papers)
    missed = [
        Paper(f"y:{number}", draw(TEXT), url=draw(st.sampled_from(["", "https://example.org/y"])))
        for number in range(draw(st.integers(0, 3)))
    ]
    mood = draw(st.sampled_from([Mood.ON_TOPIC, Mood.QUIET, Mood.NOTE]))
    topics = tuple(Topic.parse(label) for label in draw(st.lists(LABELS, max_size=5)))
    address = draw(ADDRESSES)
    at = draw(st.sampled_from([None, datetime(2026, 8, 21, 23, 59, 1, tzinfo=UTC)]))
    near = tuple(paper.id for paper in missed)
    selection = Selection(address, DAY, choices, mood, 40, at, near=near)
    reader = Subscriber(address, draw(NAMES), topics)
    return reader, selection, {paper.id: paper for paper in (*papers, *missed)}


OTHERWISE = {"MIME-Version", "Content-Type", "Message-ID", "To", "Subject"}
"""Fields compared in other ways; EmailMessage reads a subject like "=?utf-8?b?QQ==?=" as a word."""


def parts(mail):
    for subtype in ("plain", "html"):
        yield str(mail.get_body((subtype,)).get_content()).replace("\r\n", "\n").removesuffix("\n")


def assert_same(renderer, letter, number=7):
    message = renderer.message(*letter, number)
    parsed = message_from_bytes(message.content, policy=policy.strict.clone(utf8=True))
    plain = plain_mail(renderer, *letter, number)
    for name in set(plain.keys()) - OTHERWISE:
        assert str(parsed[name]).strip() == str(plain[name]).strip(), name
    assert parsed["Subject"] == clean(renderer.digest(*letter, number).subject)
    assert [to.addr_spec for to in parsed["To"].addresses] == [letter[0].address]
    assert parsed["Message-ID"] == message.message_id == plain["Message-ID"]
    assert sorted(parsed.keys()) == sorted(plain.keys())
    assert not parsed.defects
    assert list(parts(parsed)) == list(parts(plain))
    assert_octets(message.content)


def assert_octets(content):
    assert transparent(content) == content  # the wire trusts a sealed mail to be so
    head, _, body = content.partition(b"\r\n\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert body.isascii()
    for line in body.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
    assert not re.search(rb"\n(?:\.|From )", head)
    assert not re.search("[\ue000-\uf8ff]", content.decode())


@settings(max_examples=150, deadline=None)
@given(letters())
def test_a_joined_mail_reads_as_the_plain_one(letter):
    assert_same(RENDERER, letter)


def test_every_example_reads_as_the_plain_one(edition):
    assert_same(
        RENDERER, (edition.example.subscriber, edition.example.selection, edition.example.papers)
    )


def many(papers, abstract=""):
    found = {
        f"x:{n}": Paper(f"x:{n}", f"Title {n}", abstract, url=f"https://example.org/{n}")
        for n in range(papers)
    }
    choices = tuple(Choice(id_, 0.5, 0.5, 0.5) for id_ in found)
    return Subscriber("a@b.example"), Selection("a@b.example", DAY, choices), found


@pytest.mark.parametrize("papers", [1, 9, 10, 11, 99, 100, 130])
def test_numbers_stand_before_titles_and_what_does_not_fit_is_folded(papers):
    letter = many(papers)
    assert_same(RENDERER, letter)
    digest = RENDERER.digest(*letter, 7)
    content = RENDERER.message(*letter, 7).content
    text = next(parts(message_from_bytes(content, policy=policy.default)))
    for number, card in enumerate(digest.cards, 1):
        assert f"\n{number:2}. {card.title}\n" in text
    assert digest.more == papers - len(digest.cards)
    assert len(content.split(b"text/html")[1]) < BUDGET + 200  # and two boundaries


def test_summaries_shorten_before_papers_are_left_out():
    letter = many(30, "We show that this works, and more. " * 10)
    digest = RENDERER.digest(*letter, 7)
    assert_same(RENDERER, letter)
    assert len(digest.cards) == 30
    assert max(len(card.summary) for card in digest.cards) <= 260


def test_what_was_made_before_changes_nothing():
    """A mail is a function of key and selection, whatever the caches hold."""
    letters = [
        (one.subscriber, one.selection, one.papers)
        for one in (Example.load(name) for name in ("rich-day", "quiet-day", "hostile-day"))
    ]
    fresh = [example_mails.renderer().message(*letter, 3) for letter in letters]
    for _ in range(2):
        assert [RENDERER.message(*letter, 3) for letter in letters] == fresh


def test_another_process_makes_the_same_octets():
    program = (
        "import example_mails, hashlib\n"
        "from digest.render.examples import Example\n"
        "one = Example.load('hostile-day')\n"
        "mail = example_mails.renderer().message(one.subscriber, one.selection, one.papers, 5)\n"
        "print(hashlib.sha256(mail.content).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    one = Example.load("hostile-day")
    content = RENDERER.message(one.subscriber, one.selection, one.papers, 5).content
    assert digests == {sha256(content).hexdigest()}


def test_an_address_beyond_ascii_is_written_as_it_is():
    reader, selection, papers = many(1)
    content = RENDERER.message(replace(reader, address="用户@reader.example"), selection, papers, 1)
    assert "\r\nTo: <用户@reader.example>\r\n".encode() in content.content
    assert_octets(content.content)


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a b@c.example", "a,b@c.d"])
def test_what_is_no_address_makes_no_mail(address):
    reader, selection, papers = many(1)
    with pytest.raises(BadAddress):
        RENDERER.message(replace(reader, address=address), selection, papers, 1)


def test_papers_with_other_votes_are_other_cards():
    reader, selection, papers = many(1)
    before = RENDERER.message(reader, selection, papers, 1).content
    voted = {"x:0": Paper("x:0", "Title 0", url="https://example.org/0", upvotes=5)}
    assert b"5=C2=A0votes" not in before
    assert b"5=C2=A0votes" in RENDERER.message(reader, selection, voted, 1).content
    assert RENDERER.message(reader, selection, papers, 1).content == before


def themed(**changed):
    loader = ChoiceLoader(
        [DictLoader({name.replace("_", "."): text for name, text in changed.items()}), templates()]
    )
    return Renderer(IDENTITY, SIGNER, BASE, Html(environment(loader)), Text(environment(loader)))


def test_a_theme_may_print_fields_in_other_ways():
    """Forms are found in the templates: other filters, twice, in another order."""
    source = templates().get_source(environment(), "digest.txt")[0]
    source = source.replace(
        "{{ digest.why | wrap }}",
        '{{ digest.subject | beside(digest.day) }}\n{{ ("> " ~ digest.lead) | wrap("  ") }}',
    )
    source = source.replace(
        "{% if digest.more %}",
        "{% if digest.sections|length == 3 %}=\n{% endif %}"
        "{% for s in digest.sections %}{{ s.heading }}{% if not loop.last %}, {% endif %}"
        "{% endfor %}\n"
        "{% if digest.more %}",
    )
    renderer = themed(digest_txt=source)
    for name in ("rich-day", "one-paper", "note-day", "rich-day"):
        one = Example.load(name)
        assert_same(renderer, (one.subscriber, one.selection, one.papers))


def test_a_theme_that_makes_one_text_of_two_personal_fields_is_refused():
    source = "{{ (digest.lead ~ digest.greeting) | wrap }}\n{{ digest.unsubscribe_url }}\n"
    one = Example.load("rich-day")
    with pytest.raises(RenderError, match="a line of its own"):
        themed(digest_txt=source).message(one.subscriber, one.selection, one.papers, 1)


def test_a_theme_whose_numbers_grow_is_refused():
    with pytest.raises(RenderError, match="same columns"):
        themed(card_txt="{{ place }}. {{ card.title }}\n")


def test_threads_that_meet_new_forms_at_once_make_the_same_mails():
    examples = [Example.load(name) for name in ("note-day", "rich-day", "one-paper", "quiet-day")]
    letters = [(one.subscriber, one.selection, one.papers, 1) for one in examples] * 3
    expected = [RENDERER.message(*letter) for letter in letters]
    for _ in range(5):
        renderer = example_mails.renderer()
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda letter: renderer.message(*letter), letters))  # noqa: B023
        assert found == expected


@settings(max_examples=30, deadline=None)
@given(letters(), letters())
def test_seals_are_the_same_where_the_octets_are(one, other):
    mails = [RENDERER.message(*letter, 7) for letter in (one, other)]
    assert (mails[0].seal == mails[1].seal) == (mails[0].content == mails[1].content)


def test_any_change_of_a_template_breaks_the_seal():
    one = Example.load("one-paper")
    letter = one.subscriber, one.selection, one.papers, 1
    before = RENDERER.message(*letter).seal
    for name in ("digest.txt", "digest.html", "card.txt", "card.html"):
        source = templates().get_source(environment(), name)[0]
        changed = source.replace("Read on", "Read in").replace("Why now", "Why today")
        assert themed(**{name.replace(".", "_"): changed}).message(*letter).seal != before, name


def test_a_theme_may_do_without_feedback_links():
    card = templates().get_source(environment(), "card.html")[0]
    text = templates().get_source(environment(), "card.txt")[0]
    html = re.sub(r'<a class="link" href="\{\{ feedback.*?</a>', "", card)
    text = re.sub(r".*\{\{ feedback.*\n", "", text)
    renderer = themed(card_html=html, card_txt=text)
    for name in ("rich-day", "forty-papers"):
        one = Example.load(name)
        assert_same(renderer, (one.subscriber, one.selection, one.papers))
        message = renderer.message(one.subscriber, one.selection, one.papers, 7)
        assert b"/feedback/" not in message.content


def test_cards_of_a_theme_may_have_several_and_differ_in_how_many():
    card = templates().get_source(environment(), "card.html")[0]
    twice = card.replace(
        "</h3>", '</h3>{% if card.organization %}<a href="{{ feedback }}x">x</a>{% endif %}'
    )
    assert twice != card
    renderer = themed(card_html=twice)
    for name in ("rich-day", "forty-papers", "one-paper"):
        one = Example.load(name)
        assert_same(renderer, (one.subscriber, one.selection, one.papers))


def test_feedback_links_are_signed_and_name_the_paper():
    reader, selection, papers = many(1)
    odd = replace(papers["x:0"], id='doi:10.1/a b"<\u202e')
    selection = replace(selection, choices=(Choice(odd.id, 0.5, 0.5, 0.5),))
    letter = reader, selection, {odd.id: odd}
    assert_same(RENDERER, letter)
    html = list(
        parts(message_from_bytes(RENDERER.message(*letter, 7).content, policy=policy.default))
    )[1]
    (token, key) = re.findall(rf'href="{BASE}/feedback/([^/"]+)/([^"]+)"', html)[0]
    assert key == "doi:10.1/a%20b%22%3C"
    assert SIGNER.verify(token, Scope.FEEDBACK) == Token(Scope.FEEDBACK, 7, DAY)


def test_pictures_are_shown_when_wanted_without_what_tells_readers_apart():
    one = Example.load("one-paper")
    papers = {
        id_: replace(paper, thumbnail="http://cdn.example.org/a.png?reader=7#x")
        for id_, paper in one.papers.items()
    }
    letter = one.subscriber, one.selection, papers, 1
    assert b"<img" not in RENDERER.message(*letter).content
    pages = environment()
    shown = Renderer(IDENTITY, SIGNER, BASE, Html(pages, images=True), Text(pages))
    html = list(parts(message_from_bytes(shown.message(*letter).content, policy=policy.default)))[1]
    assert 'src="https://cdn.example.org/a.png" width="240" height="126" alt="' in html
    assert_same(shown, letter[:3])
