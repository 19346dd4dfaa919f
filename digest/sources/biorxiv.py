"""bioRxiv and medRxiv (https://api.biorxiv.org): preprints by day. From documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.errors import Unreachable
from digest.model import Page, Paper, Request, Response, is_weekend
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each

URL = "https://api.biorxiv.org"
SHAPE = "`messages` with a status, and an array at `collection`"


@dataclass(frozen=True, slots=True)
class BiorxivSettings:
    """`[sources.biorxiv]`."""

    url: str = URL
    servers: tuple[str, ...] = ()
    """`biorxiv`, `medrxiv` or both; with none, a run does not ask them."""
    categories: tuple[str, ...] = ()
    """Only these, as the server writes them: "neuroscience"; with none, all."""


class Biorxiv(PlainSource):
    """Preprints of a day, page after page, server after server."""

    name = "biorxiv"

    def __init__(
        self, url: str = URL, servers: Sequence[str] = (), categories: Sequence[str] = ()
    ) -> None:
        """`url` is the API's host."""
        self.url, self.enabled = url.rstrip("/"), bool(servers)
        self.servers = tuple(servers) or ("biorxiv",)
        self.categories = frozenset(map(str.lower, categories))

    def expects(self, day: date) -> bool:
        """Some preprints appear on every working day, though not of every category."""
        return not is_weekend(day) and not self.categories

    def first(self, day: date) -> Request:
        """The first server's first page."""
        return self._page(self.servers[0], day.isoformat(), 0)

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer of `/details`."""
        return b'"collection"' in body and b'"messages"' in body

    def take(self, text: str, response: Response) -> Page:
        """One page; the next begins after as many as this one holds, for `total` is inflated."""
        told = mapping(parse(text))
        status = [fields.held(m).get("status") for m in fields.listed(told.get("messages"))][:1]
        if not status:
            raise Unreadable(SHAPE)
        if status[0] not in {"ok", "no posts found"}:
            raise Unreachable(f"{response.url}: answered {status[0]!r:.200}")
        found = told.get("collection", [])
        if not isinstance(found, list):
            raise Unreadable(SHAPE)
        papers, notes = read_each(found, _paper, "entry")
        wanted = self.categories
        kept = tuple(p for p in papers if not wanted or wanted & set(p.categories))
        days = {fields.day(each.get("date")) for each in found if isinstance(each, dict)}
        day = days.pop() if len(days) == 1 else None
        return Page(kept, day, self._following(response, len(found)), notes)

    def _page(self, server: str, day: str, cursor: int) -> Request:
        return Request(f"{self.url}/details/{server}/{day}/{day}/{cursor}")

    def _following(self, response: Response, found: int) -> Request | None:
        parts = response.url.removeprefix(f"{self.url}/details/").split("/")
        if not response.url.startswith(self.url) or len(parts) < 4 or not parts[3].isdigit():
            return None
        if found:
            return self._page(parts[0], parts[1], int(parts[3]) + found)
        later = self.servers[self.servers.index(parts[0]) + 1 :] if parts[0] in self.servers else ()
        return self._page(later[0], parts[1], 0) if later else None


def _paper(value: object) -> Paper:
    told = mapping(value)
    doi, title = fields.doi(told.get("doi")), fields.text(told.get("title"))
    if not doi or not title:
        raise Unreadable("`doi` and `title`, found less")
    journal = fields.doi(told.get("published"))
    names = (n.strip() for n in fields.text(told.get("authors")).split(";"))
    server, number = fields.text(told.get("server")).lower() or "biorxiv", str(told.get("version"))
    return Paper(
        id=doi,
        title=title,
        also=(journal,) if journal and journal != doi else (),
        abstract=fields.text(told.get("abstract")),
        authors=tuple(" ".join(reversed(name.split(", ", 1))) for name in names if name),
        categories=(fields.text(told.get("category")).lower(),),
        url=f"https://www.{server}.org/content/{doi.removeprefix('doi:')}v{number}",
        published=fields.instant(fields.text(told.get("date"))),
        version=int(number) if number.isdigit() else None,
        announced="replace" if number.isdigit() and int(number) > 1 else "new",
        withdrawn=fields.text(told.get("type")).lower() == "withdrawn",
        sources=("biorxiv",),
    )
