"""Joining by web: the first page, a sample of what would come, and the yes.

Whoever asks is told the same for every address, after the same work: what a form asks for is
handed to another thread (`Services.ask`) before anybody knows whose address it is.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.mail.tokens import Scope, Token
from digest.model import Digest, Subscriber
from digest.model.request import Answer
from digest.render.languages import N_
from digest.web.site import wishes
from digest.web.site.forms import Form, TooLong, read
from digest.web.site.pages import HONEYPOT, Pages, back
from digest.web.site.throttle import Throttle

PROMISE = N_(
    "Get the papers that are trending and on your topics in your inbox, once a day at most."
)
AGREED = N_("Yes, send it to me")
SAMPLES = 5
"""Papers of a sample."""
NOBODY = "preview@localhost"


class Subscribing:
    """`/`, `/sample`, `/asked`, `/confirm/TOKEN`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._posts = Throttle(60, timedelta(minutes=10))
        self._samples = Throttle(60, timedelta(minutes=1))

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/", self.home),
            Route("/", self.ask, methods=["POST"]),
            Route("/sample", self.sample, methods=["POST"]),
            Route("/asked", self.asked),
            Route("/confirm/{token}", self.open),
            Route("/confirm/{token}", self.confirm, methods=["POST"]),
        ]

    async def home(self, request: Request) -> Response:
        """What this is, and one field to begin with."""
        return await self._form(request, wishes.blank(), {})

    async def ask(self, request: Request) -> Response:
        """Takes a request in."""
        pages, now = self._pages, self._pages.services.clock.now()
        form = await self._read(request)
        if form is None or not self._posts.allows(pages.network(request), now):
            return pages.page(request, "said.html", 429, said="slowly")
        if not pages.may_act(request, form, "subscribe"):
            return await self._form(request, wishes.filled(form), {"form": ""}, 403)
        words = pages.words(request)
        found = wishes.read(form, pages.services.read, words, locale=words.tag)
        if found.wishes is not None:
            found.problems |= await self._domain(found.wishes, words)
        if found.wishes is None or found.problems:
            return await self._form(request, wishes.filled(form), found.problems, 422)
        if not form.get(HONEYPOT):
            consent = pages.consent(request, words.gettext(PROMISE))
            # Nothing is said of a person before the address has answered: no name.
            wanted = replace(found.wishes, name="")
            pages.services.ask(wanted, consent, pages.network(request))
        return back(f"{pages.at}/asked")

    async def _domain(self, wanted: Subscriber, words: Any) -> dict[str, str]:
        domain = wishes.domain_of(wanted)
        if domain in self._pages.settings.blocked_domains:
            return {"email": wishes.told("blocked", words)}
        if not await self._pages.study(self._pages.services.deliverable, domain):
            return {"email": wishes.told("undeliverable", words)}
        return {}

    async def asked(self, request: Request) -> Response:
        """The same page for whatever was asked for."""
        return self._pages.page(request, "said.html", said="asked")

    async def sample(self, request: Request) -> Response:
        """What somebody with these topics would have got; changes nothing.

        By POST, for the address that may already stand in the form must not come into a URL.
        """
        pages, now = self._pages, self._pages.services.clock.now()
        form = await self._read(request)
        if form is None or not self._samples.allows(pages.network(request), now):
            return pages.page(request, "said.html", 429, said="slowly")
        if request.headers.get("x-part") == "sample":
            digest, problem = await self._sampled(request, form)
            return pages.page(request, "sample.html", digest=digest, problem=problem)
        return await self._form(request, wishes.filled(form), {}, form=form)

    async def _sampled(self, request: Request, form: Form) -> tuple[Digest | None, str]:
        entry = Form([(name, value) for name, value in form.fields if name == "topics"])
        words = self._pages.words(request)
        found = wishes.read(entry, self._pages.services.read, words, email=NOBODY)
        if found.wishes is None:
            return None, found.problems.get("topics", words.gettext(wishes.OTHER))
        wanted = replace(found.wishes, papers=SAMPLES, locale=words.tag)
        return await self._pages.study(self._pages.services.sample, wanted), ""

    async def open(self, request: Request) -> Response:
        """What a letter's link opens: a question with one button. Changes nothing."""
        pages = self._pages
        answer, asked = await pages.desk(pages.services.joining.asked, request.path_params["token"])
        if asked is None:
            return self._told(request, answer)
        return pages.page(request, "confirm.html", wishes=asked.wishes, reader=asked.wishes)

    async def confirm(self, request: Request) -> Response:
        """The button: the address has answered."""
        pages, token = self._pages, request.path_params["token"]
        consent = pages.consent(request, pages.words(request).gettext(AGREED))
        answer = await pages.desk(pages.services.joining.confirm, token, consent)
        if answer is Answer.DONE:
            pages.services.welcome()
        if answer in {Answer.DONE, Answer.ALREADY}:
            return await self._welcomed(request, token)
        return self._told(request, answer)

    async def _welcomed(self, request: Request, token: str) -> Response:
        pages = self._pages
        found = await pages.desk(pages.services.joining.reader, token, Scope.CONFIRM)
        if found is None:
            return pages.unknown(request)
        reader, read = found
        own = Token(Scope.MANAGE, read.reader, pages.services.clock.now().date())
        return pages.page(request, "welcome.html", reader=reader, manage=pages.link("manage", own))

    def _told(self, request: Request, answer: Answer) -> Response:
        if answer is Answer.UNKNOWN:
            return self._pages.unknown(request)
        if answer is Answer.ALREADY:
            return self._pages.page(request, "said.html", said="already")
        return self._pages.page(request, "said.html", 410, said="late")

    async def _form(
        self,
        request: Request,
        values: Any,
        problems: dict[str, str],
        status: int = 200,
        form: Form | None = None,
    ) -> Response:
        pages = self._pages
        digest, problem = await self._sampled(request, form or Form())
        return pages.page(
            request,
            "subscribe.html",
            status,
            values=values,
            problems=problems | ({"topics": problem} if problem else {}),
            digest=digest,
            sampled=form is not None,
            suggestions=await pages.study(pages.services.suggestions) or [],
            zones=pages.settings.zones,
        )

    async def _read(self, request: Request) -> Form | None:
        try:
            return await read(request)
        except TooLong:
            return None
