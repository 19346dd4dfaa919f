"""The lab's pages (Starlette). Everything is made in one thread: the store has one connection."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from digest.errors import DigestError
from digest.render.languages import LANGUAGES
from digest.render.templates import pages
from digest.web.lab import panes, view
from digest.web.lab.bench import Bench
from digest.web.lab.guard import PANE, Guard, Tickets
from digest.web.lab.services import Services, Wanted
from digest.web.lab.watch import changes

FORM_LONGEST = 16_384
"""Octets of a posted form."""
FILES = {"lab.css": "text/css", "lab.js": "text/javascript"}


def create_app(services: Services, host: str = "127.0.0.1") -> Starlette:
    """The lab of an installation; `host` is what it is bound to."""
    lab = Lab(services, pages())
    return Starlette(
        routes=[
            Route("/", lab.page),
            Route("/pane/{key}", lab.pane),
            Route("/mail.eml", lab.mail),
            Route("/changes", lab.changes),
            Route("/keep", lab.keep, methods=["POST"]),
            Route("/send", lab.send, methods=["POST"]),
            *(Route(f"/{name}", lab.file) for name in FILES),
        ],
        middleware=[Middleware(Guard, host=host)],
        exception_handlers={DigestError: failed},
    )


async def failed(request: Request, error: Exception) -> Response:
    """What is wrong with a pane or a form, in a sentence."""
    del request
    return PlainTextResponse(f"{error}\n", 422)


class Lab:
    """The handlers, with what they share: the bench, the ticket, and the last thing said."""

    def __init__(self, services: Services, environment: Environment) -> None:
        self._services, self._environment = services, environment
        self._bench, self._tickets = Bench(services), Tickets()
        self._said: tuple[str, str] | None = None
        self._myself = ""

    async def page(self, request: Request) -> Response:
        """The one page: a digest in a view."""
        wanted, looking = (
            self._wanted(request.query_params),
            view.Looking.read(request.query_params),
        )
        said, self._said = self._said, None
        template = self._environment.get_template("lab/page.html")
        shown = view.of(self._bench, wanted, looking)
        body = template.render(
            wanted=wanted,
            looking=looking,
            address=lambda **more: _address(wanted, looking, more),
            header_lines=view.header_lines,
            examples=self._services.examples,
            days=self._services.days(),
            readers=self._services.readers(),
            ticket=self._tickets.ticket,
            said=said,
            languages=LANGUAGES,
            myself=self._myself,
            **view.choices(),
            **shown,
        )
        return HTMLResponse(body, 422 if shown["problem"] else 200)

    async def pane(self, request: Request) -> Response:
        """A mail as a kind of client shows it. Not allowed to act or to fetch anything."""
        one = panes.pane(request.path_params["key"])
        if one is None:
            return PlainTextResponse("no such pane\n", 404)
        document = self._bench.versions(self._wanted(request.query_params)).newest
        headers = {"content-security-policy": PANE}
        return HTMLResponse(panes.shown(one, document.html), headers=headers)

    async def mail(self, request: Request) -> Response:
        """The exact bytes."""
        content = self._bench.versions(self._wanted(request.query_params)).content
        headers = {"content-disposition": 'attachment; filename="digest.eml"'}
        return Response(content, media_type="message/rfc822", headers=headers)

    async def changes(self, request: Request) -> Response:
        """Says when a template has changed."""
        stream = changes(tuple(self._services.folders), request.query_params.get("seen", ""))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def keep(self, request: Request) -> Response:
        """Later changes are told against the present version."""
        form = await self._form(request)
        if form is None:
            return _refused()
        wanted = self._wanted(form)
        self._bench.keep(wanted)
        self._said = ("good", "Kept: changes are told against this version from now on.")
        return _back(form, wanted)

    async def send(self, request: Request) -> Response:
        """Mails a test copy, outside ledger and memory."""
        form = await self._form(request)
        if form is None:
            return _refused()
        wanted, self._myself = self._wanted(form), form.get("to", "").strip()
        try:
            copy = self._services.test_copy(wanted, self._myself)
            reply = await run_in_threadpool(self._services.hand_over, copy)
            self._said = ("good", f"Accepted for {self._myself}: {reply}")
        except DigestError as error:
            self._said = ("bad", str(error))
        return _back(form, wanted)

    async def file(self, request: Request) -> Response:
        """The lab's own style and script."""
        name = request.url.path.removeprefix("/")
        loader = self._environment.loader
        if loader is None:
            return PlainTextResponse("", 404)
        source = loader.get_source(self._environment, f"lab/{name}")[0]
        return Response(source, media_type=FILES[name])

    def _wanted(self, query: Mapping[str, str]) -> Wanted:
        """What is asked for; the first example when nothing is, the newest day when none is."""
        wanted = Wanted.read(query)
        if wanted.example or wanted.address or wanted.topics:
            days = [] if wanted.example or wanted.day else self._services.days()
            return wanted.on(days[0]) if days else wanted
        best = "rich-day" if "rich-day" in self._services.examples else self._services.examples[0]
        return replace(wanted, example=best)

    async def _form(self, request: Request) -> dict[str, str] | None:
        """A posted form's fields; None when it is not from a page of ours."""
        if int(request.headers.get("content-length", "0") or 0) > FORM_LONGEST:
            return None
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > FORM_LONGEST:
                return None
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        return form if self._tickets.holds(form, request.headers) else None


def _address(wanted: Wanted, looking: view.Looking, more: Mapping[str, Any]) -> str:
    """The page of a digest in a view; `more` says what is to be different."""
    parts = {"view": looking.view, "width": looking.width, "against": looking.against, **more}
    return f"/?{wanted.query}&{urlencode(parts)}"


def _back(form: Mapping[str, str], wanted: Wanted) -> Response:
    return RedirectResponse(_address(wanted, view.Looking.read(form), {}), 303)


def _refused() -> Response:
    return PlainTextResponse("this form is not from a page of the lab: load the page anew\n", 403)
