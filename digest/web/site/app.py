"""The site's application (Starlette)."""

import logging
from hashlib import blake2b
from typing import NamedTuple, Protocol

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from digest.errors import DigestError, RenderError, TryAgainLater
from digest.render.templates import pages as templates
from digest.web.archive import Archive
from digest.web.site.edition import Edition
from digest.web.site.guard import Guard
from digest.web.site.leaving import Leaving
from digest.web.site.managing import Managing
from digest.web.site.metrics import Counts, create_metrics
from digest.web.site.operating import Operating
from digest.web.site.opinions import Opinions
from digest.web.site.pages import Pages
from digest.web.site.services import Services, SiteSettings
from digest.web.site.subscribing import Subscribing

FILES = {"site.css": "text/css", "site.js": "text/javascript", "icon.svg": "image/svg+xml"}
_LOG = logging.getLogger("digest.web")


class Part(Protocol):
    """Some pages of the site."""

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""


class Apps(NamedTuple):
    """The site, and its figures for a bind of their own."""

    site: Starlette
    metrics: Starlette


def create_app(services: Services, settings: SiteSettings) -> Apps:
    """The site of an installation."""
    pages, counts = Pages(services, settings, templates()), Counts()
    site = Site(pages)
    parts: list[Part] = [
        Subscribing(pages),
        Managing(pages),
        Leaving(pages),
        Opinions(pages),
        Edition(pages),
    ]
    if services.shelf is not None:
        parts.append(Archive(pages, services.shelf))
    routes: list[BaseRoute] = [route for part in parts for route in part.routes]
    if services.operations is not None:
        routes += Operating(pages, services.operations).routes
    routes += [Route("/healthz", site.healthz)]
    routes += [Route(f"/{name}", site.file) for name in FILES]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Guard, base_url=settings.base_url, host=settings.host, counted=counts)
        ],
        exception_handlers={404: site.missing, 405: site.missing, DigestError: site.failed},
    )
    return Apps(app, create_metrics(pages, counts))


class Site:
    """What belongs to no part: files, health, and what goes wrong."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        environment = templates()
        self._files = {name: _source(environment, f"web/{name}") for name in FILES}

    async def healthz(self, request: Request) -> Response:
        """Whether the site can do its work."""
        del request
        try:
            well = await self._pages.desk(self._pages.services.healthy)
        except DigestError:
            well = False
        return PlainTextResponse(
            "ok\n" if well else "the store does not answer\n", 200 if well else 503
        )

    async def file(self, request: Request) -> Response:
        """Style, script and icon; their address stays, so a browser asks whether they changed."""
        name = request.url.path.rpartition("/")[2]
        content = self._files[name]
        tag = f'"{blake2b(content, digest_size=8).hexdigest()}"'
        headers = {"etag": tag, "cache-control": "public, max-age=300"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=FILES[name], headers=headers)

    async def missing(self, request: Request, error: Exception) -> Response:
        """A page that there is not, or an act that it does not know."""
        status = getattr(error, "status_code", 404)
        if status == 405:
            headers = dict(getattr(error, "headers", None) or {})
            return PlainTextResponse("not here\n", 405, headers)
        return self._pages.page(request, "said.html", status, said="missing")

    async def failed(self, request: Request, error: Exception) -> Response:
        """Trouble of ours, or of the moment."""
        status = 503 if isinstance(error, TryAgainLater) else 500
        # The path may hold a token: only what kind of page it is goes to the log.
        page = request.url.path.strip("/").partition("/")[0] or "home"
        _LOG.error("the page %s failed: %s", page, error)
        return self._pages.page(request, "said.html", status, said="trouble")


def _source(environment: Environment, name: str) -> bytes:
    if environment.loader is None:
        raise RenderError(f"{name} cannot be found")
    return environment.loader.get_source(environment, name)[0].encode()
