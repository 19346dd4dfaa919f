"""RFC 8058 §3, sentence by sentence, and what else a link to leave must hold."""

import pytest

from digest.mail.tokens import Scope
from digest.model import SubscriberState
from digest.model.life import Act

MAGIC = {"List-Unsubscribe": "One-Click"}
LEFT, ACTIVE = SubscriberState.LEFT, SubscriberState.ACTIVE
ANN = "ann@reader.example"


@pytest.fixture
def link(site):
    site.join()
    assert site.state(ANN) is ACTIVE
    return f"/unsubscribe/{site.token(Scope.UNSUBSCRIBE)}"


def test_3_1_the_uri_identifies_recipient_and_list_in_an_opaque_part_that_is_hard_to_forge(
    site, link
):
    token = link.rpartition("/")[2]
    assert len(token) == 32
    assert "ann" not in token.lower()
    for place in range(32):
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert site.client.post(f"/unsubscribe/{forged}", data=MAGIC).status_code == 404
    assert site.state(ANN) is ACTIVE


def test_3_1_the_server_unsubscribes_in_response_to_the_post_without_a_context(site, link):
    """No cookie, no login, no Referer, no Origin, and none is given."""
    site.client.cookies.clear()
    answer = site.client.post(link, data=MAGIC)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert site.state(ANN) is LEFT


def test_3_1_the_post_request_may_come_from_another_site(site, link):
    """The receiver's own web mail sends it."""
    headers = {"origin": "https://mail.other.example", "sec-fetch-site": "cross-site"}
    assert site.client.post(link, data=MAGIC, headers=headers).status_code == 200
    assert site.state(ANN) is LEFT


def test_3_1_the_server_does_not_answer_with_a_redirect(site, link):
    answer = site.client.post(link, data=MAGIC)
    assert answer.status_code == 200
    assert "location" not in answer.headers


def test_3_2_the_body_may_be_multipart_form_data(site, link):
    answer = site.client.post(link, files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert site.state(ANN) is LEFT
    assert site.joining.dossier(ANN)[-1].consent.way.value == "one-click"


def test_3_2_the_body_may_be_urlencoded(site, link):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = site.client.post(link, content=b"List-Unsubscribe=One-Click", headers=kind)
    assert answer.status_code == 200
    assert site.state(ANN) is LEFT
    assert site.joining.dossier(ANN)[-1].consent.way.value == "one-click"


def test_3_2_the_receiver_may_post_it_more_than_once(site, link):
    answers = [site.client.post(link, data=MAGIC) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [deed.act for deed in site.joining.dossier(ANN)].count(Act.LEAVE) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_3_2_get_does_not_unsubscribe(site, link, method):
    before = site.dump()
    for _ in range(2):
        assert site.client.request(method, link).status_code == 200
    assert site.dump() == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe=%zz&&&&=&List-Unsubscribe=One-Click"),
        ("multipart/form-data", b"no boundary at all"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x"),
        ("application/json", b"{}"),
        ("", b""),
    ],
)
def test_junk_in_the_body_is_tolerated(site, link, kind, body):
    """Who holds the link wants out, however their program says so."""
    answer = site.client.post(link, content=body, headers={"content-type": kind})
    assert answer.status_code == 200
    assert site.state(ANN) is LEFT


def test_a_body_that_never_ends_is_refused(site, link):
    answer = site.client.post(link, content=b"x" * 100_000)
    assert answer.status_code == 413
    assert site.state(ANN) is ACTIVE


def test_the_page_has_one_button_and_shows_no_whole_address(site, link):
    page = site.client.get(link).text
    assert page.count("<button") == 1
    assert ANN not in page
    assert "a•••@reader.example" in page
    assert site.client.post(link, data={"act": "leave"}).status_code == 200
    assert site.state(ANN) is LEFT
    assert site.joining.dossier(ANN)[-1].consent.way.value == "web"


def test_undo_is_on_the_page_that_says_goodbye(site, link):
    assert "undo" in site.client.post(link, data=MAGIC).text
    answer = site.client.post(link, data={"act": "undo"})
    assert answer.status_code == 200
    assert site.state(ANN) is ACTIVE


def test_the_link_never_expires(site, link):
    site.clock.instant = site.clock.instant.replace(year=2036)
    assert site.client.post(link, data=MAGIC).status_code == 200
    assert site.state(ANN) is LEFT


def test_who_was_erased_is_told_that_they_get_nothing(site, link):
    site.joining.erase(ANN)
    answer = site.client.post(link, data=MAGIC)
    assert answer.status_code == 200
    assert "no more mail" in answer.text
    assert site.state(ANN) is None
