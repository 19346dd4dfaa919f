"""The only module that speaks HTTP: politely, patiently, and never for longer than allowed."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from random import Random
from threading import Event
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from digest import __version__
from digest.clock import Clock
from digest.errors import BadSetting, Unreachable
from digest.model import Request, Response
from digest.sources.cache import Cache, Stored
from digest.sources.deadline import TooSlow, within
from digest.sources.patience import asked_for, backoff
from digest.sources.redirects import allowed
from digest.sources.turns import Turns

CHUNK = 16_384
"""Bytes read at a time; a chunk of deflated ones unpacks to a thousandfold at most."""

CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""Content codings that are read, and only one at a time: a bomb may not hold another."""

REDIRECTS = 5

_AGAIN_LATER = frozenset({408, 425, 429})
_PASSING = (
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """`[fetch]`: how patient we are. Times are in seconds, sizes in bytes."""

    contact: str = ""
    """A URL or address at which the source's people can reach the operator."""
    connect: float = 10
    read: float = 30
    """The longest silence within an answer."""
    exchange: float = 120
    """The longest that one request and its answer may take."""
    deadline: float = 600
    """The longest that a fetch may take, with all its attempts and waits."""
    attempts: int = 5
    backoff: float = 1
    """The first wait is up to this, each later one up to twice as long as the one before."""
    longest_wait: float = 300
    """A source that asks for more is left alone until the next run."""
    size: int = 32 * 2**20
    """The largest answer, measured unpacked."""


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class _NotNow(Exception):
    """No answer, but there may be one later: after `rest` seconds, if the source told."""

    def __init__(self, problem: str, rest: float | None = None) -> None:
        super().__init__(problem)
        self.rest = rest


class PoliteFetcher:
    """`ports.Fetcher` over requests: one host at a time, nothing but http and https."""

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        cache: Cache | None = None,
        random: Random | None = None,
        sleep: Callable[[float], None] = time.sleep,
        turns: Turns | None = None,
    ) -> None:
        """`random` spreads the waits, so that many installations do not march in step.

        `turns` are those of the whole installation, for hosts that ask for a pace.
        """
        self._settings, self._clock, self._cache = settings, clock, cache
        self._random = random or Random()  # noqa: S311 - nothing here is a secret
        self._sleep, self._turns = sleep, turns
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = user_agent(settings.contact)
        self._session.headers["Accept-Encoding"] = "gzip, deflate"

    def fetch(self, request: Request) -> Response:
        """The answer to a request, whole and with status 200. Raises Unreachable."""
        url = _address(request)
        asks = self._cache is not None and request.body is None
        stored = self._cache.get(url) if self._cache and asks else None
        end = time.monotonic() + self._settings.deadline
        attempt = 1
        while True:
            try:
                answer = self._follow(url, request, stored, end)
                return self._read(url, answer, stored, keep=asks)
            except _NotNow as problem:
                self._sleep(self._rest(url, attempt, problem, end))
                attempt += 1

    def _rest(self, url: str, attempt: int, problem: _NotNow, end: float) -> float:
        """Seconds until the next attempt; raises Unreachable when there is to be none."""
        limits = self._settings
        rest = max(backoff(attempt, limits.backoff, self._random), problem.rest or 0)
        if attempt < limits.attempts and rest <= min(limits.longest_wait, end - time.monotonic()):
            return rest
        asked = f" and wants to be asked again in {problem.rest:.0f} s" if problem.rest else ""
        times = "once" if attempt == 1 else f"{attempt} times"
        raise Unreachable(f"{url}: {problem}{asked} (asked {times}; try again later)") from problem

    def _follow(self, url: str, request: Request, stored: Stored | None, end: float) -> _Answer:
        """The first answer that is no redirect; redirects may not lead off the host."""
        headers = {**request.headers, **(stored.conditions if stored else {})}
        for _ in range(REDIRECTS + 1):
            answer = self._exchange(replace(request, url=url, headers=headers), end)
            if answer.status not in {301, 302, 303, 307, 308}:
                return answer
            url = _redirected(answer)
        raise Unreachable(f"{url}: more than {REDIRECTS} redirects, the last from here")

    def _exchange(self, request: Request, end: float) -> _Answer:
        """One request and its answer, with every error of requests translated."""
        url = request.url
        seconds = min(self._settings.exchange, end - time.monotonic())
        try:
            with self._turn(request, end):
                return within(seconds, lambda given_up: self._get(request, given_up))
        except TooSlow as error:
            raise _NotNow(f"no whole answer within {seconds:.0f} s") from error
        except requests.exceptions.SSLError as error:
            problem = f"the connection cannot be trusted: {_root(error)}"
            raise Unreachable(f"{url}: {problem}; check clock, certificates and proxy") from error
        except _PASSING as error:
            raise _NotNow(f"no whole answer: {_root(error)}") from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise Unreachable(f"{url}: cannot be asked: {_root(error)}; check the URL") from error

    def _turn(self, request: Request, end: float) -> AbstractContextManager[None]:
        """The host for ourselves, once it had the rest that it asks for."""
        if self._turns is None or not request.pace:
            return nullcontext()
        return self._turns.take(request.url, request.pace, end)

    def _get(self, request: Request, given_up: Event) -> _Answer:
        timeout = (self._settings.connect, self._settings.read)
        url, method = request.url, "GET" if request.body is None else "POST"
        # A host with a pace gets one connection, so none of ours stays open meanwhile.
        closing = {"Connection": "close"} if request.pace else {}
        with self._session.request(
            method,
            url,
            data=request.body,
            headers={**request.headers, **closing},
            stream=True,
            allow_redirects=False,
            timeout=timeout,
        ) as got:
            told = {name.lower(): value for name, value in got.headers.items()}
            whole = got.status_code == requests.codes.ok
            body = self._body(got, told, given_up) if whole else next(got.iter_content(512), b"")
            return _Answer(url, got.status_code, got.reason or "", told, body)

    def _body(self, got: requests.Response, headers: Mapping[str, str], given_up: Event) -> bytes:
        size, declared = self._settings.size, headers.get("content-length", "")
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in CODINGS:
            raise Unreachable(f"{got.url}: an answer in the coding {coding!r}, not asked for")
        body = bytearray()
        if len(declared) < 20 and declared.isdigit() and int(declared) > size:
            raise _too_large(got.url, size)
        for chunk in got.iter_content(CHUNK):
            body += chunk
            if len(body) > size:
                raise _too_large(got.url, size)
            if given_up.is_set():
                break
        return bytes(body)

    def _read(self, url: str, answer: _Answer, stored: Stored | None, *, keep: bool) -> Response:
        """The answer, or the stored one that it confirms; raises for every other status."""
        now = self._clock.now()
        if answer.status == requests.codes.ok:
            if self._cache and keep:
                self._cache.put(url, answer.headers, answer.body)
            return Response(answer.url, answer.body, now, answer.headers)
        if answer.status == requests.codes.not_modified and stored:
            return Response(answer.url, stored.body, now, stored.headers)
        problem = f"answered {answer.status} {answer.reason}{_excerpt(answer.body)}"
        if answer.status in _AGAIN_LATER or answer.status >= 500:
            raise _NotNow(problem, asked_for(answer.headers, now))
        raise Unreachable(f"{answer.url}: {problem}; check that the URL and the day are right")


