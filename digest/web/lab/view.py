"""What a page of the lab shows: everything that its template prints, nothing left to compute."""

import re
from dataclasses import dataclass
from typing import Any

from digest.errors import DigestError
from digest.render.fit import BUDGET
from digest.render.lint import Document, Finding, Level, check
from digest.render.lint.header import decoded
from digest.render.lint.sizes import CLIP, STYLE, style_length
from digest.web.lab.bench import Bench, Versions
from digest.web.lab.differences import Line, differences
from digest.web.lab.panes import OVERVIEW, PANES, TEXTS, WIDTHS, pane
from digest.web.lab.services import Wanted

_LINE = re.compile(r"html line (\d+)\Z")
DEFAULT_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of a limit is used."""

    name: str
    value: int
    limit: int
    budget: int
    """What we allow ourselves."""
    unit: str

    @property
    def state(self) -> str:
        """`good`, `near` the budget, or `over` it."""
        if self.value > self.budget:
            return "over"
        return "near" if self.value > 0.85 * self.budget else "good"

    @property
    def share(self) -> float:
        """Of the limit, 0 to 1000."""
        return min(1000.0, round(1000 * self.value / self.limit, 1))

    @property
    def mark(self) -> float:
        """Where the budget ends, 0 to 1000."""
        return round(1000 * self.budget / self.limit, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the line of the source that it speaks of."""

    finding: Finding
    line: int | None


@dataclass(frozen=True, slots=True)
class Looking:
    """How somebody looks at a digest."""

    view: str = OVERVIEW
    width: int = DEFAULT_WIDTH
    against: str = "kept"
    """What changes are told against: `kept` or `day`."""

    @property
    def compares(self) -> bool:
        """Whether changes are looked at; telling them can take a while."""
        return self.view == "changes"

    @classmethod
    def read(cls, query: Any) -> "Looking":
        """From a page's query; what is unknown becomes the default."""
        view, width = query.get("view", OVERVIEW), query.get("width", "")
        known = view == OVERVIEW or view in TEXTS or pane(view) is not None
        return cls(
            view if known else OVERVIEW,
            int(width) if width in {str(one) for one in WIDTHS} else DEFAULT_WIDTH,
            "day" if query.get("against") == "day" else "kept",
        )


def of(bench: Bench, wanted: Wanted, looking: Looking) -> dict[str, Any]:
    """What the template needs of a digest; of one that cannot be made, why."""
    try:
        versions = bench.anew(wanted)
    except DigestError as error:
        return {"problem": str(error), "print": bench.print}
    document = versions.newest
    findings = [Told(finding, _line(finding)) for finding in check(document)]
    return {
        "problem": "",
        "print": versions.print,
        "document": document,
        "subject": decoded(document.field("subject")),
        "sender": decoded(document.field("from")),
        "receiver": document.field("to").strip("<>"),
        "date": document.field("date"),
        "meters": meters(document),
        "findings": {level: [t for t in findings if t.finding.level is level] for level in Level},
        "marked": {told.line for told in findings if told.finding.level is not Level.NOTE},
        "changes": changes(bench, wanted, versions, looking.against) if looking.compares else None,
        "has_day_before": bench.day_before(wanted) is not None,
    }


def choices() -> dict[str, Any]:
    """The views that there are to choose from."""
    return {"panes": PANES, "texts": TEXTS, "overview": OVERVIEW, "widths": WIDTHS}


def meters(document: Document) -> list[Meter]:
    """The two sizes that Gmail is strict about."""
    return [
        Meter("HTML, encoded", document.weight, CLIP, BUDGET, "octets"),
        Meter("Style element", style_length(document), STYLE, STYLE, "characters"),
    ]


def changes(
    bench: Bench, wanted: Wanted, versions: Versions, against: str
) -> dict[str, list[Line]] | None:
    """Per part the lines that differ; None when there is nothing to compare with."""
    other = _other(bench, wanted, versions, against)
    if other is None:
        return None
    new = versions.newest
    parts = {
        "Header": differences(_header(other), _header(new)),
        "Text": differences(other.text or "", new.text or ""),
        "HTML": differences(other.html, new.html),
    }
    return {name: lines for name, lines in parts.items() if lines}


def header_lines(document: Document) -> list[tuple[str, str]]:
    """Every field's name as it is written, and the rest with its folds."""
    pairs = (found.raw.decode("utf-8", "replace").partition(":") for found in document.header or ())
    return [(name, rest.strip()) for name, _, rest in pairs]


def _other(bench: Bench, wanted: Wanted, versions: Versions, against: str) -> Document | None:
    day_before = bench.day_before(wanted)
    if against == "day" and day_before is not None:
        try:
            return bench.versions(day_before).newest
        except DigestError:
            return None
    return versions.kept or versions.before


def _header(document: Document) -> str:
    lines = header_lines(document)
    return "\n".join(f"{name}: {rest}" for name, rest in lines if name.lower() != "date")


def _line(finding: Finding) -> int | None:
    found = _LINE.search(finding.where)
    return int(found[1]) if found else None
