import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime

import dkim
import example_mails
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared import shared

from digest.errors import BadSetting
from digest.mail.dkim import DkimKey, made_key, private_key, relaxed_body, relaxed_field, signed
from digest.render.examples import Example

RSA = DkimKey("r2026", "papers.example.org", private_key(made_key(rsa=True)))
ED = DkimKey("e2026", "papers.example.org", private_key(made_key(rsa=False)))
AT = datetime(2026, 8, 21, 23, 59, tzinfo=UTC)
MAIL = (
    b"From: a@papers.example.org\r\nTo: b@example.net\r\nSubject: x\r\n  y\r\nDate: "
    + format_datetime(AT).encode()
    + b"\r\nMIME-Version: 1.0\r\n\r\nHello,  there \r\n\ttab\r\n\r\n\r\n"
)


def dns(name, timeout=5):
    del timeout
    records = {f"{key.name}.".encode(): key.record.encode() for key in (RSA, ED)}
    return records.get(name)


def verified(content):
    mail = dkim.DKIM(content)
    count = len(re.findall(rb"(?mi)^DKIM-Signature:", content))
    try:
        return count > 0 and all(mail.verify(idx=place, dnsfunc=dns) for place in range(count))
    except dkim.ValidationError:  # what it says of a body that is another
        return False


@pytest.fixture(scope="module")
def digest():
    one = Example.load("rich-day")
    return example_mails.renderer().message(one.subscriber, one.selection, one.papers, 1).content


@pytest.mark.parametrize("keys", [[RSA], [ED], [ED, RSA]])
def test_another_program_verifies_it(keys, digest):
    for content in (MAIL, digest):
        assert verified(signed(content, keys))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"rich", b"poor"),
        (b"\r\nTo: <ada", b"\r\nTo: <eve"),
        (b"From: ", b"From: <other@example.net>\r\nFrom: "),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: <http"),
        (b"Feedback-ID: ", b"Feedback-ID: x"),
        (b"</html>", b"<p>more</p></html>"),
    ],
)
def test_a_changed_mail_is_not_verified(before, after, digest):
    content = signed(digest, [RSA])
    if before == b"rich":
        before, after = b"Subject: ", b"Subject: x"
    changed = content.replace(before, after, 1)
    assert changed != content
    assert not verified(changed)


def test_what_relays_do_does_no_harm(digest):
    content = signed(digest, [RSA, ED])
    moved = b"Received: from x by y; Fri, 21 Aug 2026 23:59:00 +0000\r\n" + content
    assert verified(moved.replace(b"\r\n  ", b"\r\n ") + b"\r\n")
    assert verified(moved.replace(b"Subject: ", b"SUBJECT:  ", 1))


def test_the_same_mail_has_the_same_signature(digest):
    assert signed(digest, [ED, RSA]) == signed(digest, [ED, RSA])
    assert f" t={int(AT.timestamp())};".encode() in signed(MAIL, [ED])


def test_it_says_what_the_rfcs_ask_for(digest):
    field = signed(digest, [RSA]).partition(b"\r\nFrom:")[0].decode()
    tags = dict(tag.strip().split("=", 1) for tag in re.sub(r"\s+", "", field[15:]).split(";"))
    names = tags["h"].split(":")
    assert tags["a"] == "rsa-sha256"
    assert tags["c"] == "relaxed/relaxed"
    assert "l" not in tags
    assert names.count("From") == 2
    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Date", "To"} <= {*names}
    assert max(map(len, field.split("\r\n"))) <= 78


def test_keys_that_others_made_are_read_and_bad_ones_refused(tmp_path):
    made = tmp_path / "rsa.pem"
    subprocess.run(["openssl", "genrsa", "-out", made, "2048"], check=True, capture_output=True)
    assert private_key(made.read_bytes()).key_size == 2048
    for bad in (b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        with pytest.raises(ValueError, match="no private key"):
            private_key(bad)
    weak = tmp_path / "weak.pem"
    subprocess.run(["openssl", "genrsa", "-out", weak, "512"], check=True, capture_output=True)
    with pytest.raises(ValueError, match="512 bits"):
        private_key(weak.read_bytes())
    with pytest.raises(BadSetting, match="no selector"):
        DkimKey("a b", "example.org", RSA.private)


def test_records_are_cut_into_strings():
    assert len(RSA.record) > 255
    strings = re.findall(r'"([^"]*)"', RSA.zone_line)
    assert "".join(strings) == RSA.record
    assert max(map(len, strings)) <= 255
    assert ED.zone_line.startswith("e2026._domainkey.papers.example.org. 3600 IN TXT (")


@given(st.lists(st.sampled_from([b" ", b"\t", b"x", b"\r\n", b"=20"]), max_size=40).map(b"".join))
def test_bodies_are_relaxed_as_dkimpy_has_them(body):
    body += b"\r\n"
    assert relaxed_body(body) == dkim.canonicalization.Relaxed.canonicalize_body(body)


def test_fields_are_relaxed_as_the_rfc_has_them():
    assert relaxed_field(b"SUBJect \t : x \r\n\t y ") == b"subject:x y"  # §3.4.5


@pytest.mark.parametrize("key", [RSA, ED])
def test_the_mime_judge_verifies_it(key, digest, tmp_path):
    judge = shared("judges/mime.py")
    if shutil.which("reformime") is None:
        pytest.skip("needs reformime (Debian's maildrop)")
    pytest.importorskip("listunsub", reason="the judge needs listunsub")
    (tmp_path / "zone").write_text(f"{key.name}\tTXT\t{key.record}\n")
    (tmp_path / "mail.eml").write_bytes(signed(digest, [key]))
    words = [judge, tmp_path / "mail.eml", "--zone", tmp_path / "zone"]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert "faults: hard 0, soft 0 in 1 mail(s)" in done.stdout, done.stdout
