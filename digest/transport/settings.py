"""How the relay is reached, and what is allowed on the way."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum

from digest.errors import BadSetting
from digest.mail.verdict import Phase
from digest.transport.pipeline import LIMITS


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
class SmtpSettings:
    """The relay that takes the mail. Raises BadSetting for what cannot be meant so."""

    host: str = "localhost"
    port: int = 0
    """0: the usual one, 587 for `starttls`, 465 for `tls`, 25 for `none`."""
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    sessions: int = 16
    """SMTP sessions in all, shared among the processes."""
    processes: int = 0
    """Processes that compose and send; 0: one for each core."""
    ca_file: str = ""
    """PEM file of certificate authorities to trust besides the system's."""
    hello: str = ""
    """What EHLO says (RFC 5321 §4.1.4); "": this machine's name, or its address as a literal."""
    timeout: float = 60.0
    """Seconds for each step of opening a session."""
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
        if not 0 < self.port < 65536:
            raise BadSetting("smtp.port", f"{self.port} is not a port", "1 to 65535")
        if self.sessions < 1:
            raise BadSetting("smtp.sessions", f"{self.sessions} sessions send nothing", "1 or more")
        if not self.host or any(not c.isprintable() or c.isspace() for c in self.host):
            raise BadSetting("smtp.host", f"{self.host!r} is not a host name")
        if self.username and security is Security.NONE and not is_loopback(self.host):
            raise BadSetting(
                "smtp.security",
                f"'none' would send the password to {self.host} in clear",
                "write 'starttls' or 'tls', or leave smtp.username empty",
            )
        if self.username and not self.password:
            raise BadSetting("smtp.password", "is empty, though smtp.username is set")


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: `localhost`, 127.0.0.0/8, ::1."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