def user_agent(contact: str) -> str:
    """Who we are and where our operator can be reached (RFC 9110 §10.1.5)."""
    if not contact.isascii() or not contact.isprintable():
        problem = f"{contact!r} cannot stand in a header"
        raise BadSetting("fetch.contact", problem, "write a URL or a mail address in ASCII")
    return f"paper-digest/{__version__}" + (f" (+{contact})" if contact else "")


def _address(request: Request) -> str:
    try:
        url = requests.Request("GET", request.url, params=dict(request.params)).prepare().url or ""
        parts = urlsplit(url)
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(f"{request.url!r}: no URL that can be asked: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unreachable(f"{request.url!r}: only http and https can be asked; check the URL")
    return url


def _redirected(answer: _Answer) -> str:
    location = answer.headers.get("location", "")
    url = allowed(answer.url, location)
    if not url:
        raise Unreachable(
            f"{answer.url}: sends us to {location!r:.200}, which is not followed; "
            "if that is the right place, set it as the source's URL"
        )
    return url


def _too_large(url: str, size: int) -> Unreachable:
    return Unreachable(f"{url}: an answer of more than {size} bytes; `fetch.size` is the limit")


def _excerpt(body: bytes) -> str:
    words = " ".join(body[:200].decode("utf-8", "replace").split())
    return f": {words!r}" if words else ""


def _root(error: BaseException) -> str:
    """The first cause: what requests says of it is long, and about its own objects."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return str(error) or type(error).__name__
