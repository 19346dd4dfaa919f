"""The site's pages: what they do, what they refuse, and that looking at them does nothing."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from lives import BASE, WEB, wishes
from site_world import PAPER, PASSWORD, opened, ticket_of
from starlette.testclient import TestClient

from digest.mail.tokens import Scope
from digest.model import SubscriberState
from digest.model.feedback import Feedback
from digest.model.manner import Quiet
from digest.stages.joining import Limits

ANN = "ann@reader.example"
ACTIVE, PAUSED, LEFT = SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.LEFT


def test_from_the_first_page_to_the_yes(site):
    page = site.client.get("/")
    assert "get trending papers in your inbox once a day" in page.text
    assert PAPER.title in page.text
    answer = site.subscribe(email="Ann@Reader.example", topics="robots, cat:cs.LG", rhythm="weekly")
    assert (answer.status_code, answer.headers["location"]) == (303, "/asked")
    site.work()
    link = re.search(rb"/confirm/([A-Za-z0-9_-]{32})", _body(site.mailed[0]))[1].decode()
    assert "robots" in site.client.get(f"/confirm/{link}").text
    assert site.state(ANN) is SubscriberState.PENDING
    answer = site.client.post(f"/confirm/{link}")
    assert "Welcome" in answer.text
    assert site.welcomed == 1
    reader = site.readers.get(ANN)
    assert (reader.state, reader.rhythm.value) == (ACTIVE, "weekly")
    assert [str(topic) for topic in reader.topics] == ["robots", "cat:cs.LG"]
    again = site.client.post(f"/confirm/{link}")
    assert again.status_code == 200
    manage = re.search(r'href="(/manage/[^"]+)"', again.text)[1]
    assert site.client.get(manage).status_code == 200


def test_the_dossier_holds_the_words_that_were_shown(site):
    site.join()
    request, confirm = site.joining.dossier(ANN)
    page = site.client.get("/").text
    assert request.consent.words
    assert request.consent.words in page
    assert confirm.consent.words == "Yes, send it to me"
    assert request.consent.origin == "", "from where is kept only if the operator says so"


def test_the_answer_is_the_same_for_known_and_unknown_addresses(site):
    site.join()
    site.clock.instant = site.clock.instant.replace(day=25)
    known, unknown = site.subscribe(email=ANN), site.subscribe(email="stranger@reader.example")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert dict(known.headers) == dict(unknown.headers)
    assert len(site.asked) == 2, "neither was looked up before the answer"


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "|id@x.example", "-oQ/tmp@x.example", "ann＠reader.example",
     "mailer-daemon@reader.example", "a@b@c.example", "ann@reader.example\r\nBcc: eve@x.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_the_field(site, address):
    answer = site.subscribe(email=address, topics="robots")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "robots" in answer.text, "what was typed stays"
    assert site.asked == []


def test_a_robot_is_told_the_same_and_nothing_happens(site):
    answer = site.subscribe(email=ANN, website="https://spam.example")
    assert answer.headers["location"] == "/asked"
    assert site.asked == []


def test_a_form_without_a_good_ticket_does_nothing(site):
    for ticket in ("", "x" * 32, ticket_of(site.client.get("/operator").text)):
        answer = site.client.post("/", data={"email": ANN, "ticket": ticket})
        assert answer.status_code == 403
    stale = ticket_of(site.client.get("/").text)
    site.clock.instant = site.clock.instant.replace(day=25)
    assert site.client.post("/", data={"email": ANN, "ticket": stale}).status_code == 403
    headers = {"sec-fetch-site": "cross-site"}
    assert site.subscribe(headers, email=ANN).status_code == 403
    assert site.subscribe({"origin": "https://evil.example"}, email=ANN).status_code == 403
    assert site.asked == []


def test_domains_of_thrown_away_mailboxes_are_refused():
    with opened(blocked_domains=frozenset({"throwaway.example"})) as site:
        assert site.subscribe(email="x@throwaway.example").status_code == 422
        assert site.subscribe(email=ANN).status_code == 303


def test_a_sample_shows_what_topics_would_bring_and_changes_nothing(site):
    before = site.dump()
    answer = site.client.post("/sample", data={"topics": "robots", "email": ANN})
    assert PAPER.title in answer.text
    assert f'value="{ANN}"' in answer.text
    assert [str(topic) for topic in site.sampled[-1].topics] == ["robots"]
    part = site.client.post("/sample", data={"topics": "robots"}, headers={"x-part": "sample"})
    assert part.text.lstrip().startswith('<div class="sample">')
    assert site.dump() == before


def test_looking_changes_nothing_whatever_looks(site):
    """HEAD, GET, and a scanner that follows every link and fetches every form's address."""
    site.join(ANN, "robots")
    site.joining.request(wishes("bob@reader.example"), WEB)
    pages = [
        "/",
        "/asked",
        "/operator",
        f"/confirm/{site.token(Scope.CONFIRM, 'bob@reader.example')}",
    ]
    pages += [f"/{path}/{site.token(scope)}" for path, scope in LINKS]
    pages.append(f"/feedback/{site.token(Scope.FEEDBACK)}/{PAPER.id}")
    before, seen = site.dump(), set()
    while pages:
        page = pages.pop()
        if page in seen or not page.startswith("/"):
            continue
        seen.add(page)
        assert site.client.head(page).status_code < 500
        answer = site.client.get(page)
        assert answer.status_code < 500
        pages += re.findall(r'(?:href|action|formaction|src)="([^"#]+)', answer.text)
    assert len(seen) > 12
    assert site.dump() == before
    assert site.state("bob@reader.example") is SubscriberState.PENDING


