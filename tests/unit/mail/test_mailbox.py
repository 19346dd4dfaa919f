import pytest
from email_validator import EmailNotValidError
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import BadAddress
from digest.mail import mailbox
from digest.mail.mailbox import Mailbox, normalise


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org\n", "ada@example.org"),
        ("ada.l+papers@example.org", "ada.l+papers@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@правда.example", "ada@xn--80aafi6cg.example"),
        ("José@example.org", "José@example.org"),
        ("Jose\u0301@example.org", "José@example.org"),
        ("root@localhost", "root@localhost"),
        ("ada@printer.local", "ada@printer.local"),
        ("postmaster@example.org", "postmaster@example.org"),
    ],
)
def test_one_mailbox_has_one_key(written, key):
    assert normalise(written) == key
    assert normalise(key) == key


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("|id@example.org", "a pipe"),
        ("-oQ/tmp@example.org", "begins with '-'"),
        ("/etc/passwd@example.org", "begins with '/'"),
        ("a%b@example.org", "a source route"),
        ("host!ada@example.org", "a source route"),
        ("`id`@example.org", "a backquote"),
        ("ada＠example.org", "full-width"),
        ("mailer-daemon@example.org", "nobody reads"),
        ("MAILER-DAEMON@example.org", "nobody reads"),
        ('"a b"@example.org', "quoting"),
        ("ada@[192.0.2.1]", "bracketed IP"),
        ("ada@example", "no dot"),
        ("ada@раypal.com", "mixes scripts"),
        ("ada@аррӏе.com", "looks like Latin"),
        ("ada", "@-sign"),
        ("", "@-sign"),
        ("ada@example.org\r\nBcc: eve@example.org", "invalid characters"),
        ("ada@example.org, eve@example.org", "invalid characters"),
        ("Ada <ada@example.org>", "display name"),
        ("a" * 65 + "@example.org", "longer than"),
        ("ada\ud800@example.org", "unsafe characters"),
        ("a\u202eda@example.org", "unsafe characters"),
    ],
)
def test_what_cannot_be_mailed_is_refused_and_says_why(written, problem):
    with pytest.raises(BadAddress, match=problem) as caught:
        Mailbox.parse(written)
    assert caught.value.exit_status == 2


def test_a_local_part_that_is_not_ascii_needs_smtputf8():
    assert Mailbox.parse("José@example.org").smtputf8
    assert not Mailbox.parse("jose@bücher.example").smtputf8


@given(st.text(st.characters(codec=None), max_size=80))
def test_anything_is_a_mailbox_or_a_bad_address(written):
    try:
        mailbox = Mailbox.parse(written)
    except BadAddress:
        return
    assert normalise(str(mailbox)) == str(mailbox)


@given(st.from_regex(r"[a-zA-Z0-9.+_|%!/~&:-]{1,20}@[a-z0-9ü.-]{1,20}\.org", fullmatch=True))
def test_normalising_twice_is_normalising_once(written):
    try:
        key = normalise(written)
    except BadAddress:
        return
    assert normalise(key) == key
    assert key[0] not in "-/~&:"
    assert not set(key) & set("|`!%")


PARTS = st.text(st.sampled_from("ab.A-_+0é@ \u200b"), max_size=8)
DOMAINS = st.sampled_from(
    "x.example X.Example münchen.example localhost a..b -a.example x 1.2 раура.example x.example. "
    f"x.test [1.2.3.4] {'a' * 64}.example".split(" ")
)


@given(PARTS, st.one_of(DOMAINS, PARTS))
def test_the_quick_way_reads_what_the_long_way_reads(local, domain):
    written = f"{local}@{domain}"

    def read(way):
        try:
            return way(written)
        except (EmailNotValidError, UnicodeError) as error:
            return type(error), str(error)

    assert read(mailbox._syntax) == read(mailbox._whole)
