"""What was tried against the site, and once went through."""

import pytest

from digest.web.site.forms import MOST_FIELDS, Form, _multipart
from digest.web.site.guard import _hostname
from digest.web.site.library import _ENTRY, learn

KIND = "multipart/form-data; boundary=a0"
NESTED = b"".join(
    b"--a%d\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n" % (i, i + 1)
    for i in range(1_000)
)
COMMENTS = (
    b"--a0\r\nContent-Disposition: form-data; name*=;" + b"(" * 3_000 + b"\r\n\r\nx\r\n--a0--"
)


@pytest.mark.parametrize("body", [NESTED, COMMENTS])
def test_a_form_that_nests_without_end_is_junk(body):
    assert not _multipart(KIND, body).fields


def test_parts_are_counted_before_they_are_made():
    part = b'--a0\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n'
    assert _multipart(KIND, part * (MOST_FIELDS + 9) + b"--a0--") == Form()
    assert len(_multipart(KIND, part * MOST_FIELDS + b"--a0--").fields) == MOST_FIELDS


def test_no_key_of_bibtex_runs_over_the_next_entry():
    assert _ENTRY.match("@a{" * 100 + "x,") is None
    assert _ENTRY.match("@a{" + "k" * 1_000 + ",") is None
    assert _ENTRY.match("@article{lovelace2026, title") is not None


def test_comments_and_entities_among_works_are_passed_over():
    rdf = b'<?xml version="1.0"?>'
    rdf += b'<!DOCTYPE r [<!ENTITY b "x">]><r><i><!--c-->&b;<title>a</title></i></r>'
    assert learn(rdf).works == 1


@pytest.mark.parametrize("host", ["ours:80@evil.test", "ours/evil", "ours:x", "[::1]evil"])
def test_a_host_with_more_than_a_port_is_nobody(host):
    assert _hostname(host) == "?"


@pytest.mark.parametrize(("host", "name"), [("Ours:80", "ours"), ("[::1]:80", "::1"), ("", "")])
def test_a_host_is_its_name(host, name):
    assert _hostname(host) == name
