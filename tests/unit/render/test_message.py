import re
import shutil
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from shared import shared

from digest.mail.identity import Identity, MailSettings
from digest.render.compose import compose
from digest.render.html import BUDGET
from digest.render.message import Renderer
from digest.render.quoted import quoted
from digest.render.text import width


def test_every_example_passes_the_mime_judge(editions, tmp_path):
    judge = shared("judges/mime.py")
    if shutil.which("reformime") is None:
        pytest.skip("needs reformime (Debian's maildrop)")
    pytest.importorskip("listunsub", reason="the judge needs listunsub")
    files = []
    for name, edition in editions.items():
        files.append(tmp_path / f"{name}.eml")
        files[-1].write_bytes(edition.message.content)
    done = subprocess.run(
        [sys.executable, judge, "--no-dkim", *files], capture_output=True, text=True, check=False
    )
    assert f"faults: hard 0, soft 0 in {len(files)} mail(s)" in done.stdout, done.stdout


def test_fields_that_large_providers_ask_for(editions):
    parsed = editions["rich-day"].parsed
    links = editions["rich-day"].links
    assert parsed["List-Id"] == '"Paper Digest" <daily.papers.papers.example.org>'
    assert parsed["List-Unsubscribe"] == f"<{links.unsubscribe}>, <{links.unsubscribe_mail}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Feedback-ID"].count(":") == 3
    assert parsed["Date"] == "Fri, 21 Aug 2026 23:59:00 +0000"
    assert [str(address) for address in parsed["To"].addresses] == ["ada@reader.example"]


def test_one_click_is_https_though_a_trial_is_not(renderer, editions):
    edition = editions["one-paper"]
    plain = replace(edition.links, unsubscribe="http://127.0.0.1:8025/unsubscribe/x")
    content = renderer.message(
        edition.digest,
        edition.message.address,
        edition.example.selection,
        plain,
        edition.example.instant,
    ).content
    assert b"List-Unsubscribe: <https://127.0.0.1" in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content


def test_the_same_key_gives_the_same_octets(editions):
    for edition in editions.values():
        example, fresh = edition.example, Renderer(_identity(edition))
        digest = compose(
            example.selection, example.papers, example.subscriber, edition.links, fresh.identity
        )
        again = fresh.message(
            digest, example.subscriber.address, example.selection, edition.links, example.instant
        )
        assert again == edition.message


def _identity(edition):
    return Identity.of(MailSettings(str(edition.parsed["From"]), imprint=edition.digest.imprint))


def test_every_link_of_the_html_stands_in_the_text(edition):
    links = re.findall(r'href="(https?://[^"]+)"', edition.html)
    assert links
    for link in links:
        assert link.replace("&amp;", "&") in edition.text


def test_html_never_passes_the_budget_and_always_holds_unsubscribe(edition):
    assert len(quoted(edition.html)) <= BUDGET
    assert edition.links.unsubscribe in edition.html
    assert edition.links.unsubscribe in edition.text


def test_forty_papers_are_folded(editions):
    edition = editions["forty-papers"]
    kept = len(edition.digest.cards)
    assert edition.digest.more == 40 - kept > 0
    assert f"{edition.digest.more} more on the web" in edition.html
    assert f"{edition.digest.more} more on the web" in edition.text
    assert edition.html.count("<h3") == kept


def test_ten_papers_are_well_below(editions):
    assert len(editions["rich-day"].digest.cards) == 10
    assert len(quoted(editions["rich-day"].html)) < 45_000


def test_one_h1_then_h2_per_section_then_h3_per_paper(edition):
    levels = re.findall(r"<h(\d)", edition.html)
    expected = ["1"]
    for section in edition.digest.sections:
        expected += ["2", *["3"] * len(section.cards)]
    assert levels == expected


def test_text_keeps_to_72_columns(edition):
    wide = [line for line in edition.text.splitlines() if width(line) > 72 and "://" not in line]
    assert not wide


def test_octets_need_no_mending_under_way(edition):
    content = edition.message.content
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")
    assert not any(line.startswith((b".", b"From ")) for line in lines)
    assert max(map(len, lines)) <= 200
    assert not message_from_bytes(content, policy=policy.strict).defects
