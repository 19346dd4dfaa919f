import re
import shutil
import subprocess
import sys
from email import message_from_bytes, policy

import example_mails
import pytest
from example_mails import IDENTITY, SIGNER, render
from shared import shared

from digest.errors import BadSetting
from digest.mail.identity import Identity, MailSettings
from digest.render.columns import width
from digest.render.fit import BUDGET
from digest.render.message import Renderer


def octets(edition):
    """What the HTML weighs on its way."""
    page = edition.message.content.split(b"text/html")[1].partition(b"\r\n\r\n")[2]
    return len(page.rpartition(b"--=_")[0])


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


def test_answers_go_where_the_operator_wants_them(editions):
    example = editions["one-paper"].example
    assert editions["one-paper"].parsed["Reply-To"] is None
    identity = Identity.of(MailSettings(reply_to="Answers <answers@papers.example.org>"))
    mail = render(example_mails.renderer(identity), example)
    assert mail.parsed["Reply-To"] == "answers@papers.example.org"
    with pytest.raises(BadSetting, match=r"mail\.reply_to"):
        Identity.of(MailSettings(reply_to="nobody"))


def test_one_click_is_https_though_a_trial_is_not(editions):
    trial = Renderer(IDENTITY, SIGNER, "http://127.0.0.1:8025")
    content = render(trial, editions["one-paper"].example).message.content
    assert b"List-Unsubscribe: <https://127.0.0.1" in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in content


def test_the_same_key_gives_the_same_octets(editions):
    for number, name in enumerate(sorted(editions), 1):
        edition = editions[name]
        assert render(example_mails.renderer(), edition.example, number).message == edition.message


def test_every_link_of_the_html_stands_in_the_text(edition):
    links = re.findall(r'href="(https?://[^"]+)"', edition.html)
    assert links
    for link in links:
        assert link.replace("&amp;", "&") in edition.text


def test_html_never_passes_the_budget_and_always_holds_unsubscribe(edition):
    assert octets(edition) <= BUDGET
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
    assert octets(editions["rich-day"]) < 45_000


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
