"""The fetcher against a real server on loopback that misbehaves in every way."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from scripted_web import ScriptedWeb, answer, drip, reset

from digest import __version__
from digest.clock import FixedClock
from digest.errors import BadSetting, Unreachable
from digest.model import Request, Response
from digest.sources.cache import Cache
from digest.sources.fetch import FetchSettings, PoliteFetcher

NOW = datetime(2026, 6, 12, 8, tzinfo=UTC)
HELLO = answer("200 OK", b"hello", ETag='"1"', Content_Type="text/html")


class Fetching:
    """A fetcher whose waits are noted instead of waited."""

    def __init__(self, cache: Path | None = None, **settings: float | str) -> None:
        self.waits: list[float] = []
        self.fetcher = PoliteFetcher(
            FetchSettings(**settings),  # type: ignore[arg-type]
            FixedClock(NOW),
            Cache(cache) if cache else None,
            Random(7),  # noqa: S311
            self.waits.append,
        )

    def get(self, url: str, **params: str) -> Response:
        return self.fetcher.fetch(Request(url, params))

    def fails(self, url: str, *said: str) -> str:
        with pytest.raises(Unreachable) as refused:
            self.get(url)
        for words in said:
            assert words in str(refused.value)
        return str(refused.value)


def test_an_answer_comes_whole_with_header_and_instant():
    with ScriptedWeb([HELLO]) as web:
        got = Fetching().get(web.url + "/a", day="2026-06-12")
    assert got.body == b"hello"
    assert got.url == web.url + "/a?day=2026-06-12"
    assert got.at == NOW
    assert got.headers["content-type"] == "text/html"
    assert web.requests[0].startswith(b"GET /a?day=2026-06-12 HTTP/1.1\r\n")


def test_we_say_who_we_are():
    with ScriptedWeb([HELLO]) as web:
        Fetching().get(web.url)
        Fetching(contact="https://digest.example/about").get(web.url)
    assert web.header(0, "User-Agent") == f"paper-digest/{__version__}"
    assert (
        web.header(1, "User-Agent") == f"paper-digest/{__version__} (+https://digest.example/about)"
    )
    assert web.header(0, "Accept-Encoding") == "gzip, deflate"


@pytest.mark.parametrize("contact", ["x\r\nHost: evil.example", "né"])
def test_a_contact_that_no_header_can_hold_is_a_bad_setting(contact: str):
    with pytest.raises(BadSetting, match=r"fetch\.contact: .* \(write a URL"):
        Fetching(contact=contact)


@pytest.mark.parametrize(
    "status", ["429 Too Many Requests", "500 Oh", "502 Oh", "503 Oh", "504 Oh"]
)
def test_what_may_pass_is_tried_again(status: str):
    fetching = Fetching()
    with ScriptedWeb([answer(status), answer(status), HELLO]) as web:
        assert fetching.get(web.url).body == b"hello"
    assert len(web.requests) == 3
    assert len(fetching.waits) == 2
    assert 0 <= fetching.waits[0] <= 1
    assert 0 <= fetching.waits[1] <= 2


@pytest.mark.parametrize("status", ["400 No", "401 No", "403 No", "404 No", "410 Gone", "204 No"])
def test_a_refusal_is_final_and_repeated_word_for_word(status: str):
    fetching = Fetching()
    body = b"" if status.startswith("204") else b'{"error":"no such day"}'
    with ScriptedWeb([answer(status, body)]) as web:
        said = fetching.fails(web.url, f"answered {status}")
    assert ("no such day" in said) == bool(body)
    assert (len(web.requests), fetching.waits) == (1, [])


def test_attempts_end():
    fetching = Fetching(attempts=3)
    with ScriptedWeb([answer("503 Busy")]) as web:
        fetching.fails(web.url, "answered 503 Busy", "asked 3 times", "try again later")
    assert len(web.requests) == 3


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "Fri, 12 Jun 2026 08:00:09 GMT"}, 9),
        ({"Retry_After": "Fri, 12 Jun 2020 08:00:09 GMT"}, 0),
        ({"Retry_After": "soon"}, 0),
        ({"RateLimit": '"api";r=0;t=42'}, 42),
    ],
)
def test_a_source_is_left_alone_as_long_as_it_asks(headers: dict[str, str], wait: float):
    fetching = Fetching()
    with ScriptedWeb([answer("429 Too Many Requests", **headers), HELLO]) as web:
        fetching.get(web.url)
    assert len(fetching.waits) == 1
    assert wait <= fetching.waits[0] <= wait + 1


def test_a_source_that_asks_for_too_much_is_left_alone_until_the_next_run():
    fetching = Fetching(longest_wait=60)
    with ScriptedWeb([answer("429 Too Many Requests", Retry_After="99999")]) as web:
        fetching.fails(web.url, "429", "asked again in 99999 s")
    assert (len(web.requests), fetching.waits) == (1, [])


def test_no_wait_goes_beyond_the_deadline():
    fetching = Fetching(deadline=5)
    with ScriptedWeb([answer("503 Busy", Retry_After="30")]) as web:
        fetching.fails(web.url, "503 Busy")
    assert fetching.waits == []


def test_a_lost_connection_is_tried_again():
    fetching = Fetching()
    cut = answer("200 OK", b"hel", Content_Length="5")
    with ScriptedWeb([reset, b"", cut, b"garbage\r\n\r\n", HELLO]) as web:
        assert fetching.get(web.url).body == b"hello"
    assert len(fetching.waits) == 4


def test_nobody_there():
    with ScriptedWeb([HELLO]) as web:
        url = web.url
    Fetching(attempts=2).fails(url, url, "Connection refused", "asked 2 times")


def test_a_name_that_is_none():
    Fetching(attempts=1).fails("http://nowhere.invalid/", "nowhere.invalid")


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 404 No\r\nContent-Length: 100000\r\n\r\n",
    ],
)
def test_dripping_ends_at_the_deadline(start: bytes):
    begun = time.monotonic()
    with ScriptedWeb([drip(start)]) as web:
        Fetching(attempts=1, deadline=0.4).fails(web.url, "no whole answer within")
    assert time.monotonic() - begun < 3


def test_silence_ends_after_the_read_limit():
    with ScriptedWeb([lambda _, closing: closing.wait(3) and None]) as web:
        Fetching(attempts=1, read=0.2).fails(web.url, "no whole answer", "timed out")


@pytest.mark.parametrize(
    "huge",
    [
        answer("200 OK", b"x" * 2_000),
        answer("200 OK", b"", Content_Length="99999999999"),
        answer("200 OK", gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 2_000,
    ],
)
def test_a_large_answer_is_refused_also_when_it_comes_packed(huge: bytes):
    with ScriptedWeb([huge]) as web:
        Fetching(size=1_000).fails(web.url, "more than 1000 bytes", "fetch.size")
    assert len(web.requests) == 1


def test_packed_answers_are_unpacked():
    with ScriptedWeb([answer("200 OK", gzip.compress(b"hello"), Content_Encoding="gzip")]) as web:
        assert Fetching().get(web.url).body == b"hello"


def test_broken_packing_is_no_answer():
    with ScriptedWeb([answer("200 OK", b"no gzip", Content_Encoding="gzip")]) as web:
        Fetching(attempts=1).fails(web.url, "no whole answer")


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str):
    body = gzip.compress(gzip.compress(b"hello"))
    with ScriptedWeb([answer("200 OK", body, Content_Encoding=coding)]) as web:
        Fetching().fails(web.url, coding)


def test_redirects_on_the_host_are_followed():
    moved = answer("302 Found", Location="/papers/date/2026-06-12")
    with ScriptedWeb([moved, HELLO]) as web:
        assert Fetching().get(web.url + "/papers").url == web.url + "/papers/date/2026-06-12"


@pytest.mark.parametrize(
    "location",
    [
        "http://evil.example/",
        "//evil.example/",
        "http://127.0.0.1:1/",
        "https://127.0.0.1:1/",
        "file:///etc/passwd",
        "http://127.0.0.1:x/",
    ],
)
def test_redirects_off_the_host_are_not(location: str):
    with ScriptedWeb([answer("301 Moved", Location=location)]) as web:
        Fetching().fails(web.url, f"sends us to {location!r}", "set it as the source's URL")
    assert len(web.requests) == 1


def test_a_redirect_to_what_is_no_address_is_refused():
    with ScriptedWeb([answer("301 Moved", Location="http://[")]) as web:
        Fetching().fails(web.url, "Invalid IPv6 URL")


def test_redirects_in_a_circle_end():
    with ScriptedWeb([answer("302 Found", Location="/again")]) as web:
        Fetching().fails(web.url, "more than 5 redirects")
    assert len(web.requests) == 6


@pytest.mark.parametrize(
    "url", ["ftp://x/", "file:///etc/passwd", "nonsense", "http://", "http://["]
)
def test_only_http_and_https_are_asked(url: str):
    Fetching().fails(url, "URL")


def test_what_is_known_is_asked_about_and_not_sent_again(tmp_path: Path):
    not_modified = answer("304 Not Modified", ETag='"1"')
    with ScriptedWeb([HELLO, not_modified, answer("200 OK", b"new", ETag='"2"')]) as web:
        first = Fetching(tmp_path).get(web.url)
        second = Fetching(tmp_path).get(web.url)
        third = Fetching(tmp_path).get(web.url)
    assert first.body == second.body == b"hello"
    assert second.headers["content-type"] == "text/html"
    assert third.body == b"new"
    assert web.header(0, "If-None-Match") is None
    assert web.header(1, "If-None-Match") == '"1"'
    assert web.header(2, "If-None-Match") == '"1"'


def test_not_modified_without_having_asked_is_a_refusal(tmp_path: Path):
    with ScriptedWeb([answer("304 Not Modified")]) as web:
        Fetching(tmp_path).fails(web.url, "304")


def test_a_damaged_copy_is_fetched_anew(tmp_path: Path):
    with ScriptedWeb([HELLO]) as web:
        Fetching(tmp_path).get(web.url)
        (kept,) = tmp_path.iterdir()
        kept.write_bytes(kept.read_bytes()[:-1])
        assert Fetching(tmp_path).get(web.url).body == b"hello"
    assert web.header(1, "If-None-Match") is None


def test_cookies_are_not_carried():
    with ScriptedWeb([answer("200 OK", b"a", Set_Cookie="who=you; Path=/"), HELLO]) as web:
        fetching = Fetching()
        fetching.get(web.url)
        fetching.get(web.url)
    assert web.header(1, "Cookie") is None
