"""DKIM (RFC 6376, 8301, 8463): the key that a selector publishes, and whether a signature holds."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from digest.doctor.records import Ask

SHORTEST, ADVISED = 1024, 2048
"""Bits of an RSA key that are accepted, and advised (RFC 8301 §3.2)."""
Key = RSAPublicKey | Ed25519PublicKey
Field = tuple[bytes, bytes]
"""Name, and what follows its colon, both as they stand in the mail."""


class BadKey(Exception):
    """A published record that holds no key, and why."""


@dataclass(frozen=True, slots=True)
class Published:
    """A key record (RFC 6376 §3.6.1)."""

    key: Key
    testing: bool = False

    @property
    def bits(self) -> int:
        """Its length; 256 for Ed25519."""
        return self.key.key_size if isinstance(self.key, RSAPublicKey) else 256

    @property
    def name(self) -> str:
        """As in `RSA, 2048 bits`."""
        return f"RSA, {self.bits} bits" if isinstance(self.key, RSAPublicKey) else "Ed25519"


def tags(text: str) -> dict[str, str]:
    """A tag list (RFC 6376 §3.2), white space within values taken out."""
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip(): re.sub(r"\s+", "", value) for name, _, value in pairs}


def published(ask: Ask, selector: str, domain: str) -> Published:
    """The key of a selector. Raises BadKey."""
    answer = ask(f"{selector}._domainkey.{domain}", "TXT")
    if answer.failed:
        raise BadKey(f"DNS does not answer: {answer.problem}")
    listed = [text for text in answer.records if "p" in tags(text)]
    if not listed:
        raise BadKey("there is no key record")
    if len(listed) > 1:
        raise BadKey(f"there are {len(listed)} key records, of which a verifier takes any")
    return key_of(listed[0])


def key_of(record: str) -> Published:
    """The key of a record. Raises BadKey."""
    told = tags(record)
    if told.get("v", "DKIM1") != "DKIM1":
        raise BadKey(f"its version is {told['v']!r}")
    if not told.get("p"):
        raise BadKey("the key was revoked (p= is empty)")
    if "sha256" not in told.get("h", "sha256").split(":"):
        raise BadKey(f"it allows only {told['h']}, which is no longer accepted (RFC 8301 §3.1)")
    try:
        octets = base64.b64decode(told["p"], validate=True)
        return Published(_key(told.get("k", "rsa"), octets), "y" in told.get("t", "").split(":"))
    except (ValueError, binascii.Error) as error:
        raise BadKey(f"p= is no {told.get('k', 'rsa')} key") from error


def _key(kind: str, octets: bytes) -> Key:
    if kind == "ed25519":
        return Ed25519PublicKey.from_public_bytes(octets)
    key = load_der_public_key(octets)
    if kind != "rsa" or not isinstance(key, RSAPublicKey):
        raise ValueError(kind)
    return key


def signatures(mail: bytes) -> list[dict[str, str]]:
    """The tags of each DKIM-Signature of a mail."""
    fields, _ = _split(mail)
    return [tags(value.decode("latin-1")) for name, value in fields if _is_signature(name)]


def verify(ask: Ask, mail: bytes) -> list[str]:
    """What is wrong with each signature of a mail; "" for one that holds."""
    fields, body = _split(mail)
    return [
        _problem(ask, fields, body, name, value) for name, value in fields if _is_signature(name)
    ]


def _problem(ask: Ask, fields: Sequence[Field], body: bytes, name: bytes, value: bytes) -> str:
    told = tags(value.decode("latin-1"))
    header, _, content = told.get("c", "simple/simple").partition("/")
    try:
        if (
            told["bh"]
            != base64.b64encode(sha256(_body(body, content or "simple")).digest()).decode()
        ):
            return "the body is another one than was signed"
        key = published(ask, told["s"], told["d"])
        signed = _signed(fields, told["h"].lower().split(":"), header, (name, value))
        return _check(key.key, told, signed)
    except BadKey as error:
        return f"{told['s']}._domainkey.{told['d']}: {error}"
    except (KeyError, ValueError, binascii.Error) as error:
        return f"the signature cannot be read ({error})"


def _check(key: Key, told: Mapping[str, str], signed: bytes) -> str:
    signature = base64.b64decode(told["b"])
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, signed, PKCS1v15(), SHA256())
        else:
            key.verify(signature, sha256(signed).digest())  # RFC 8463 §3
    except InvalidSignature:
        return "the published key is not the one that signed"
    return ""


def _split(mail: bytes) -> tuple[list[Field], bytes]:
    head, _, body = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    cut = (line.partition(b":") for line in lines if b":" in line)
    return [(name, value) for name, _, value in cut], body


def _is_signature(name: bytes) -> bool:
    return name.strip().lower() == b"dkim-signature"


def _signed(fields: Sequence[Field], names: Sequence[str], how: str, own: Field) -> bytes:
    """What is signed: the named fields, the last of a name first, then our own without b=."""
    left: dict[str, list[Field]] = {}
    for field in fields:
        left.setdefault(field[0].strip().lower().decode("latin-1"), []).append(field)
    chosen = [left[name.strip()].pop() for name in names if left.get(name.strip())]
    empty = re.sub(rb"(^|;)(\s*b\s*=)[^;]*", rb"\1\2", own[1])
    lines = [_header(field, how) for field in chosen]
    return b"".join(line + b"\r\n" for line in lines) + _header((own[0], empty), how)


def _header(field: Field, how: str) -> bytes:
    name, value = field
    if how == "simple":
        return name + b":" + value
    folded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip().lower() + b":" + folded


def _body(body: bytes, how: str) -> bytes:
    if how == "relaxed":
        body = re.sub(rb"[ \t]+(?=\r\n|$)", b"", re.sub(rb"[ \t]+", b" ", body))
    kept = re.sub(rb"(\r\n)+$", b"", body)
    if kept or how == "simple":
        return kept + b"\r\n"
    return b""
