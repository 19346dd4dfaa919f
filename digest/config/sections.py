"""Sections of settings that have no part of their own yet; each moves to the part it configures."""

from dataclasses import dataclass, field
from enum import StrEnum

from digest.model import Secret

YEAR = 366 * 86_400


class Engine(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    FLEET = "fleet"


class Security(StrEnum):
    """How a connection to the relay is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


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


class Quiet(StrEnum):
    """What a reader gets when nothing reaches their floor."""

    TRENDING = "trending"
    NOTE = "note"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`[smtp]`: the relay that takes the mail."""

    host: str = "localhost"
    port: int = field(default=587, metadata={"low": 1, "high": 65_535})
    security: Security = Security.STARTTLS
    username: str = ""
    password: Secret = field(default_factory=Secret)
    sessions: int = field(default=16, metadata={"low": 1, "high": 1_000})
    processes: int | None = field(default=None, metadata={"low": 1, "high": 256})
    """None: as many as there are cores."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """`[delivery]`: what becomes of mail that was not taken at once."""

    retry_after: int | None = field(default=None, metadata={"low": 0, "high": YEAR})
    """Seconds until a deferred mail is due again; None: by the reply. Applied when asked."""
    expire_after: int = field(default=86_400, metadata={"low": 0, "high": YEAR})
    """Seconds from the first attempt after which a deferred mail is given up."""
    in_doubt: InDoubt = InDoubt.HOLD


@dataclass(frozen=True, slots=True)
class SelectionSettings:
    """`[selection]`: what readers get."""

    quiet: Quiet = Quiet.TRENDING
    edition: EditionKind = EditionKind.SETTLED


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`[web]`: the links in mails, and where `digest web` listens."""

    base_url: str = "http://127.0.0.1:8025"
    bind: str = "127.0.0.1:8025"


@dataclass(frozen=True, slots=True)
class HuggingFaceSettings:
    """`[sources.huggingface]`."""

    url: str = "https://huggingface.co"


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
    """`[sources.NAME]`: where each source is asked."""

    huggingface: HuggingFaceSettings = field(default_factory=HuggingFaceSettings)
    arxiv: ArxivSettings = field(default_factory=ArxivSettings)
    semanticscholar: SemanticScholarSettings = field(default_factory=SemanticScholarSettings)
    biorxiv: BiorxivSettings = field(default_factory=BiorxivSettings)
    hackernews: HackerNewsSettings = field(default_factory=HackerNewsSettings)
    github: GitHubSettings = field(default_factory=GitHubSettings)
