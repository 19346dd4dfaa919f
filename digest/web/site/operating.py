"""The operator's pages, behind a login; in English, like the replies and logs that they quote."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.errors import DigestError
from digest.render.languages import ENGLISH
from digest.web.site import plots
from digest.web.site.forms import Form, TooLong, read
from digest.web.site.pages import Pages, back
from digest.web.site.services import Operations
from digest.web.site.session import Sessions
from digest.web.site.throttle import Throttle


class Operating:
    """`/operator…`; only there when a password was set."""

    def __init__(self, pages: Pages, operations: Operations) -> None:
        self._pages, self._operations = pages, operations
        self._sessions = Sessions()
        self._tries = Throttle(5, timedelta(minutes=15))
        self._all_tries = Throttle(50, timedelta(minutes=15))
        self._secure = pages.settings.base_url.startswith("https:")

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/operator", self.overview),
            Route("/operator/login", self.login, methods=["POST"]),
            Route("/operator/logout", self.logout, methods=["POST"]),
            Route("/operator/reader", self.reader, methods=["POST"]),
        ]

    async def overview(self, request: Request) -> Response:
        """How it all goes."""
        pages = self._pages
        session = self._session(request)
        if not session:
            return pages.page(request, "operator/login.html", spoken=ENGLISH, wrong=False)
        told = await pages.desk(self._operations.overview)
        charts = {
            "growth": plots.growth(told["growth"]),
            "states": plots.stacked(told["deliveries"]),
            "providers": plots.stacked(told["providers"]),
        }
        return pages.page(
            request,
            "operator/overview.html",
            told=told,
            charts=charts,
            session=session,
            spoken=ENGLISH,
        )

    async def login(self, request: Request) -> Response:
        """Asks for the password, five times in a quarter of an hour from one network."""
        pages, now = self._pages, self._pages.services.clock.now()
        form = await self._form(request)
        who = pages.network(request)
        if not pages.may_act(request, form, "login"):
            return pages.stale(request)
        if not self._tries.allows(who, now) or not self._all_tries.allows("", now):
            return pages.page(request, "said.html", 429, said="slowly")
        if not await pages.study(self._operations.password, form.get("password")):
            return pages.page(request, "operator/login.html", 403, spoken=ENGLISH, wrong=True)
        self._tries.forgive(who)
        response = back(f"{pages.at}/operator")
        self._sessions.begin(response, now, secure=self._secure)
        return response

    async def logout(self, request: Request) -> Response:
        """Ends the session."""
        form = await self._form(request)
        session = self._session(request)
        if not session or not self._pages.may_act(request, form, f"operator {session}"):
            return self._pages.stale(request)
        response = back(f"{self._pages.at}/operator")
        self._sessions.end(request, response)
        return response

    async def reader(self, request: Request) -> Response:
        """All about one reader. By POST: an address does not stand in a URL."""
        pages = self._pages
        form, session = await self._form(request), self._session(request)
        if not session or not pages.may_act(request, form, f"operator {session}"):
            return pages.stale(request)
        address, paper = form.get("address"), form.get("paper")
        told, why, problem = None, None, ""
        try:
            told = await pages.desk(self._operations.reader, address)
            if told is not None and paper:
                why = await pages.desk(self._operations.why, address, paper)
        except DigestError as error:
            problem = str(error)
        return pages.page(
            request,
            "operator/reader.html",
            address=address,
            paper=paper,
            told=told,
            why=why,
            problem=problem,
            session=session,
            spoken=ENGLISH,
        )

    def _session(self, request: Request) -> str:
        return self._sessions.holds(request, self._pages.services.clock.now())

    async def _form(self, request: Request) -> Form:
        try:
            return await read(request)
        except TooLong:
            return Form()
