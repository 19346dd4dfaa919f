"""What readers say of papers: more, less, save; and the saved list, to be taken along."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.mail.tokens import Scope
from digest.model import Paper, Subscriber
from digest.model.feedback import Feedback, Opinion
from digest.web.site.bibliography import bibtex, ris
from digest.web.site.forms import TooLong, read
from digest.web.site.pages import Pages, back

SCOPES = (Scope.FEEDBACK, Scope.MANAGE)
FORMATS = {
    "bib": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
}


class Opinions:
    """`/feedback/TOKEN/PAPERID` and `/saved/TOKEN`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/feedback/{token}/{paper:path}", self.open),
            Route("/feedback/{token}/{paper:path}", self.say, methods=["POST"]),
            Route("/saved/{token}", self.saved),
            Route("/saved/{token}/papers.{format}", self.exported),
        ]

    async def open(self, request: Request) -> Response:
        """Three buttons. Changes nothing."""
        return await self._shown(request, "")

    async def say(self, request: Request) -> Response:
        """One of them was pressed."""
        pages = self._pages
        try:
            form = await read(request)
        except TooLong:
            return pages.page(request, "said.html", 413, said="long")
        found = await pages.reader(request, *SCOPES)
        paper = await self._paper(request)
        said = form.get("kind")
        if found is None or paper is None:
            return pages.unknown(request)
        reader, _ = found
        joining, kind = pages.services.joining, said.removeprefix("un")
        if kind not in set(Feedback):
            return await self._shown(request, "", 422)
        verb = joining.unsay if said.startswith("un") else joining.feedback
        await pages.desk(verb, reader.address, paper.id, Feedback(kind))
        if form.get("back") == "saved":
            return back(f"{pages.at}/saved/{request.path_params['token']}")
        return await self._shown(request, said)

    async def saved(self, request: Request) -> Response:
        """The list."""
        found = await self._saved(request)
        if found is None:
            return self._pages.unknown(request)
        reader, opinions, papers = found
        kept = [(papers[o.work], o.at) for o in opinions if o.work in papers]
        return self._pages.page(
            request,
            "saved.html",
            reader=reader,
            kept=kept,
            lost=len(opinions) - len(kept),
            token=request.path_params["token"],
        )

    async def exported(self, request: Request) -> Response:
        """The list as a file."""
        kind = FORMATS.get(request.path_params["format"])
        found = await self._saved(request)
        if found is None or kind is None:
            return self._pages.unknown(request)
        _, opinions, papers = found
        media_type, write = kind
        text = write([papers[opinion.work] for opinion in opinions if opinion.work in papers])
        name = f"papers.{request.path_params['format']}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type=f"{media_type}; charset=utf-8", headers=headers)

    async def _shown(self, request: Request, said: str, status: int = 200) -> Response:
        pages = self._pages
        found = await pages.reader(request, *SCOPES)
        paper = await self._paper(request)
        if found is None or paper is None:
            return pages.unknown(request)
        reader, _ = found
        opinions = await pages.desk(pages.services.joining.opinions, reader.address)
        held = {opinion.kind.value for opinion in opinions if opinion.work == paper.id}
        return pages.page(
            request,
            "feedback.html",
            status,
            reader=reader,
            paper=paper,
            held=held,
            said=said,
            token=request.path_params["token"],
        )

    async def _paper(self, request: Request) -> Paper | None:
        id_ = request.path_params["paper"]
        papers = await self._pages.desk(self._pages.services.papers, [id_])
        return papers.get(id_)

    async def _saved(
        self, request: Request
    ) -> tuple[Subscriber, Sequence[Opinion], Mapping[str, Paper]] | None:
        pages = self._pages
        found = await pages.reader(request, *SCOPES)
        if found is None:
            return None
        reader, _ = found
        opinions = await pages.desk(pages.services.joining.opinions, reader.address)
        saved = [opinion for opinion in opinions if opinion.kind is Feedback.SAVE]
        papers = await pages.desk(pages.services.papers, [opinion.work for opinion in saved])
        return reader, saved, papers
