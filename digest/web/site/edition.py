"""An edition as a page, for the reader to whom it was sent."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.mail.tokens import Scope
from digest.web.site.pages import Pages


class Edition:
    """`/digest/TOKEN`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/digest/{token}", self.open)]

    async def open(self, request: Request) -> Response:
        """What was sent. No link in it acts for the reader: such a page is passed on."""
        pages = self._pages
        found = await pages.reader(request, Scope.VIEW)
        if found is None or found[1].day is None:
            return pages.unknown(request)
        reader, token = found
        digest = await pages.study(pages.services.edition, reader, token.day)
        if digest is None:
            return pages.page(request, "said.html", 410, said="forgotten")
        return pages.page(request, "digest.html", reader=reader, digest=digest)
