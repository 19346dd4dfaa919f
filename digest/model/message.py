"""A mail that is ready to be handed over."""

from datetime import date
from typing import NamedTuple


class Message(NamedTuple):
    """Envelope and content (RFC 5321 §2.3.1), a function of (address, day) alone."""

    address: str
    """The reader, as the ledger knows them."""
    day: date
    message_id: str
    """With angle brackets (RFC 5322 §3.6.4)."""
    reverse_path: str
    """MAIL FROM; "" is the null reverse-path."""
    forward_path: str
    """RCPT TO."""
    content: bytes
    """Header and body, lines ended by CRLF, not dot-stuffed."""
    seal: bytes = b""
    """Eight octets that stand for the content: of the same pieces, the same mail is joined."""
