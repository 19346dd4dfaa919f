"""A day's page as Hugging Face serves it: the data embedded, and a card for every paper.

Only what a reader of such pages goes by is made: elements, attributes and classes that hold facts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

Entry = Mapping[str, Any]

_PAGE = """<!doctype html>
<html class="">
<head>
<meta charset="utf-8" />
<meta property="og:title" content="Daily Papers - Hugging Face" />
<meta property="og:url" content="https://huggingface.co/papers/date/{day}" />
<title>Daily Papers - Hugging Face</title>
</head>
<body class="DailyPapersPage">
<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props="{props}">
<section class="container"><h1>Daily Papers</h1>
<time datetime="{day}T00:00:00.000Z">{day}</time>
<div class="relative grid">{cards}</div>
</section></div>
</body>
</html>
"""

_CARD = """<article class="relative overflow-hidden rounded-xl border">\
<div class="hidden h-40 md:flex">{half}</div><div class="flex flex-col md:hidden">{half}</div>\
</article>
"""

_HALF = """<h3><a href="/papers/{id}" class="line-clamp-2">{title}</a></h3>\
<p class="line-clamp-2">{text}</p>{organization}<span>Published on {published}</span>\
<a href="/login?next=%2Fpapers%2F{id}">Upvote \
<div class="font-semibold text-orange-500">{upvotes}</div></a>{code}\
<a href="https://arxiv.org/abs/{id}"><span>arXiv Page</span></a>"""

_ORGANIZATION = '<a href="/{name}"><span class="block min-w-0 truncate">{fullname}</span></a>'
_CODE = '<a href="{url}"><span>GitHub</span> <span>{stars}</span></a>'


def page(day: date, entries: Sequence[Entry]) -> bytes:
    """The page of a day, with entries as the API gives them."""
    props = {
        "canSubmit": False,
        "date": f"{day}T00:00:00.000Z",
        "dateString": day.isoformat(),
        "periodType": "day",
        "dailyPapers": [_whole(entry) for entry in entries],
        "nextDate": (day + timedelta(days=1)).isoformat(),
        "prevDate": (day - timedelta(days=1)).isoformat(),
    }
    embedded = escape(json.dumps(props, ensure_ascii=False, separators=(",", ":")))
    cards = "".join(_CARD.format(half=_half(entry["paper"])) for entry in entries)
    return _PAGE.format(day=day, props=embedded, cards=cards).encode()


def _whole(entry: Entry) -> Entry:
    """An entry with the fields that the source gives twice."""
    twice = {name: entry["paper"].get(name) for name in ("publishedAt", "title", "summary")}
    return {**twice, **entry}


def _half(paper: Entry) -> str:
    return _HALF.format(
        id=escape(paper["id"]),
        title=escape(paper["title"]),
        text=escape(paper.get("ai_summary") or paper.get("summary") or ""),
        organization=_organization(paper.get("organization") or {}),
        published=_in_words(paper["publishedAt"]),
        upvotes=paper["upvotes"],
        code=_code(paper),
    )


def _organization(organization: Entry) -> str:
    if not organization:
        return ""
    name = organization.get("name", "")
    fullname = organization.get("fullname", name)
    return _ORGANIZATION.format(name=escape(name), fullname=escape(fullname))


def _code(paper: Entry) -> str:
    if not paper.get("githubRepo"):
        return ""
    return _CODE.format(
        url=escape(paper["githubRepo"]), stars=_abbreviated(paper.get("githubStars"))
    )


def _abbreviated(stars: int | None) -> str:
    if stars is None:
        return ""
    return str(stars) if stars < 1000 else f"{stars / 1000:.3g}k"


def _in_words(instant: str) -> str:
    published = datetime.fromisoformat(instant)
    return f"{published:%b} {published.day}, {published.year}"
