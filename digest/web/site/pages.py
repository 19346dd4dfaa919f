"""What all pages share: the language of who looks, the frame, the ticket, and the two threads."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio
from anyio.to_thread import run_sync
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from digest.mail.mailbox import Mailbox
from digest.mail.tokens import Scope, Token
from digest.model import Subscriber
from digest.model.consent import Consent, Way
from digest.render.languages import LANGUAGES, Language, language, negotiated, speaks
from digest.web.site.forms import Form, Tickets, from_elsewhere
from digest.web.site.guard import network
from digest.web.site.services import Services, SiteSettings

Result = TypeVar("Result")
HONEYPOT = "website"
"""A field that no person sees, and that programs fill in."""
QUEUE = 16
"""Samples that may wait for each other; whoever comes then is asked to come back."""


class Pages:
    """Prints pages, and calls the installation, one thing at a time."""

    def __init__(
        self, services: Services, settings: SiteSettings, environment: Environment
    ) -> None:
        self.services, self.settings = services, settings
        self._environment = environment
        self.tickets = Tickets(settings.keys)
        self.at = urlsplit(settings.base_url).path.rstrip("/")
        """Begins the path of every page, when the site is not the root of its host."""
        self._desk, self._study = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)

    async def desk(self, call: Callable[..., Result], *values: Any) -> Result:
        """Something that reads or writes the store."""
        return await run_sync(call, *values, limiter=self._desk)

    async def study(self, call: Callable[..., Result], *values: Any) -> Result | None:
        """Something that takes a while; None: too many wait for it already."""
        if self._study.statistics().tasks_waiting >= QUEUE:
            return None
        return await run_sync(call, *values, limiter=self._study)

    def page(
        self,
        request: Request,
        template: str,
        status: int = 200,
        reader: Subscriber | None = None,
        spoken: Language | None = None,
        **values: Any,
    ) -> Response:
        """A page in the reader's language, else in the browser's; or as it is `spoken`."""
        words = spoken or self.words(request, reader)
        body = self._environment.get_template(f"web/{template}").render(
            language=words,
            languages=LANGUAGES,
            at=self.at,
            product=self.settings.product,
            imprint=self.settings.imprint,
            reader=reader,
            masked="" if reader is None else masked(reader.address),
            ticket=self.ticket,
            honeypot=HONEYPOT,
            **values,
        )
        headers = {"content-language": words.tag, "vary": "accept-language"}
        return HTMLResponse(body, status, headers)

    def words(self, request: Request, reader: Subscriber | None = None) -> Language:
        """What to speak."""
        if reader is not None and reader.locale and speaks(reader.locale):
            return language(reader.locale)
        accepted = request.headers.get("accept-language", "")
        return negotiated(accepted, self.settings.locale)

    def ticket(self, purpose: str) -> str:
        """For a form on a page that is printed now."""
        return self.tickets.make(purpose, self.services.clock.now())

    def may_act(self, request: Request, form: Form, purpose: str) -> bool:
        """Whether a form was on a page of ours."""
        held = self.tickets.holds(form.get("ticket"), purpose, self.services.clock.now())
        return held and not from_elsewhere(request)

    def stale(self, request: Request) -> Response:
        """A form without a good ticket."""
        return self.page(request, "said.html", 403, said="stale")

    def unknown(self, request: Request) -> Response:
        """A link that is none of ours."""
        return self.page(request, "said.html", 404, said="unknown")

    def network(self, request: Request) -> str:
        """Whence somebody asks."""
        return network(request.client.host if request.client else "")

    def consent(self, request: Request, words: str = "", way: Way = Way.WEB) -> Consent:
        """The circumstances, as far as they are to be kept."""
        origin = self.network(request) if self.settings.keep_origin else ""
        return Consent(way, origin, words)

    async def reader(self, request: Request, *scopes: Scope) -> tuple[Subscriber, Token] | None:
        """Whose link it is."""
        token = request.path_params["token"]
        return await self.desk(self.services.joining.reader, token, *scopes)

    def link(self, path: str, token: Token) -> str:
        """A page's address for a reader."""
        return f"{self.at}/{path}/{self.services.signer.sign(token)}"


def back(address: str) -> Response:
    """To a page, after something was done (RFC 9110 §15.4.4): loading it again does nothing."""
    return RedirectResponse(address, 303)


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else: a•••@example.org."""
    mailbox = Mailbox.parse(address)
    return f"{mailbox.local[0]}•••@{mailbox.domain}"
