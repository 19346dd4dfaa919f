"""Figures for a monitor (Prometheus text format 0.0.4), on a bind of their own."""

from collections import Counter
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from digest.web.site.pages import Pages

TYPE = "text/plain; version=0.0.4; charset=utf-8"
PLACES = ("confirm", "manage", "unsubscribe", "feedback", "saved", "digest", "archive", "topics",
          "operator", "sample", "asked", "healthz")  # fmt: skip


class Counts:
    """How the site's own answers ended, by page and status; no reader is told apart."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, int]] = Counter()

    def __call__(self, path: str, status: int) -> None:
        """Counts an answer."""
        first = path.strip("/").partition("/")[0]
        place = first if first in PLACES else "home" if not first else "other"
        self._answers[place, status] += 1

    def lines(self) -> list[str]:
        """In the text format."""
        rows = sorted(self._answers.items())
        return ["# TYPE digest_web_answers_total counter"] + [
            f'digest_web_answers_total{{page="{page}",status="{status}"}} {number}'
            for (page, status), number in rows
        ]


def text(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Gauges, each with one label."""
    lines = []
    for name, values in figures.items():
        metric, _, label = name.partition("/")
        lines.append(f"# TYPE digest_{metric} gauge")
        for value, number in values.items():
            shown = value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
            labels = f'{{{label}="{shown}"}}' if label else ""
            lines.append(f"digest_{metric}{labels} {number:g}")
    return lines


def create_metrics(pages: Pages, counts: Counts) -> Starlette:
    """`/metrics` and nothing else."""

    async def metrics(request: Request) -> Response:
        del request
        figures = await pages.desk(pages.services.metrics)
        lines = [*text(figures), *counts.lines()]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=TYPE)

    return Starlette(routes=[Route("/metrics", metrics)])