LINKS = [
    ("manage", Scope.MANAGE),
    ("unsubscribe", Scope.UNSUBSCRIBE),
    ("digest", Scope.VIEW),
    ("saved", Scope.FEEDBACK),
]


@pytest.mark.parametrize(("path", "right"), [*LINKS, ("confirm", Scope.CONFIRM)])
def test_each_link_does_one_thing_alone(site, path, right):
    site.join()
    allowed = {right, Scope.MANAGE} if path == "saved" else {right}
    for scope in set(Scope) - allowed:
        for method in ("GET", "POST"):
            answer = site.client.request(method, f"/{path}/{site.token(scope)}")
            assert answer.status_code in {404, 405}
    assert site.state(ANN) is ACTIVE


@pytest.mark.parametrize(("path", "scope"), LINKS)
def test_every_flipped_bit_and_other_spelling_of_a_token_is_refused(site, path, scope):
    site.join()
    token = site.token(scope)
    number = int.from_bytes(_octets(token))
    for bit in range(192):
        forged = _spelt((number ^ 1 << bit).to_bytes(24))
        assert site.signer.verify(forged, *Scope) is None
    others = [token + "=", token + "A", token[:-1], f"{token}%00", f"%20{token}", token.swapcase()]
    for other in others:
        assert site.client.get(f"/{path}/{other}").status_code == 404


def test_my_page_changes_what_comes(site):
    site.join(ANN, "robots")
    answer = site.manage(
        "save",
        topics="world models\nrobots, many of them",
        mute="survey",
        authors="Ada Lovelace",
        papers="5",
        timezone="Europe/Berlin",
        send_at="07:30",
        rhythm="weekdays",
        locale="de",
    )
    assert answer.status_code == 303
    reader = site.readers.get(ANN)
    assert [str(topic) for topic in reader.topics] == ["world models", "robots, many of them"]
    assert (reader.papers, f"{reader.send_at:%H:%M}", reader.locale) == (5, "07:30", "de")
    page = site.client.get(answer.headers["location"])
    assert page.headers["content-language"] == "de"


def test_how_papers_are_chosen_stays_usual_unless_it_is_wished_otherwise(site):
    site.join()
    site.manage("save", quiet="trending")
    assert (site.readers.get(ANN).quiet, site.readers.get(ANN).fill) == (None, None)
    site.manage("save", quiet="skip", fill="yes", again="yes")
    reader = site.readers.get(ANN)
    assert (reader.quiet, reader.fill, reader.again) == (Quiet.SKIP, True, True)
    assert reader.serendipity is None
    page = site.client.get(f"/manage/{site.token(Scope.MANAGE)}").text
    assert '<option value="skip" selected>' in page
    assert 'name="fill" value="yes" checked' in page


@pytest.mark.parametrize(
    "wrong",
    [{"papers": "0"}, {"timezone": "Mars/Crater"}, {"send_at": "25:00"}, {"papers": "many"}],
)
def test_what_cannot_be_meant_changes_nothing(site, wrong):
    site.join(ANN, "robots")
    before = site.readers.get(ANN)
    answer = site.manage("save", **{"topics": "else", **wrong})
    assert answer.status_code == 422
    assert f'id="{next(iter(wrong))}-problem"' in answer.text
    assert site.readers.get(ANN) == before


def test_pause_resume_leave_undo(site):
    site.join()
    site.manage("pause", **{"for": "week"})
    assert (site.state(ANN), f"{site.joining.life(ANN).pause_until}") == (PAUSED, "2026-08-28")
    site.manage("resume")
    assert site.state(ANN) is ACTIVE
    assert site.manage("pause", **{"for": "day", "until": "1999-01-01"}).status_code == 422
    site.manage("leave")
    assert site.state(ANN) is LEFT
    site.manage("undo")
    assert site.state(ANN) is ACTIVE


