"""Whatever strangers type, a mail holds our elements, https links and our header fields alone."""

import re
import unicodedata
from datetime import date
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.mail.characters import one_line
from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Signer
from digest.model import Choice, Paper, Reason, ReasonKind, Selection, Subscriber, Topic
from digest.render.hostile import LINK_LONGEST, link, plain
from digest.render.message import Renderer

ELEMENTS = frozenset(
    "html head meta title style body div table tr td h1 h2 h3 p a b br tbody".split()
)
ATTRIBUTES = frozenset(
    "lang dir charset name content class role width cellpadding cellspacing border align bgcolor"
    " style href height valign".split()
)
FIELDS = [
    *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Help", "List-Subscribe", "List-Owner", "List-Archive"),
    *("List-Post", "Archived-At", "Feedback-ID", "Auto-Submitted", "Precedence"),
    *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
]
SPITE = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "javascript:alert(1)",
        "\r\nBcc: victim@example.org\r\n\r\n",
        "\u202e",
        "\u2067",
        "\ud800",
        "{{ 7*7 }}",
        "{% raw %}",
        "-->",
        "<!--[if mso]>",
        "]]>",
        "&lt;script&gt;",
        "=?utf-8?b?QQ==?=",
        "$\\frac{",
        "\\emph{<b>}",
        "^{\u2028}",
        "\x00",
        "\n.\n",
        "--=_boundary",
        "data:text/html,x",
        "https://example.org/a b",
        "//example.org",
        "https://example.org@evil.example",
        "jinja0x",
        "<!--jinja0-->",
    ]
)
TEXT = st.lists(st.one_of(SPITE, st.text(st.characters(codec=None), max_size=30)), max_size=6).map(
    "".join
)

IDENTITY = Identity.of(MailSettings("Paper Digest <digest@papers.example.org>"))
RENDERER = Renderer(IDENTITY, Signer([b"k" * 32]), "https://papers.example.org")


class Elements(HTMLParser):
    """Collects elements, attributes and links."""

    def __init__(self, html):
        super().__init__()
        self.names, self.attributes, self.links = set(), set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]


def mail(title, abstract, author, url, name=""):
    paper = Paper(
        "x:1",
        title,
        abstract,
        (author,),
        url,
        organization=author,
        code=url,
        project=url,
        pdf=url,
    )
    reason = Reason(ReasonKind.TOPIC, str(Topic.parse(f"agents {title}")), 0.5, (title,))
    choice = Choice("x:1", 0.5, 0.5, 0.5, (reason,))
    selection = Selection("ada@reader.example", date(2026, 8, 21), (choice,))
    subscriber = Subscriber("ada@reader.example", name)
    return RENDERER.message(subscriber, selection, {"x:1": paper}, 1).content


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT, TEXT, TEXT, TEXT)
@example("\r", "", "", "https://[", "")
@example("", ".", "\ud800\udc00", "http://\ud800.example", "\u2029")
@example("a" * 2000, "b" * 5000, "c" * 900, "https://example.org/" + "d" * 900, "e" * 900)
def test_no_input_adds_an_element_a_scheme_a_field_or_an_exception(
    title, abstract, author, url, name
):
    content = mail(title[:3000], abstract, author, url, name)
    parsed = message_from_bytes(content, policy=policy.default)
    assert parsed.keys() == FIELDS
    assert not parsed.defects
    html = parsed.get_body(("html",)).get_content()
    found = Elements(html)
    assert found.names <= ELEMENTS
    assert found.attributes <= ATTRIBUTES
    assert found.links
    assert all(target.startswith("https://") for target in found.links)
    for part in (html, parsed.get_body(("plain",)).get_content(), parsed["Subject"]):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\ufffd\x00-\x08]", part)
    assert len(parsed["Subject"]) <= 60


@given(TEXT)
def test_a_line_is_one_line_and_stays_what_it_is(text):
    line = one_line(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl"} for character in line)
    assert line == " ".join(line.split())
    assert one_line(line) == line


def test_joiners_stay_where_they_shape_letters():
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"
    assert one_line("a\u200cb\u200d") == "ab"


def test_marks_are_not_stacked():
    assert one_line("t" + "\u0301" * 30 + "e") == "t" + "\u0301" * 5 + "e"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("https://huggingface.co/papers/2608.19880", "https://huggingface.co/papers/2608.19880"),
        (' http://Example.ORG:80/a b?q=<1>#x"', "https://example.org/a%20b?q=%3C1%3E#x%22"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://example.org/100%25/x%zz", "https://example.org/100%25/x%zz"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ftp://example.org/", ""),
        ("//example.org/x", ""),
        ("https://arxiv.org@evil.example/", ""),
        ("https://arxiv.org\\@evil.example/", ""),
        ("https://аrxiv.org/pdf/1", ""),
        ("https://localhost/x", ""),
        ("https://10.0.0.1/x", ""),
        ("https://[::1]/x", ""),
        ("https://printer.local/x", ""),
        ("https://example.org:port/", ""),
        ("https://example.org/" + "a" * LINK_LONGEST, ""),
        ("", ""),
    ],
)
def test_only_public_https_links_leave(written, left):
    assert link(written) == left


def test_markup_goes_and_tokens_stay():
    assert plain("<p>An <i>EOS</i> is <EOS> or <think>;<br/> 1 < 2 > 0") == (
        "An EOS is <EOS> or <think>; 1 < 2 > 0"
    )
