"""`digest web` as a program: from the first page to the first digest, figures, health, the end."""

import fcntl
import re

import pytest
import requests
from site_server import BASE, PASSWORD, serving

from digest.sources.sample import DAY

ANN = "ann@reader.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("site")) as server:
        yield server


def ticket(page):
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def subscribe(site, address, **form):
    page = requests.get(site.url + "/", timeout=30).text
    data = {"ticket": ticket(page), "email": address, **form}
    return requests.post(site.url + "/", data=data, timeout=30)


def test_a_yes_brings_the_newest_edition_at_once_as_a_row_of_the_ledger(site):
    assert "Look into your inbox" in subscribe(site, ANN, topics="agents").text
    link = site.link(site.mail(ANN, "Please confirm"), "confirm")
    assert "Welcome" in requests.post(link, timeout=30).text
    first = site.mail(ANN, "TUA-Bench")
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    rows = site.installation("deliveries", "--day", f"{DAY}", "--json").records
    assert [(row["address"], row["state"]) for row in rows] == [(ANN, "accepted")]
    again = site.installation("run", "--day", f"{DAY}")
    assert "nothing to send" in again.last, "and never twice"
    page = requests.get(site.link(first, "digest"), timeout=30)
    assert "TUA-Bench" in page.text
    shown = site.installation("subscribers", "show", ANN, "--json").records[0]
    assert [deed["act"] for deed in shown["consent"]] == ["request", "confirm"]


def test_a_first_digest_waits_until_a_run_has_ended(site):
    address = "eve@reader.example"
    subscribe(site, address)
    link = site.link(site.mail(address, "Please confirm"), "confirm")
    with (site.installation.directory / "var" / "run.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Welcome" in requests.post(link, timeout=30).text
        assert site.installation("send", "--day", f"{DAY}").status == 75, "the lock is held"
        assert len(site.mails(address)) == 1
    assert site.mail(address, "more")["List-Id"]


def test_one_letter_a_day(site):
    for _ in range(3):
        subscribe(site, "bob@reader.example")
    subscribe(site, "cem@reader.example")
    site.mail("cem@reader.example", "Please confirm")
    assert len(site.mails("bob@reader.example")) == 1


def test_one_click_against_the_running_program(site):
    subscribe(site, "dea@reader.example")
    link = site.link(site.mail("dea@reader.example", "Please confirm"), "confirm")
    requests.post(link, timeout=30)
    digest = next(
        mail for mail in _until_two(site, "dea@reader.example") if mail["List-Unsubscribe"]
    )
    uri = re.match(r"<(https://[^>]+)>", digest["List-Unsubscribe"])[1]
    assert uri.startswith(BASE)
    url = uri.replace(BASE, site.url)
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = requests.post(url, data=body, timeout=30, allow_redirects=False)
        assert answer.status_code == 200
    assert _state(site, "dea@reader.example") == "left"
    (site.installation.directory / "list.csv").write_text("email\ndea@reader.example\n")
    said = site.installation("subscribers", "import", "list.csv")
    assert (said.status, said.out) == (1, "0 added, 0 changed, 1 refused\n")
    assert _state(site, "dea@reader.example") == "left"


def _until_two(site, address):
    site.mail(address, "")
    while len(site.mails(address)) < 2:
        site.mail(address, " more")
    return site.mails(address)


def _state(site, address):
    return site.installation("subscribers", "show", address, "--json").records[0]["state"]


def test_the_operator_s_file_removes_nobody_who_joined_by_themselves(site):
    (site.installation.directory / "s.toml").write_text("")
    before = _state(site, ANN)
    assert site.installation("subscribers", "sync", "s.toml").status == 0
    assert _state(site, ANN) == before


def test_who_was_suppressed_comes_back_by_their_own_link(site):
    assert site.installation("suppressions", "add", ANN).status == 0
    assert _state(site, ANN) == "suppressed"
    url = site.link(site.mail(ANN, "TUA-Bench"), "manage").partition("#")[0]
    page = requests.get(url, timeout=30).text
    requests.post(url, data={"ticket": ticket(page), "act": "resume"}, timeout=30)
    assert _state(site, ANN) == "active"
    assert ANN not in site.installation("suppressions", "list", "--json").out


def test_figures_and_health(site):
    assert requests.get(f"{site.url}/healthz", timeout=30).text == "ok\n"
    assert requests.get(f"{site.url}/metrics", timeout=30).status_code == 404
    figures = requests.get(site.metrics, timeout=30).text
    assert "digest_subscribers{" in figures
    assert ANN not in figures


def test_the_operator_finds_out_why(site):
    session = requests.Session()
    page = session.get(f"{site.url}/operator", timeout=30).text
    form = {"ticket": ticket(page), "password": PASSWORD}
    answer = session.post(
        f"{site.url}/operator/login", data=form, timeout=30, allow_redirects=False
    )
    # The cookie is for https alone, as the readers have it: it is carried over by hand.
    cookies = {"operator": answer.cookies["operator"]}
    page = requests.get(f"{site.url}/operator", cookies=cookies, timeout=30).text
    assert "accepted" in page
    form = {"ticket": ticket(page), "address": ANN, "paper": "arxiv:2606.28480"}
    url = f"{site.url}/operator/reader"
    told = requests.post(url, data=form, cookies=cookies, timeout=30).text
    assert "They are active" in told
    assert "request" in told
    assert "relevance" in told


def test_a_wrong_bind_is_misuse(site):
    said = site.installation("web", "--bind", "nowhere")
    assert said.status == 2
    assert "HOST:PORT" in said.last


def test_a_short_password_is_misuse(site):
    said = site.installation("web", "set-password", stdin="short\n")
    assert said.status == 2
    assert "10 characters" in said.last
