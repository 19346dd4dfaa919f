"""Mails that were written to be read for ever."""

from digest.mail.inbound.dsn import ADDRESS
from digest.mail.inbound.plain import _closed, from_html


def test_an_address_is_looked_for_no_further_back_than_one_may_be_long():
    found = ADDRESS.search("a" * 5_000 + "@inbox.example")
    assert found is not None
    assert found[0] == "a" * 254 + "@inbox.example"
    assert ADDRESS.search("ann@inbox.example")[0] == "ann@inbox.example"


def test_a_comment_that_never_ends_holds_all_that_follows():
    assert _closed("a<!-- b -->c" + "<!--" * 9 + "d") == "a<!-- b -->c"
    assert from_html("<p>stop</p><!--<!--").strip() == "stop"
    assert from_html("<p>stop<!-- x --></p>").strip() == "stop"
