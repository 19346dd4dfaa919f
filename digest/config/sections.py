"""Sections of settings that have no part of their own yet; each moves to the part it configures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from digest.model import Manner, Quiet
from digest.sources.arxiv import ArxivSettings
from digest.sources.biorxiv import BiorxivSettings
from digest.sources.crossref import CrossrefSettings
from digest.sources.feeds import FeedsSettings
from digest.sources.fetch import FetchSettings
from digest.sources.github import GitHubSettings
from digest.sources.hackernews import HackerNewsSettings
from digest.sources.huggingface import HuggingFaceSettings
from digest.sources.openalex import OpenAlexSettings
from digest.sources.openreview import OpenReviewSettings
from digest.sources.semanticscholar import SemanticScholarSettings

YEAR = 366 * 86_400
NO_SOURCE = frozenset({"fetch", "others", "enrich", "folder", "watch"})
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


class LogFormat(StrEnum):
    """How stages are told of."""

    PROGRESS = "progress"
    """Bars on a terminal, nothing elsewhere."""
    TEXT = "text"
    """One line an event, without addresses."""
    JSON = "json"


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
class DkimSettings:
    """`[dkim]`: signatures made here. Left out, the relay signs, as most do."""

    selector: tuple[str, ...] = ()
    """Names of the keys in DNS, below `_domainkey`; several sign side by side."""
    domain: str = ""
    """Whose DNS holds them; left out, that of `mail.from`."""
    key: tuple[Path, ...] = ()
    """Files of private keys (`digest dkim keygen`), one for each selector."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`[log]`: what the program tells of its stages on standard error."""

    format: LogFormat = LogFormat.PROGRESS


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
    """What was sent and trends anew, or has a major revision, may come again, labelled so."""
    patience: int = field(default=10_800, metadata={"low": 0, "high": YEAR})
    """Seconds after its day that a settled edition waits for sources that have not ended it."""

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
    metrics_bind: str = ""
    """Where `/metrics` is served; "": nowhere."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Whose word (X-Forwarded-For, -Proto) is taken for where a reader comes from."""
    keep_origin: bool = False
    """Whether a consent dossier tells from which network somebody asked."""
    blocked_domains: Path | None = None
    """A file of domains, one a line, whose mailboxes are thrown away: not subscribed."""
    check_mx: bool = False
    """Whether DNS is asked if mail can be delivered to a domain before it is subscribed."""


@dataclass(frozen=True, slots=True)
class SourcesSettings:
    """`[sources]`: how politely sources are asked; `[sources.NAME]`: where each of them is."""

    enrich: tuple[str, ...] = ()
    """Who is asked what else they know of a day's papers: `semanticscholar`, `hackernews`, …"""
    watch: bool = True
    """Read the present day's list, too, so that its votes are known as they grow."""
    folder: str = ""
    """A folder of saved pages and answers, from `home`; it is read like what is fetched."""
    fetch: FetchSettings = field(default_factory=FetchSettings)
    huggingface: HuggingFaceSettings = field(default_factory=HuggingFaceSettings)
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    semanticscholar: SemanticScholarSettings = field(default_factory=SemanticScholarSettings)
    biorxiv: BiorxivSettings = field(default_factory=BiorxivSettings)
    hackernews: HackerNewsSettings = field(default_factory=HackerNewsSettings)
    github: GitHubSettings = field(default_factory=GitHubSettings)
    feeds: FeedsSettings = field(default_factory=FeedsSettings)
    openreview: OpenReviewSettings = field(default_factory=OpenReviewSettings)
    openalex: OpenAlexSettings = field(default_factory=OpenAlexSettings)
    crossref: CrossrefSettings = field(default_factory=CrossrefSettings)
    others: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, repr=False, metadata={"key": False}
    )
    """Tables of sources that other distributions bring."""

    def tables(self) -> dict[str, Mapping[str, Any]]:
        """`[sources.NAME]` by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        named = {
            name: {key.name: getattr(table, key.name) for key in fields(table)}
            for name, table in own.items()
            if name not in NO_SOURCE
        }
        return named | dict(self.others)