def test_who_is_suppressed_can_say_that_mail_reaches_them_again(site):
    site.join()
    site.joining.bounce(ANN, WEB)
    assert "came back" in site.client.get(f"/manage/{site.token(Scope.MANAGE)}").text
    site.manage("resume")
    assert site.state(ANN) is ACTIVE


def test_a_library_teaches_what_is_liked(site):
    site.join()
    answer = site.manage("import", works="https://arxiv.org/abs/2406.01234v2 and 2401.00001")
    assert "We read 2 works." in answer.text
    assert site.readers.get(ANN).liked == ("arxiv:2406.01234", "arxiv:2401.00001")
    site.manage("unlike", paper="arxiv:2406.01234")
    assert site.readers.get(ANN).liked == ("arxiv:2401.00001",)


def test_my_data_is_mine(site):
    site.join(ANN, "robots")
    path = f"/manage/{site.token(Scope.MANAGE)}"
    answer = site.client.get(f"{path}/data.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.json()["topics"] == ["robots"]
    assert site.manage("erase").status_code == 422, "only with the tick"
    assert site.manage("erase", sure="yes").status_code == 200
    assert site.state(ANN) is None
    assert ANN not in "\n".join(site.dump())
    assert site.client.get(path).status_code == 404


def test_a_page_of_mine_needs_its_own_ticket(site):
    site.join()
    path = f"/manage/{site.token(Scope.MANAGE)}"
    ticket = ticket_of(site.client.get("/").text)
    for given in ("", ticket):
        assert site.client.post(path, data={"act": "leave", "ticket": given}).status_code == 403
    assert site.state(ANN) is ACTIVE


def test_feedback_is_given_and_taken_back(site):
    site.join()
    path = f"/feedback/{site.token(Scope.FEEDBACK)}/{PAPER.id}"
    assert PAPER.title in site.client.get(path).text
    for kind in ("more", "save", "less"):
        assert site.client.post(path, data={"kind": kind}).status_code == 200
    said = {opinion.kind for opinion in site.joining.opinions(ANN)}
    assert said == {Feedback.LESS, Feedback.SAVE}
    assert 'value="unsave"' in site.client.get(path).text
    site.client.post(path, data={"kind": "unsave"})
    assert {opinion.kind for opinion in site.joining.opinions(ANN)} == {Feedback.LESS}
    assert site.client.post(path, data={"kind": "drop tables"}).status_code == 422
    assert site.client.get(path + "9").status_code == 404


def test_the_saved_list_goes_to_reference_managers(site):
    site.join()
    site.joining.feedback(ANN, PAPER.id, Feedback.SAVE)
    path = f"/saved/{site.token(Scope.MANAGE)}"
    assert PAPER.title in site.client.get(path).text
    bib = site.client.get(f"{path}/papers.bib")
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    assert "@misc{lovelace2026robots," in bib.text
    assert "eprint = {2608.00001}" in bib.text
    ris = site.client.get(f"{path}/papers.ris").text
    assert "AU  - Lovelace, Ada\r\n" in ris
    assert site.client.get(f"{path}/papers.exe").status_code == 404


def test_an_edition_is_shown_and_acts_for_nobody(site):
    site.join()
    page = site.client.get(f"/digest/{site.token(Scope.VIEW)}").text
    assert PAPER.title in page
    assert not re.findall("/(?:manage|unsubscribe|feedback)/", page)
    site.clock.instant = site.clock.instant.replace(day=25)
    assert site.client.get(f"/digest/{site.token(Scope.VIEW)}").status_code == 410


PAGES = ["/", "/asked", "/nowhere", "/manage/x", "/operator", "/site.css", "/site.js", "/healthz"]


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_locked_down(site, page):
    headers = site.client.get(page).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "max-age" in headers["strict-transport-security"]
    assert ("x-robots-tag" in headers) is (page != "/")


def test_no_page_needs_what_its_policy_forbids(site):
    site.join(ANN, "robots")
    paths = [
        "/",
        f"/manage/{site.token(Scope.MANAGE)}",
        f"/unsubscribe/{site.token(Scope.UNSUBSCRIBE)}",
    ]
    for path in paths:
        page = site.client.get(path).text
        assert not re.search(r'\sstyle="|<style|\son\w+="|<script(?! src="/site\.js")', page)
        for url in re.findall(r'(?:src|href)="(https?:[^"]+)"', page):
            assert url == PAPER.url, "nothing is fetched from elsewhere"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("digest.example.org", 200),
        ("DIGEST.example.org:443", 200),
        ("127.0.0.1:8025", 200),
        ("localhost", 200),
        ("[::1]:8025", 200),
        ("evil.example", 421),
        ("digest.example.org.evil.example", 421),
        ("", 421),
    ],
)
def test_only_our_own_names_are_answered_for(site, host, status):
    assert site.client.get("/", headers={"host": host}).status_code == status


