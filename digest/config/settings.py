"""All settings, composed of the sections that the parts define."""

from dataclasses import dataclass, field
from pathlib import Path

from digest.config.places import Outbox, StoreUrl
from digest.config.sections import (
    DeliverySettings,
    DkimSettings,
    Engine,
    LogSettings,
    SelectionSettings,
    SourcesSettings,
    WebSettings,
)
from digest.doctor.settings import DoctorSettings
from digest.inbound.settings import InboundSettings
from digest.mail.identity import MailSettings
from digest.model import Secret
from digest.observe.settings import AlertSettings
from digest.sources.summaries import SummarySettings
from digest.store.retention import RetentionSettings
from digest.transport.settings import SmtpSettings

DEFAULT_HOME = "./var"
STORE = StoreUrl.parse("sqlite:///{home}/digest.db")
OUTBOX = Outbox.parse("maildir:{home}/outbox")
NO_KEY = {"key": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose; `docs/configuration.md` tells what each key means."""

    home: Path = Path(DEFAULT_HOME)
    store: StoreUrl = field(default=STORE, metadata={"hidden": True})
    engine: Engine = Engine.LOCAL
    outbox: Outbox = OUTBOX
    secret_key: tuple[Secret, ...] = ()
    """The first signs, all verify; empty: the one made under `home` (`secret_key.signing_keys`)."""
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    dkim: DkimSettings = field(default_factory=DkimSettings)
    log: LogSettings = field(default_factory=LogSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    selection: SelectionSettings = field(default_factory=SelectionSettings)
    summary: SummarySettings = field(default_factory=SummarySettings)
    mail: MailSettings = field(default_factory=MailSettings)
    web: WebSettings = field(default_factory=WebSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    doctor: DoctorSettings = field(default_factory=DoctorSettings)
    inbound: InboundSettings = field(default_factory=InboundSettings)
    sources: SourcesSettings = field(default_factory=SourcesSettings)
    file: Path | None = field(default=None, compare=False, metadata=NO_KEY)
    """The digest.toml that was read; None: there was none."""
    warnings: tuple[str, ...] = field(default=(), compare=False, metadata=NO_KEY)
    """What is no error but ought to be mended, in sentences."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "store", self.store.under(self.home))
        object.__setattr__(self, "outbox", self.outbox.under(self.home))
