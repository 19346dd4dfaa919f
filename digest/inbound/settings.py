"""`[inbound.imap]`: the mailbox that `digest inbound --imap` reads."""

from dataclasses import dataclass, field
from enum import StrEnum


class ImapSecurity(StrEnum):
    """How the connection is protected: exactly so, never less."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """In clear: for a server on this machine alone."""


PORTS = {ImapSecurity.TLS: 993, ImapSecurity.STARTTLS: 143, ImapSecurity.NONE: 143}
"""RFC 8314 §3.2, RFC 3501 §2.1."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where the mailbox is."""

    host: str = ""
    port: int = field(default=0, metadata={"low": 0, "high": 65_535})
    """0: the usual one, 993 for `tls`, 143 for the others."""
    security: ImapSecurity = ImapSecurity.TLS
    user: str = ""
    password: str = field(default="", repr=False)
    password_file: str = ""
    """A file that holds the password, in place of it."""
    folder: str = "INBOX"
    ca_file: str = ""
    """PEM file of certificate authorities to trust besides the system's."""


@dataclass(frozen=True, slots=True)
class InboundSettings:
    """`[inbound]`."""

    imap: ImapSettings = field(default_factory=ImapSettings)
