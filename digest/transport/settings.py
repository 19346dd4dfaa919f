"""How the relay is reached, and what is allowed on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from digest.errors import BadSetting
from digest.mail.domain import is_loopback
from digest.mail.operators import canonical
from digest.mail.verdict import Phase
from digest.transport.gate import Limit
from digest.transport.pipeline import LIMITS
from digest.transport.rate import UNLIMITED, Rate


class Security(StrEnum):
    """How the connection is protected: exactly so, never less."""

    STARTTLS = "starttls"
    """In clear until STARTTLS, then TLS (RFC 3207); refused when the server offers none."""
    TLS = "tls"
    """TLS from the first byte (RFC 8314 §3.3)."""
    NONE = "none"
    """In clear: for a relay on this machine or a trusted network."""


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
"""RFC 6409 §3.1, RFC 8314 §7.3, RFC 5321 §4.5.4.2."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """`[[smtp.provider]]`: what is allowed to one provider, however many relays and processes."""

    name: str = ""
    """`google`, `outlook` … (`digest.mail.operators`), a domain, or `*`: each that has no entry."""
    concurrency: int = 0
    """Mails on the way to it at once; 0: no limit."""
    rate: Rate = UNLIMITED

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("name says whom it is about, as in 'google' or '*'")
        if self.concurrency < 0:
            raise ValueError(f"concurrency of {self.name} must be at least 0")


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """`[[smtp.relay]]`: one of several relays; what is not here is as `[smtp]` has it."""

    host: str = ""
    port: int = 0
    security: Security | None = None
    """None: as `smtp.security`."""
    username: str = ""
    password: str = field(default="", repr=False)
    weight: float = 1.0
    """Its share of the mail, beside the other weights."""
    rate: Rate = UNLIMITED

    def __post_init__(self) -> None:
        if not self.host:
            raise ValueError("host is missing")
        if not self.weight > 0:
            raise ValueError(f"weight of {self.host} must be more than 0")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The relays that take the mail. Raises BadSetting for what cannot be meant so."""

    host: str = "localhost"
    port: int = 0
    """0: the usual one, 587 for `starttls`, 465 for `tls`, 25 for `none`."""
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    sessions: int = 16
    """SMTP sessions in all, shared among the processes, and the relays by weight."""
    processes: int = 0
    """Processes that compose and send; 0: one for each core."""
    ca_file: str = ""
    """PEM file of certificate authorities to trust besides the system's."""
    hello: str = ""
    """What EHLO says (RFC 5321 §4.1.4); "": this machine's name, or its address as a literal."""
    timeout: float = 60.0
    """Seconds for each step of opening a session."""
    rate: Rate = UNLIMITED
    """Mails through each relay."""
    per_connection: int = 0
    """Mails on a connection at most, then another is opened; 0: no limit."""
    look_up_mx: bool = False
    """Whether DNS is asked who operates the mailboxes of a domain."""
    ramp: tuple[int, ...] = ()
    """Mails that each relay may take on day 1, 2, … of a new sender; then any number."""
    relay: tuple[RelaySettings, ...] = field(default=(), metadata={"hidden": True})
    """In place of `host`, `port`, `username`, `password`, when there are any."""
    provider: tuple[ProviderSettings, ...] = ()
    limits: dict[Phase, float] = field(
        default_factory=lambda: dict(LIMITS), repr=False, metadata={"key": False}
    )
    """Seconds for each answer to a mail (RFC 5321 §4.5.3.2)."""
    reopen_after: tuple[float, ...] = field(default=(0.0, 1.0, 5.0), metadata={"key": False})
    """Seconds to wait before each attempt to open a lost session again."""

    def __post_init__(self) -> None:
        try:
            security = Security(self.security)
        except ValueError:
            wanted = ", ".join(Security)
            raise BadSetting("smtp.security", f"{self.security!r}", f"one of {wanted}") from None
        object.__setattr__(self, "security", security)
        object.__setattr__(self, "port", self.port or PORTS[security])
        self._check_way()
        self._check_relays()
        if any(step < 1 for step in self.ramp):
            raise BadSetting("smtp.ramp", "allows nothing on some day", "1 or more each day")

    def _check_way(self) -> None:
        if not 0 < self.port < 65536:
            raise BadSetting("smtp.port", f"{self.port} is not a port", "1 to 65535")
        if self.sessions < 1:
            raise BadSetting("smtp.sessions", f"{self.sessions} sessions send nothing", "1 or more")
        if not self.host or any(not c.isprintable() or c.isspace() for c in self.host):
            raise BadSetting("smtp.host", f"{self.host!r} is not a host name")
        if self.username and self.security is Security.NONE and not is_loopback(self.host):
            raise BadSetting(
                "smtp.security",
                f"'none' would send the password to {self.host} in clear",
                "write 'starttls' or 'tls', or leave smtp.username empty",
            )
        if self.username and not self.password:
            raise BadSetting("smtp.password", "is empty, though smtp.username is set")

    def _check_relays(self) -> None:
        try:
            names = [relay.name for relay in self.relays]
        except BadSetting as error:
            raise BadSetting("smtp.relay", f"{error.where} {error.problem}", error.hint) from error
        if len(set(names)) < len(names):
            raise BadSetting("smtp.relay", "the same host and port stand there twice")
        if self.sessions < len(names):
            problem = f"{self.sessions} are too few for {len(names)} relays"
            raise BadSetting("smtp.sessions", problem, "one for each relay at least")

    @property
    def name(self) -> str:
        """What a relay is called."""
        return f"{self.host}:{self.port}"

    @property
    def relays(self) -> tuple["SmtpSettings", ...]:
        """Each relay by itself, with all that is set for it."""
        if not self.relay:
            return (self,)
        return tuple(
            replace(
                self,
                host=entry.host,
                port=entry.port,
                security=entry.security or self.security,
                username=entry.username,
                password=entry.password,
                rate=entry.rate if entry.rate.per_second else self.rate,
                relay=(),
                sessions=1,
            )
            for entry in self.relay
        )

    @property
    def weights(self) -> tuple[float, ...]:
        """Of the relays, in the same order."""
        return tuple(entry.weight for entry in self.relay) or (1.0,)

    @property
    def provider_limits(self) -> Mapping[str, Limit]:
        """By the name that a provider goes by."""
        return {
            canonical(entry.name): Limit(entry.concurrency, entry.rate) for entry in self.provider
        }
