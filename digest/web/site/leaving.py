"""Leaving: RFC 8058 to the letter, a page with one button, and undo.

GET shows, POST acts; no cookie, no redirect, no ticket: who holds the link may leave, and a mail
program that acts for them (§3.2) can show nothing else.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.mail.tokens import Scope
from digest.model import SubscriberState
from digest.model.consent import Consent, Way
from digest.model.life import RETURNS, UNDO_WITHIN
from digest.model.request import Answer
from digest.web.site.forms import Form, TooLong, read
from digest.web.site.pages import Pages

ONE_CLICK = ("List-Unsubscribe", "One-Click")
GONE = frozenset({SubscriberState.LEFT, SubscriberState.SUPPRESSED})


class Leaving:
    """`/unsubscribe/TOKEN`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/unsubscribe/{token}", self.open),
            Route("/unsubscribe/{token}", self.act, methods=["POST"]),
        ]

    async def open(self, request: Request) -> Response:
        """A page with one button. Changes nothing, whatever opens it."""
        return await self._shown(request, done=False)

    async def act(self, request: Request) -> Response:
        """Leaves; or comes back, when the undo button says so. Again: the same answer."""
        pages = self._pages
        try:
            form = await read(request)
        except TooLong:
            return pages.page(request, "said.html", 413, said="long")
        found = await pages.reader(request, Scope.UNSUBSCRIBE)
        if found is not None:
            reader, _ = found
            joining = pages.services.joining
            verb: Callable[[str, Consent], Answer]
            verb = joining.undo if form.get("act") == "undo" else joining.leave
            await pages.desk(verb, reader.address, self._consent(request, form))
        return await self._shown(request, done=True)

    def _consent(self, request: Request, form: Form) -> Consent:
        if ONE_CLICK in form.fields:
            return self._pages.consent(request, "List-Unsubscribe=One-Click", Way.ONE_CLICK)
        return self._pages.consent(request)

    async def _shown(self, request: Request, *, done: bool) -> Response:
        pages, token = self._pages, request.path_params["token"]
        if pages.services.signer.verify(token, Scope.UNSUBSCRIBE) is None:
            return pages.unknown(request)
        found = await pages.reader(request, Scope.UNSUBSCRIBE)
        if found is None:  # erased: they get nothing, as they asked
            return pages.page(request, "unsubscribe.html", gone=True, done=done, undo=False)
        reader, _ = found
        life = await pages.desk(pages.services.joining.life, reader.address)
        fresh = life.since is not None and (pages.services.clock.now() - life.since <= UNDO_WITHIN)
        return pages.page(
            request,
            "unsubscribe.html",
            reader=reader,
            gone=reader.state in GONE,
            undo=reader.state is SubscriberState.LEFT and life.before in RETURNS and fresh,
            done=done,
        )
