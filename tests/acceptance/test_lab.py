"""The lab over HTTP, without a browser: what it shows, whom it answers, and what it refuses."""

import re
import socket
from email import message_from_bytes, policy

import pytest
import requests
from lab_server import READER, LabServer, serving

from digest.sources.sample import DAY
from digest.web.lab.panes import PANES, TEXTS


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


def get(lab: LabServer, path: str, **headers: str) -> requests.Response:
    return requests.get(lab.url + path, headers=headers, timeout=20)


def ticket(page: str) -> str:
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def post(lab: LabServer, path: str, form: dict[str, str], **headers: str) -> requests.Response:
    return requests.post(
        lab.url + path, data=form, headers=headers, timeout=20, allow_redirects=False
    )


def test_the_first_page_is_an_example_with_everything_around(lab):
    page = get(lab, "").text
    for wanted in ("HTML, encoded", "of 102,400", "of 16,384", "Every check passes.", READER):
        assert wanted in page
    assert page.count("<iframe") == len(PANES)
    assert page.count(" sandbox></iframe>") == len(PANES)


@pytest.mark.parametrize("one", PANES, ids=lambda one: one.key)
def test_every_pane_is_a_page_that_can_do_nothing(lab, one):
    answer = get(lab, f"pane/{one.key}?example=hostile-day")
    assert answer.status_code == 200
    rules = answer.headers["content-security-policy"]
    assert rules.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert "Attention" in answer.text


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_view_shows(lab, key):
    answer = get(lab, f"?example=rich-day&view={key}")
    assert answer.status_code == 200
    assert "<iframe" not in answer.text


def test_a_subscriber_s_day_and_ad_hoc_topics(lab):
    mine = requests.get(lab.reader, timeout=20).text
    assert f"{READER}" in mine
    assert "Every check passes." in mine
    adhoc = get(lab, f"?topics=robot+manipulation,+video&day={DAY}")
    assert "preview@localhost" in adhoc.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("example=nope", "no example"),
        ("for=nemo@reader.example", "nobody subscribes as"),
        (f"topics=!!&day={DAY}", "says nothing"),
        ("topics=x&day=2020-01-01", "nothing is collected for 2020-01-01"),
        ("topics=x&day=soon", "is not a day"),
    ],
)
def test_what_cannot_be_shown_is_said(lab, query, said):
    answer = get(lab, f"?{query}")
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]", "10.0.0.7"]
)
def test_only_its_own_name_is_answered(lab, host):
    answer = get(lab, "", Host=host)
    assert answer.status_code == 421
    assert "Ten papers" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80"])
def test_this_machine_s_names_are_answered(lab, host):
    assert get(lab, "", Host=host).status_code == 200


def test_the_page_allows_nothing_from_elsewhere(lab):
    answer = get(lab, "")
    rules = answer.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "'unsafe" not in rules
    assert " style=" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_test_copy_goes_out_and_nothing_is_recorded(lab):
    page = requests.get(lab.reader, timeout=20).text
    form = {"ticket": ticket(page), "for": READER, "day": f"{DAY}", "to": "me@home.example"}
    before = len(lab.relay.received)
    answer = post(lab, "send", form)
    assert answer.status_code == 303
    assert "Accepted for me@home.example" in get(lab, answer.headers["location"][1:]).text
    (mail,) = lab.relay.received[before:]
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert parsed["To"] == "me@home.example"
    assert lab.installation("deliveries", "--day", f"{DAY}", "--json").records[0]["state"] == (
        "planned"
    )


def test_a_refusal_is_shown_in_the_relay_s_words(lab):
    page = get(lab, "").text
    form = {"ticket": ticket(page), "example": "rich-day", "to": "|id@x.example"}
    shown = get(lab, post(lab, "send", form).headers["location"][1:]).text
    assert "cannot be used" in shown


@pytest.mark.parametrize("path", ["send", "keep"])
@pytest.mark.parametrize("wrong", [{}, {"ticket": ""}, {"ticket": "guess"}, {"ticket": "é"}])
def test_forms_from_elsewhere_do_nothing(lab, path, wrong):
    before = len(lab.relay.received)
    answer = post(lab, path, {"example": "rich-day", "to": "me@home.example", **wrong})
    assert answer.status_code == 403
    assert len(lab.relay.received) == before


def test_a_ticket_does_not_help_another_site(lab):
    form = {"ticket": ticket(get(lab, "").text), "example": "rich-day", "to": "me@home.example"}
    assert post(lab, "send", form, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert post(lab, "keep", {**form, "to": "x" * 20_000}).status_code == 403


def test_an_edit_is_told_against_the_version_before(lab):
    file = lab.templates / "digest.html"
    source = file.read_text()
    assert "Nothing to compare with yet" in get(lab, "?example=one-paper&view=changes").text
    try:
        file.write_text(source.replace("Read on the web", "Read it on the web"))
        changed = get(lab, "?example=one-paper&view=changes").text
    finally:
        file.write_text(source)
    assert "Read it on the web" in changed
    assert 'class="new"' in changed
    assert 'class="old"' in changed


def test_a_kept_version_is_what_changes_are_told_against(lab):
    page = get(lab, "?example=maths-day").text
    form = {"ticket": ticket(page), "example": "maths-day", "view": "changes"}
    assert post(lab, "keep", form).status_code == 303
    assert "No difference." in get(lab, "?example=maths-day&view=changes").text


def test_a_broken_template_is_told_with_its_line_and_mended(lab):
    file = lab.templates / "card.html"
    source = file.read_text()
    try:
        file.write_text(source.replace("{{ card.title }}", "{{ card.titel }}"))
        broken = get(lab, "?example=rich-day")
    finally:
        file.write_text(source)
    assert broken.status_code == 422
    assert "card.html, line " in broken.text
    assert get(lab, "?example=rich-day").status_code == 200


def test_a_change_is_told_within_a_second(lab):
    seen = re.search(r'data-print="(\w+)"', get(lab, "").text)[1]
    file = lab.templates / "style.css"
    with requests.get(f"{lab.url}changes?seen={seen}", stream=True, timeout=5) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert next(lines) == b": watching"
        file.write_text(file.read_text() + "\n/* edited */\n")
        told = next(line for line in lines if line.startswith(b"event"))
    assert told == b"event: changed"


def test_the_exact_bytes_can_be_taken_away(lab):
    answer = get(lab, "mail.eml?example=one-paper")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.content.startswith(b'From: "Paper Digest"')


def test_a_taken_port_is_misuse(lab):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        said = lab.installation("preview", "--serve", "--bind", bind)
    assert said.status == 2
    assert "cannot listen on" in said.last


@pytest.mark.parametrize("bind", ["8026", "host:", ":80", "127.0.0.1:99999"])
def test_an_odd_bind_is_misuse(lab, bind):
    said = lab.installation("preview", "--serve", "--bind", bind)
    assert said.status == 2
    assert "write HOST:PORT" in said.last