def test_a_site_below_a_path_keeps_to_it():
    with opened(base_url=f"{BASE}/papers") as site:
        client = TestClient(site.apps.site, base_url=BASE, follow_redirects=False)
        page = client.get("/papers/").text
        assert 'href="/papers/site.css"' in page
        form = {"email": ANN, "ticket": ticket_of(page)}
        assert client.post("/papers/", data=form).headers["location"] == "/papers/asked"


def test_a_title_that_would_be_mark_up_is_text(site):
    answer = site.client.post("/sample", data={"topics": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    answer = site.subscribe(email='"><img src=x>@x.example', topics="</textarea><b>")
    assert "<img" not in answer.text
    assert "</textarea><b>" not in answer.text


def test_whoever_asks_too_often_is_asked_to_wait(site):
    answers = [site.subscribe(email=f"r{n}@reader.example").status_code for n in range(65)]
    assert answers[:60] == [303] * 60
    assert answers[60:] == [429] * 5
    assert len(site.asked) == 60


def test_ten_thousand_posts_send_a_letter_an_address_at_most():
    """Reduced: 400 posts from 10 networks for 40 addresses; `make soak` has them all."""
    with opened(limits=Limits(network=10**6, everybody=10**6)) as site:
        for n in range(400):
            site.joining.request(wishes(f"reader{n % 40}@x.example"), WEB, f"192.0.{n % 10}.0/24")
            site.postbox.empty()
        assert len(site.mailed) == 40


def test_the_operator_logs_in_and_out(site):
    page = site.client.get("/operator").text
    assert "How it goes" not in page
    form = {"ticket": ticket_of(page), "password": PASSWORD}
    answer = site.client.post("/operator/login", data=form)
    cookie = answer.headers["set-cookie"]
    for flag in ("HttpOnly", "SameSite=strict", "Secure", "Path=/operator"):
        assert flag in cookie
    page = site.client.get("/operator").text
    assert "How it goes" in page
    assert "<svg" in page
    assert "huggingface" in page
    out = site.client.post("/operator/logout", data={"ticket": ticket_of(page)})
    assert out.status_code == 303
    assert "How it goes" not in site.client.get("/operator").text


def test_a_session_ends_and_a_forged_one_is_none(site):
    page = site.client.get("/operator").text
    form = {"ticket": ticket_of(page), "password": PASSWORD}
    site.client.post("/operator/login", data=form)
    site.clock.instant = site.clock.instant.replace(day=22)
    assert "How it goes" not in site.client.get("/operator").text
    site.client.cookies.set("operator", "x" * 43)
    assert "How it goes" not in site.client.get("/operator").text


def test_passwords_are_not_tried_for_long(site):
    statuses = []
    for tried in ["wrong"] * 5 + [PASSWORD]:
        ticket = ticket_of(site.client.get("/operator").text)
        form = {"ticket": ticket, "password": tried}
        statuses.append(site.client.post("/operator/login", data=form).status_code)
    assert statuses == [403] * 5 + [429]


def test_figures_are_on_a_bind_of_their_own(site):
    site.client.get("/manage/some-token")
    assert site.client.get("/metrics").status_code == 404
    metrics = TestClient(site.apps.metrics).get("/metrics").text
    assert 'digest_subscribers{state="active"} 1' in metrics
    assert 'digest_web_answers_total{page="manage",status="404"} 1' in metrics
    assert "some-token" not in metrics


def test_health(site):
    assert site.client.get("/healthz").text == "ok\n"
    site.database.close()
    assert site.client.get("/healthz").status_code == 503


@pytest.mark.parametrize("tag", ["fr", "de", "es", "zh-Hans", "ar"])
def test_pages_speak_the_browser_s_language(site, tag):
    headers = {"accept-language": tag}
    for path in ("/", "/asked", "/nowhere"):
        answer = site.client.get(path, headers=headers)
        assert f'<html lang="{tag}"' in answer.text
        assert ('dir="rtl"' in answer.text) is (tag == "ar")


def _body(message):
    return message.content.replace(b"=\r\n", b"").replace(b"=3D", b"=")


def _octets(token):
    return urlsafe_b64decode(token)


def _spelt(octets):
    return urlsafe_b64encode(octets).decode()
