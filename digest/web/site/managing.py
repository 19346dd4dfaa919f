"""A reader's own page: everything that they can change, by a signed link and no account."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.mail.tokens import Scope
from digest.model import Digest, Paper, Subscriber, SubscriberState
from digest.model.life import FOREVER
from digest.model.manner import Quiet
from digest.web.site import wishes
from digest.web.site.forms import LONG, Form, TooLong, read
from digest.web.site.library import MOST_LIKED, Learnt, learn
from digest.web.site.pages import Pages, back
from digest.web.site.throttle import Throttle

FIELDS = ("topics", "mute", "authors", "papers", "timezone", "send_at", "rhythm", "locale")
SWITCHES = ("fill", "serendipity", "again")
"""Wishes that are yes or no."""
PAUSES = {"week": 7, "fortnight": 14, "month": 30, "quarter": 91}
LONGEST_PAUSE = timedelta(days=3 * 366)
DONE = frozenset({"saved", "paused", "resumed", "imported", "unliked", "left", "back"})
"""What a page may say was done; the word stands in its address."""


class Managing:
    """`/manage/TOKEN`."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._posts = Throttle(120, timedelta(minutes=10))
        self._verbs = {
            "save": self._save,
            "preview": self._preview,
            "pause": self._pause,
            "resume": self._resume,
            "leave": self._leave,
            "undo": self._undo,
            "import": self._import,
            "unlike": self._unlike,
            "erase": self._erase,
        }

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/manage/{token}", self.open),
            Route("/manage/{token}", self.act, methods=["POST"]),
            Route("/manage/{token}/data.json", self.export),
        ]

    async def open(self, request: Request) -> Response:
        """The page. Changes nothing."""
        found = await self._pages.reader(request, Scope.MANAGE)
        if found is None:
            return self._pages.unknown(request)
        return await self._page(request, found[0])

    async def act(self, request: Request) -> Response:
        """One of its buttons."""
        pages = self._pages
        token = request.path_params["token"]
        if not self._posts.allows(token, pages.services.clock.now()):
            return pages.page(request, "said.html", 429, said="slowly")
        if await pages.reader(request, Scope.MANAGE) is None:  # long forms are for readers alone
            return pages.unknown(request)
        try:
            form = await read(request, LONG)
        except TooLong:
            return pages.page(request, "said.html", 413, said="long")
        found = await pages.reader(request, Scope.MANAGE)
        if found is None:
            return pages.unknown(request)
        if not pages.may_act(request, form, f"manage {token}"):
            return pages.stale(request)
        verb = self._verbs.get(form.get("act"))
        return await (verb(request, found[0], form) if verb else self._page(request, found[0]))

    async def export(self, request: Request) -> Response:
        """All that is stored about a reader."""
        pages = self._pages
        found = await pages.reader(request, Scope.MANAGE)
        if found is None:
            return pages.unknown(request)
        data = await pages.desk(pages.services.export, found[0])
        text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
        headers = {"content-disposition": 'attachment; filename="my-data.json"'}
        return Response(text, media_type="application/json", headers=headers)

    def _read(self, request: Request, reader: Subscriber, form: Form) -> wishes.Read:
        """The form as the reader's own wishes; what stands in no field stays."""
        words = self._pages.words(request, reader)
        fields = Form([pair for pair in form.fields if pair[0] in FIELDS])
        found = wishes.read(
            fields, self._pages.services.read, words, lines=True, email=reader.address
        )
        if found.wishes is not None:
            found.wishes = replace(
                found.wishes,
                name=reader.name,
                liked=reader.liked,
                state=reader.state,
                **self._manner(form),
            )
        return found

    def _manner(self, form: Form) -> dict[str, Any]:
        """How papers are to be chosen; None where that is as usual, so that it stays usual."""
        usual = self._pages.settings.usual
        quiet = form.get("quiet")
        wanted: dict[str, Any] = {name: form.get(name) == "yes" for name in SWITCHES}
        wanted["quiet"] = Quiet(quiet) if quiet in set(Quiet) else usual.quiet
        return {n: None if value == getattr(usual, n) else value for n, value in wanted.items()}

    async def _save(self, request: Request, reader: Subscriber, form: Form) -> Response:
        found = self._read(request, reader, form)
        if found.wishes is None:
            return await self._page(request, reader, form=form, problems=found.problems)
        consent = self._pages.consent(request)
        await self._pages.desk(self._pages.services.joining.change, found.wishes, consent)
        return self._done(request, "saved")

    async def _preview(self, request: Request, reader: Subscriber, form: Form) -> Response:
        """What the form, saved or not, would bring tomorrow."""
        pages = self._pages
        found = self._read(request, reader, form)
        digest: Digest | None = None
        if found.wishes is not None:
            digest = await pages.study(pages.services.sample, found.wishes)
        if request.headers.get("x-part") == "sample":
            problem = next(iter(found.problems.values()), "")
            return pages.page(request, "sample.html", reader=reader, digest=digest, problem=problem)
        return await self._page(request, reader, form=form, problems=found.problems, digest=digest)

    async def _pause(self, request: Request, reader: Subscriber, form: Form) -> Response:
        until = self._until(form)
        if until == date.min:
            words = self._pages.words(request, reader)
            problems = {"until": words.gettext(wishes.OTHER)}
            return await self._page(request, reader, problems=problems)
        pause, consent = self._pages.services.joining.pause, self._pages.consent(request)
        await self._pages.desk(pause, reader.address, until, consent)
        return self._done(request, "paused")

    def _until(self, form: Form) -> date | None:
        """The first day of mail again; None: until they say so; date.min: nothing that can be."""
        today = self._pages.services.clock.now().date()
        if form.get("for") in PAUSES:
            return today + timedelta(days=PAUSES[form.get("for")])
        if form.get("for") == "ever":
            return None
        try:
            until = date.fromisoformat(form.get("until"))
        except ValueError:
            return date.min
        return until if today < until <= today + LONGEST_PAUSE else date.min

    async def _resume(self, request: Request, reader: Subscriber, form: Form) -> Response:
        del form
        services, consent = self._pages.services, self._pages.consent(request)
        suppressed = reader.state is SubscriberState.SUPPRESSED
        verb = services.release if suppressed else services.joining.resume
        await self._pages.desk(verb, reader.address, consent)
        return self._done(request, "resumed")

    async def _leave(self, request: Request, reader: Subscriber, form: Form) -> Response:
        del form
        leave, consent = self._pages.services.joining.leave, self._pages.consent(request)
        await self._pages.desk(leave, reader.address, consent)
        return self._done(request, "left")

    async def _undo(self, request: Request, reader: Subscriber, form: Form) -> Response:
        del form
        undo, consent = self._pages.services.joining.undo, self._pages.consent(request)
        await self._pages.desk(undo, reader.address, consent)
        return self._done(request, "back")

    async def _import(self, request: Request, reader: Subscriber, form: Form) -> Response:
        """Learns from a library: likes what it knows by id, proposes topics."""
        pages = self._pages
        content = form.files.get("file") or form.get("works").encode()
        learnt = await pages.study(learn, content)
        if learnt is None:
            return pages.page(request, "said.html", 429, said="slowly")
        liked = tuple(dict.fromkeys([*learnt.liked, *reader.liked]))[:MOST_LIKED]
        if liked != reader.liked:
            reader = replace(reader, liked=liked)
            change, consent = pages.services.joining.change, pages.consent(request)
            await pages.desk(change, reader, consent)
        return await self._page(request, reader, learnt=learnt)

    async def _unlike(self, request: Request, reader: Subscriber, form: Form) -> Response:
        gone = set(form.all("paper"))
        liked = tuple(id_ for id_ in reader.liked if id_ not in gone)
        change, consent = self._pages.services.joining.change, self._pages.consent(request)
        await self._pages.desk(change, replace(reader, liked=liked), consent)
        return self._done(request, "unliked")

    async def _erase(self, request: Request, reader: Subscriber, form: Form) -> Response:
        if form.get("sure") != "yes":
            words = self._pages.words(request, reader)
            problems = {"sure": words.gettext(wishes.OTHER)}
            return await self._page(request, reader, problems=problems)
        await self._pages.desk(self._pages.services.joining.erase, reader.address)
        return self._pages.page(request, "said.html", said="erased")

    def _done(self, request: Request, done: str) -> Response:
        return back(f"{self._pages.at}/manage/{request.path_params['token']}?done={done}")

    async def _page(
        self,
        request: Request,
        reader: Subscriber,
        *,
        form: Form | None = None,
        problems: Mapping[str, str] | None = None,
        digest: Digest | None = None,
        learnt: Learnt | None = None,
    ) -> Response:
        pages = self._pages
        done = request.query_params.get("done", "") if request.method == "GET" else ""
        life = await pages.desk(pages.services.joining.life, reader.address)
        if digest is None:
            digest = await pages.study(pages.services.sample, reader)
        liked: Mapping[str, Paper] = await pages.desk(pages.services.papers, list(reader.liked))
        values = values_of(reader)
        if form is not None:
            values |= {name: form.get(name) for name in FIELDS if name in form}
            reader = replace(reader, **self._manner(form))
        return pages.page(
            request,
            "manage.html",
            422 if problems else 200,
            reader=reader,
            token=request.path_params["token"],
            values=values,
            manner=reader.manner(pages.settings.usual),
            problems=problems or {},
            done=done if done in DONE else "",
            state=reader.state.value,
            until=None if life.pause_until in {None, FOREVER} else life.pause_until,
            today=pages.services.clock.now().date(),
            digest=digest,
            learnt=learnt,
            liked=[(id_, liked[id_].title if id_ in liked else "") for id_ in reader.liked],
            suggestions=await pages.study(pages.services.suggestions) or [],
            zones=pages.settings.zones,
        )


def values_of(reader: Subscriber) -> dict[str, Any]:
    """What stands in the fields of a reader's page."""
    return {
        "topics": "\n".join(map(str, reader.topics)),
        "mute": "\n".join(reader.mute),
        "authors": "\n".join(reader.authors),
        "papers": str(reader.papers),
        "timezone": reader.timezone,
        "send_at": reader.send_at.strftime("%H:%M") if reader.send_at else "",
        "rhythm": reader.rhythm.value,
        "locale": reader.locale,
    }
