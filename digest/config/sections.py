"""Sections of settings that have no part of their own yet; each moves to the part it configures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from digest.model import Manner, Quiet
from digest.sources.fetch import FetchSettings
from digest.sources.huggingface import HuggingFaceSettings

YEAR = 366 * 86_400
NO_SOURCE = frozenset({"fetch", "others"})
"""Fields below `sources` that are not the table of a source of ours."""


class Engine(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    FLEET = "fleet"


class EditionKind(StrEnum):
    """Which day's papers readers get."""

    SETTLED = "settled"
    """The newest day that is over: its list is complete and its votes have settled."""
    FRESH = "fresh"
    """The present day, as far as it has come."""


class InDoubt(StrEnum):
    """What becomes of a mail whose reply after the final dot was lost."""

    HOLD = "hold"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """`[delivery]`: what becomes of mail that was not taken at once."""

    retry_after: int | None = field(default=None, metadata={"low": 0, "high": YEAR})
    """Seconds until a deferred mail is due again; None: by the reply. Applied when asked."""
    expire_after: int = field(default=86_400, metadata={"low": 0, "high": YEAR})
    """Seconds from the first attempt after which a deferred mail is given up."""
    in_doubt: InDoubt = InDoubt.HOLD
    fold_after: int = field(default=75, metadata={"low": 0, "high": 100})
    """Percent of the time until a reader's next edition; a later one is folded into that."""


@dataclass(frozen=True, slots=True)
class SelectionSettings:
    """`[selection]`: what readers get."""

    quiet: Quiet = Quiet.TRENDING
    edition: EditionKind = EditionKind.SETTLED
    fill: bool = False
    """Places that nothing on a reader's topics takes go to what comes nearest."""
    serendipity: bool = False
    """The last place goes to what trends most outside a reader's topics."""
    again: bool = False
    """What was sent a month ago and trends anew may come again, labelled so."""

    @property
    def fresh(self) -> bool:
        """Whether readers get the present day, as far as it has come."""
        return self.edition is EditionKind.FRESH

    @property
    def manner(self) -> Manner:
        """How papers are chosen for readers who wish nothing else."""
        return Manner(self.quiet, self.fill, self.serendipity, self.again)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`[web]`: the links in mails, and where `digest web` listens."""

    base_url: str = "http://127.0.0.1:8025"
    bind: str = "127.0.0.1:8025"


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """`[sources.arxiv]`."""

    rss_url: str = "https://rss.arxiv.org"
    api_url: str = "https://export.arxiv.org"
    oai_url: str = "https://oaipmh.arxiv.org"


@dataclass(frozen=True, slots=True)
class SemanticScholarSettings:
    """`[sources.semanticscholar]`."""

    url: str = "https://api.semanticscholar.org"


@dataclass(frozen=True, slots=True)
class BiorxivSettings:
    """`[sources.biorxiv]`."""

    url: str = "https://api.biorxiv.org"


@dataclass(frozen=True, slots=True)
class HackerNewsSettings:
    """`[sources.hackernews]`."""

    url: str = "https://hn.algolia.com"


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """`[sources.github]`."""

    url: str = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class SourcesSettings:
    """`[sources]`: how politely sources are asked; `[sources.NAME]`: where each of them is."""

    fetch: FetchSettings = field(default_factory=FetchSettings)
    huggingface: HuggingFaceSettings = field(default_factory=HuggingFaceSettings)
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    semanticscholar: SemanticScholarSettings = field(default_factory=SemanticScholarSettings)
    biorxiv: BiorxivSettings = field(default_factory=BiorxivSettings)
    hackernews: HackerNewsSettings = field(default_factory=HackerNewsSettings)
    github: GitHubSettings = field(default_factory=GitHubSettings)
    others: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, repr=False, metadata={"key": False}
    )
    """Tables of sources that other distributions bring."""

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """`[sources.NAME]` by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        named = {name: asdict(table) for name, table in own.items() if name not in NO_SOURCE}
        return named | dict(self.others)
