"""SPF, DKIM and DMARC as the RFCs have them, without any network."""

import base64

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from digest.doctor import dkim, dmarc, spf
from digest.doctor.records import NOTHING, Answer, Status, found, txt
from digest.doctor.spf_macros import expand

US = "192.0.2.3"


def asking(zone):
    """What answers from a table; a name whose records are None fails."""

    def ask(name, kind):
        records = zone.get((name, kind), ())
        if records is None:
            return Answer(Status.FAILED, problem="no answer")
        return found(*records) if records else NOTHING

    return ask


ZONE = {
    ("mail.example", "A"): [US],
    ("six.example", "AAAA"): ["2001:db8::1"],
    ("example", "MX"): ["10 mail.example."],
    ("ok.example", "TXT"): [f"v=spf1 ip4:{US} -all"],
    ("no.example", "TXT"): ["v=spf1 -all"],
    ("broken.example", "TXT"): ["v=spf1 foo:bar"],
    ("3.2.0.192.list.example", "A"): ["127.0.0.2"],
    ("slow.example", "TXT"): None,
}


@pytest.mark.parametrize(
    ("record", "result"),
    [
        (None, "none"),
        ("v=spf10 -all", "none"),
        ("v=spf1", "neutral"),
        ("v=spf1 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("V=SPF1 +ALL", "pass"),
        (f"v=spf1 ip4:{US} -all", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 ip4:192.0.2.4/31 -all", "fail"),
        (f"v=spf1 -ip4:{US} +all", "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 a:mail.example -all", "pass"),
        ("v=spf1 a:mail.example/24 -all", "pass"),
        ("v=spf1 a:six.example//64 -all", "fail"),
        ("v=spf1 mx:example -all", "pass"),
        ("v=spf1 include:ok.example -all", "pass"),
        ("v=spf1 include:no.example ~all", "softfail"),
        ("v=spf1 include:broken.example -all", "permerror"),
        ("v=spf1 include:none.example -all", "permerror"),
        ("v=spf1 include:slow.example -all", "temperror"),
        ("v=spf1 redirect=ok.example", "pass"),
        ("v=spf1 redirect=none.example", "permerror"),
        ("v=spf1 exists:%{ir}.list.example -all", "pass"),
        ("v=spf1 exists:%{l}.%{d2}.example -all", "fail"),
        ("v=spf1 exists:%{x}.example -all", "permerror"),
        ("v=spf1 ptr -all", "fail"),
        ("v=spf1 exp=why.example unknown=x -all", "fail"),
        ("v=spf1 redirect=a.example redirect=b.example", "permerror"),
        ("v=spf1 ip4:300.1.1.1 -all", "permerror"),
        ("v=spf1 include: -all", "permerror"),
        ("v=spf1 a:x1.example a:x2.example a:x3.example -all", "permerror"),  # void look-ups
        ("v=spf1" + " a:mail.example/32" * 0 + " include:d.example -all", "permerror"),  # itself
    ],
)
def test_spf_results(record, result):
    zone = ZONE | ({("d.example", "TXT"): [record]} if record else {})
    evaluation = spf.Evaluation(asking(zone), US, "ann@d.example")
    assert evaluation.check("d.example") == result, evaluation.problem
    assert bool(evaluation.problem) == (result in {"permerror", "temperror"})


def test_spf_counts_what_its_whole_record_may_ask():
    zone = {
        ("d.example", "TXT"): ["v=spf1 ip4:192.0.2.1 mx a include:i.example redirect=r.example"],
        ("i.example", "TXT"): ["v=spf1 a exists:%{i}.x.example -all"],
        ("r.example", "TXT"): ["v=spf1 include:d.example -all"],
    }
    assert spf.lookups(asking(zone), "d.example") == 7


@given(st.text(max_size=40))
def test_no_spf_record_is_more_than_a_result(text):
    zone = {("d.example", "TXT"): [f"v=spf1 {text}"]}
    result = spf.Evaluation(asking(zone), US, "a@d.example").check("d.example")
    assert result in set(spf.Result)
    assert spf.lookups(asking(zone), "d.example") >= 0


def test_macros_of_rfc_7208_7_4():
    said = ("192.0.2.3", "strong-bad@email.example.com", "email.example.com")
    for written, wanted in {
        "%{s}": "strong-bad@email.example.com",
        "%{o}": "email.example.com",
        "%{d4}": "email.example.com",
        "%{d1}": "com",
        "%{dr}": "com.example.email",
        "%{d2r}": "example.email",
        "%{l-}": "strong.bad",
        "%{lr-}": "bad.strong",
        "%{l1r-}": "strong",
        "%{ir}.%{v}._spf.%{d2}": "3.2.0.192.in-addr._spf.example.com",
        "%%%_%-": "% %20",
    }.items():
        assert expand(written, *said) == wanted, written
    six = expand("%{ir}", "2001:db8::cb01", said[1], said[2])
    assert six == "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"


DMARC = {
    ("_dmarc.example.com", "TXT"): ["v=DMARC1; p=reject"],
    ("_dmarc.psd.example", "TXT"): ["v=DMARC1; p=none; psd=y"],
    ("_dmarc.own.news.example.com", "TXT"): ["v=DMARC1; p=none; psd=n"],
    ("_dmarc.two.test", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
    ("_dmarc.other.test", "TXT"): ["something else", "v=DMARC2; p=none"],
}


@pytest.mark.parametrize(
    ("domain", "organization", "policy"),
    [
        ("example.com", "example.com", "reject"),
        ("news.example.com", "example.com", "reject"),
        ("own.news.example.com", "own.news.example.com", "none"),
        ("a.own.news.example.com", "own.news.example.com", "none"),
        ("shop.psd.example", "shop.psd.example", "none"),
        ("a.b.shop.psd.example", "shop.psd.example", "none"),
        ("two.test", "two.test", None),
        ("other.test", "other.test", None),
        ("a.b.c.d.e.f.g.h.i.example.com", "example.com", "reject"),
    ],
)
def test_the_tree_walk(domain, organization, policy):
    walked = dmarc.walk(asking(DMARC), domain)
    assert walked.organization == organization
    assert (walked.record.policy if walked.record else None) == policy


def test_the_tree_walk_of_a_long_name_goes_on_at_seven_labels():
    asked = []

    def ask(name, kind):
        asked.append(name)
        return NOTHING

    dmarc.walk(ask, "a.b.c.d.e.f.g.h.mail.example.com")
    assert asked[0] == "_dmarc.a.b.c.d.e.f.g.h.mail.example.com"
    assert asked[1] == "_dmarc.e.f.g.h.mail.example.com"
    assert asked[-1] == "_dmarc.com"
    assert len(asked) == 8


@pytest.mark.parametrize(
    ("one", "two", "relaxed", "strict"),
    [
        ("example.com", "example.com", True, True),
        ("news.example.com", "bounces.example.com", True, False),
        ("example.com", "example.org", False, False),
        ("shop.psd.example", "mall.psd.example", False, False),
    ],
)
def test_alignment(one, two, relaxed, strict):
    ask = asking(DMARC)
    assert dmarc.aligned(ask, one, two, strict=False) is relaxed
    assert dmarc.aligned(ask, one, two, strict=True) is strict


@given(st.text(max_size=60))
def test_any_text_is_a_dmarc_record_or_none(text):
    record = dmarc.parse("d.example", text)
    assert record is None or record.policy in {"", *dmarc.POLICIES}


MAIL = (
    b"From: Papers <papers@news.example.org>\r\nTo: ann@x.example\r\n"
    b"Subject: folded\r\n  subject \t here\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n\r\n"
    b"A line  with  spaces \r\n\r\nand a last one\r\n\r\n\r\n"
)
RSA = generate_private_key(65537, 2048)
ED = Ed25519PrivateKey.generate()


def published(kind):
    if kind == "rsa":
        octets = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        octets = ED.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    record = f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"
    return asking({("s1._domainkey.news.example.org", "TXT"): [record]})


def signed(how=(b"relaxed", b"relaxed")):
    pem = RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    line = dkimpy.sign(MAIL, b"s1", b"news.example.org", pem, canonicalize=how)
    return line + MAIL


@pytest.mark.parametrize("header", [b"relaxed", b"simple"])
@pytest.mark.parametrize("body", [b"relaxed", b"simple"])
def test_a_signature_of_another_program_holds(header, body):
    assert dkim.verify(published("rsa"), signed((header, body))) == [""]


def test_a_signature_does_not_hold_of_what_was_changed():
    mail = signed()
    assert dkim.verify(published("rsa"), mail.replace(b"last", b"lost")) == [
        "the body is another one than was signed"
    ]
    assert (
        "not the one that signed"
        in dkim.verify(published("rsa"), mail.replace(b"Subject: f", b"Subject: m"))[0]
    )
    assert "no key record" in dkim.verify(asking({}), mail)[0]
    assert "cannot be read" in dkim.verify(published("rsa"), b"DKIM-Signature: v=1\r\n\r\n")[0]
    assert dkim.verify(published("rsa"), MAIL) == []


def test_an_ed25519_key_is_read():
    key = dkim.published(published("ed25519"), "s1", "news.example.org")
    assert (key.name, key.testing) == ("Ed25519", False)


def test_a_long_record_is_cut_into_strings():
    line = txt("s._domainkey.example.org", "v=DKIM1; p=" + "A" * 400)
    strings = line.split(" IN TXT ")[1].split('" "')
    assert [len(part.strip('"')) for part in strings] == [255, 156]


def test_what_a_stranger_wrote_stays_within_its_quotes():
    assert txt("d.example", 'a"b\\c') == 'd.example. 3600 IN TXT "a\\"b\\\\c"'
