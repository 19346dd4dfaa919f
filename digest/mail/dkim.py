"""DKIM signatures (RFC 6376, with RFC 8301 and RFC 8463), made here instead of by the relay.

Relaxed/relaxed, no `l=`, From over-signed so that nobody adds another, List-Unsubscribe and its
Post among what is signed (RFC 8058 §4). Signatures are a function of mail and key: `t=` is the
mail's own Date, and both algorithms are deterministic, so a resend is the same octets.

A body begins with its own boundary, so there is no shared beginning whose hash could be kept: the
whole is hashed, 20 µs beside the 90 (Ed25519) and 700 (RSA) of the signature itself.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.errors import BadSetting

CRLF = b"\r\n"
SIGNED = (
    *("From", "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To"),
    *("References", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Help", "List-Subscribe", "List-Owner", "List-Archive"),
    *("List-Post", "Archived-At", "Feedback-ID", "Auto-Submitted"),
)
"""Fields that are signed where they stand; From once more than it stands (§5.4, §8.15)."""
SHORTEST_RSA = 1024
"""Bits that RFC 8301 §3.2 lets a signer use; keys made here have 2048."""
MADE_RSA = 2048
STRING = 255
"""Octets of one string of a TXT record (RFC 1035 §3.3)."""
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*")
_FOLDED = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class DkimKey:
    """One key with its name in DNS."""

    selector: str
    domain: str
    private: PrivateKey

    def __post_init__(self) -> None:
        if not _SELECTOR.fullmatch(self.selector):
            hint = "letters, digits and hyphens, as in s2026"
            raise BadSetting("dkim.selector", f"{self.selector!r} is no selector", hint)

    @property
    def algorithm(self) -> str:
        """As `a=` names it."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, octets: bytes) -> bytes:
        """The signature of a canonical header."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(octets, PKCS1v15(), SHA256())
        return self.private.sign(sha256(octets).digest())  # RFC 8463 §3

    @property
    def name(self) -> str:
        """Where the public key stands in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record at that name says (§3.6.1; RFC 8463 §4.2 for Ed25519)."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            told = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={b64encode(told).decode()}"
        told = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(told).decode()}"

    @property
    def zone_line(self) -> str:
        """The record as a zone file has it."""
        cut = range(0, len(self.record), STRING)
        strings = " ".join(f'"{self.record[at : at + STRING]}"' for at in cut)
        return f"{self.name}. 3600 IN TXT ( {strings} )"


def made_key(*, rsa: bool) -> bytes:
    """A new private key, as PEM (PKCS #8)."""
    key: PrivateKey = (
        generate_private_key(65_537, MADE_RSA) if rsa else Ed25519PrivateKey.generate()
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key(pem: bytes) -> PrivateKey:
    """Reads one. Raises ValueError, which says what is wrong and never shows the key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise ValueError("is no private key in PEM without a password") from error
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise ValueError(f"has {key.key_size} bits: RFC 8301 wants {SHORTEST_RSA} and more")
    if isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        return key
    raise ValueError("is neither an RSA nor an Ed25519 key")


def signed(content: bytes, keys: Sequence[DkimKey]) -> bytes:
    """A mail with a DKIM-Signature of each key before it."""
    if not keys:
        return content
    head, _, body = content.partition(CRLF + CRLF)
    fields = _fields(head)
    digest = b64encode(sha256(relaxed_body(body)).digest())
    return b"".join(_signature(key, fields, digest) for key in keys) + content


def _signature(key: DkimKey, fields: Sequence[tuple[str, bytes]], body: bytes) -> bytes:
    names, chosen = _chosen(fields)
    tags = [
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};",
        f"s={key.selector};{_time(fields)}",
        *_lines("h=", names, ":"),
        f"bh={body.decode()};",
        "b=",
    ]
    unsigned = f"DKIM-Signature: {f'{CRLF.decode()} '.join(tags)}".encode()
    octets = b"".join(relaxed_field(field) + CRLF for field in chosen) + relaxed_field(unsigned)
    told = b64encode(key.sign(octets))
    lines = [told[at : at + 72] for at in range(0, len(told), 72)]
    return unsigned + (CRLF + b" ").join([b"", *lines]) + CRLF


def _time(fields: Sequence[tuple[str, bytes]]) -> str:
    """`t=` from Date, not from a clock: the same mail has the same signature."""
    for name, field in fields:
        if name == "date":
            try:
                at = parsedate_to_datetime(field.partition(b":")[2].decode("ascii").strip())
            except ValueError:
                return ""
            return f" t={int(at.timestamp())};"
    return ""


def _lines(tag: str, items: Sequence[str], between: str) -> list[str]:
    """A list folded at its separators."""
    lines, line = [], tag
    for place, item in enumerate(items):
        part = item + (between if place + 1 < len(items) else ";")
        if len(line) + len(part) > 76:
            lines.append(line)
            line = ""
        line += part
    return [*lines, line]


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    """Names in lower case, with the raw fields, folds included."""
    raw = re.split(rb"\r\n(?![ \t])", head)
    return [(field.partition(b":")[0].strip().lower().decode("latin-1"), field) for field in raw]


def _chosen(fields: Sequence[tuple[str, bytes]]) -> tuple[list[str], list[bytes]]:
    """What `h=` names, and the fields that are signed: of several the last first (§5.4.2)."""
    names, chosen = [], []
    left: dict[str, list[bytes]] = {}
    for name, field in fields:
        left.setdefault(name, []).append(field)
    for name in SIGNED:
        if stack := left.get(name.lower()):
            chosen.append(stack.pop())
            names.append(name)
        elif name == "From":
            names.append(name)  # over-signed: that there is no other
    return names, chosen


def relaxed_field(field: bytes) -> bytes:
    """A field without its end (§3.4.2)."""
    name, _, value = field.partition(b":")
    unfolded = _SPACES.sub(b" ", _FOLDED.sub(b"", value)).strip(b" ")
    return name.strip(b" \t").lower() + b":" + unfolded


def relaxed_body(body: bytes) -> bytes:
    """A body (§3.4.4): blanks count once, none at a line's end, no empty lines last."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while b"  " in body:  # each round halves the longest run
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", CRLF).removesuffix(b" ")
    while body.endswith(CRLF):
        body = body[:-2]
    return body + CRLF if body else b""
