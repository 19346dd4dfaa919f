"""Each check of a mail: an example passes it, and one small change does not."""

import pytest
from example_mails import render
from hypothesis import given
from hypothesis import strategies as st

from digest.render.examples import Example, names
from digest.render.lint import OF_MAILS, Document, Level, check
from digest.render.message import Renderer


@pytest.fixture(scope="session")
def good(renderer: Renderer) -> bytes:
    return render(renderer, Example.load("one-paper")).message.content


@pytest.fixture(params=sorted(names()))
def example(request, renderer) -> bytes:
    return render(renderer, Example.load(request.param)).message.content


BROKEN = [
    ("fields", "error", "Subject: L", "X-Subject: L", "no Subject"),
    ("fields", "error", "List-Id:", "X-List-Id:", "no List-Id"),
    ("fields", "warning", "Feedback-ID:", "X-Feedback-ID:", "no Feedback-ID"),
    ("fields", "warning", "Auto-Submitted:", "X-Auto:", "no Auto-Submitted"),
    ("strays", "error", "Subject: L", "Subject: a second one\r\nSubject: L", "2 times"),
    ("strays", "error", "Subject: L", "Bcc: <a@b.example>\r\nSubject: L", "no mail may have"),
    ("strays", "error", "Subject: L", "no field at all\r\nSubject: L", "no mail may have"),
    ("lines", "error", "Subject: L", "Subject: Ü", "not ASCII"),
    ("lines", "error", "Precedence: bulk", f"Precedence: {'b' * 1000}", "998 at most"),
    ("lines", "warning", "Subject: Looped", f"Subject: {'Loop ' * 16}", "78 are advised"),
    ("lines", "error", "Subject: L", f"Subject: =?utf-8?q?{'a' * 80}?=\r\n L", "more than 75"),
    ("lines", "error", "Precedence: bulk", "Precedence: =?utf-8?q?bulk?=", "encoded word where"),
    ("sender", "error", 'From: "', 'From: <other@papers.example.org>, "', "2 addresses"),
    ("sender", "error", "To: <", "To: <other@papers.example.org>, <", "2 addresses"),
    ("sender", "error", "Message-ID: <", "Message-ID: <a b", "is none"),
    ("sender", "error", "Date: Thu, 20", "Date: Thu, x", "no date"),
    ("subject", "error", "Subject: Looped", "Subject: Re: Looped", "pretends"),
    ("subject", "error", "Subject: Looped", f"Subject:\r\n {'Loop ' * 9}", "8 to 90"),
    ("subject", "warning", "Subject: Looped", "Subject:\r\n Many Loops, Looped", "phones show"),
    ("subject", "error", "Subject: L", "Subject: =?utf-8?q?=E2=80=AE?= L", "invisible"),
    ("one-click", "error", "Unsubscribe: <https://", "Unsubscribe: <http://", "0 https links"),
    ("one-click", "warning", "<mailto:unsubscribe@", "<tel:unsubscribe@", "no mailto"),
    ("one-click", "error", "=One-Click", "=1", "must be List-Unsubscribe=One-Click"),
    ("one-click", "error", "/unsubscribe/", "/unsubscribe/grace@reader.example", "use a token"),
    ("lists", "error", "<daily.papers.papers.example.org>", "daily", "RFC 2919"),
    ("lists", "error", "Feedback-ID: 2026-08-20:", "Feedback-ID: ", "four fields"),
    ("parts", "error", "Content-Type: text/plain", "Content-Type: text/enriched", "no text part"),
    ("parts", "error", "multipart/alternative", "multipart/mixed", "no multipart/alternative"),
    ("parts", "error", "--\r\n", "", "malformed"),
    ("columns", "error", "chain\r\n    tools", "chain and chain and tools", "72 at most"),
    ("text-links", "error", "Page     https:", "Page     xttps:", "is not in the text"),
    (
        "text-words",
        "error",
        "    Andrei Cristian Popescu, Haitz",
        "    Nobody",
        "of the page's words",
    ),
    ("text-words", "warning", "    Why now:", "    <b>Why</b> now:", "mark-up"),
    ("leaving", "error", "nsubscribe", "nclose", "text part"),
]


@pytest.mark.parametrize(
    ("name", "level", "old", "new", "said"), BROKEN, ids=[f"{b[0]}: {b[4]}" for b in BROKEN]
)
def test_a_broken_mail_is_found_out(good, name, level, old, new, said):
    changed = good.replace(old.encode(), new.encode())
    assert changed != good
    findings = check(Document.of_mail("x.eml", changed))
    mine = [one for one in findings if one.check == name and said in one.message]
    assert mine, findings
    assert mine[0].level == level


def test_every_check_of_mails_has_a_mail_that_fails_it(good):
    failing = {
        one
        for one in OF_MAILS
        for _, _, old, new, _ in BROKEN
        if list(one(Document.of_mail("x.eml", good.replace(old.encode(), new.encode()))))
    }
    assert failing == set(OF_MAILS)


def test_every_example_passes(example):
    findings = check(Document.of_mail("example", example))
    assert [one for one in findings if one.level is not Level.NOTE] == []


def test_an_answer_needs_no_list_fields(good):
    answer = good.replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: auto-replied")
    answer = answer.replace(b"List-", b"X-List-").replace(b"Subject: ", b"Subject: Re: ")
    findings = check(Document.of_mail("x.eml", answer))
    assert [one for one in findings if one.level is Level.ERROR] == []


@given(st.binary(max_size=300))
def test_no_mail_is_too_strange(content):
    check(Document.of_mail("x.eml", content))
    check(Document.of_mail("x.eml", b"Content-Type: text/html; charset=nix\r\n\r\n" + content))
