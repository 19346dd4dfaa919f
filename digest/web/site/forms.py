"""Posted forms: both encodings (RFC 8058 §3.2 wants both), as long as they may be, and tickets."""

import asyncio
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

SHORT, LONG = 65_536, 4_194_304
"""Octets of an ordinary form, and of one with a file."""
MOST_FIELDS = 500
PATIENCE = 20.0
"""Seconds in which a body must have come."""
TICKET_LIFE = 86_400
_SPELLING = re.compile(r"[A-Za-z0-9_-]{32}")


class TooLong(Exception):
    """A body is longer than it may be, or comes too slowly."""


@dataclass(frozen=True)
class Form:
    """Fields in order; a name may come several times."""

    fields: Sequence[tuple[str, str]] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first value of a name, without white space around it; "" when there is none."""
        return next((value.strip() for key, value in self.fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a name that is not empty."""
        return [value.strip() for key, value in self.fields if key == name and value.strip()]

    def items(self, name: str) -> list[str]:
        """The items of a list as people type it: by lines, commas or semicolons."""
        return list(dict.fromkeys(item for value in self.all(name) for item in split(value)))

    def lines(self, name: str) -> list[str]:
        """The items of a list that stand one on each line, and may hold commas."""
        lines = (" ".join(line.split()) for value in self.all(name) for line in value.splitlines())
        return list(dict.fromkeys(filter(None, lines)))

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def split(text: str) -> Iterator[str]:
    """The items of a text; separators within double quotes belong to an item."""
    for found in re.finditer(r'(?:"[^"\n]*"|[^,;\n])+', text):
        if item := " ".join(found[0].split()):
            yield item


async def read(request: Request, longest: int = SHORT) -> Form:
    """The form of a request. Raises TooLong; junk is an empty form."""
    body = await _body(request, longest)
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == "multipart/form-data":
        return _multipart(kind, body)
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return Form()
    return Form(pairs)


async def _body(request: Request, longest: int) -> bytes:
    if int(request.headers.get("content-length") or 0) > longest:
        raise TooLong
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > longest:
                    raise TooLong
    except TimeoutError as error:
        raise TooLong from error
    return bytes(body)


def _multipart(kind: str, body: bytes) -> Form:
    """RFC 7578, by the standard library's reader of mail."""
    head = f"Content-Type: {kind}\r\n\r\n".encode("ascii", "replace")
    if body.count(b"\n--") > MOST_FIELDS + 1:  # each may cost a part: refused before any is made
        return Form()
    try:
        return _parts(BytesParser(policy=policy.HTTP).parsebytes(head + body))
    except (RecursionError, ValueError, LookupError):  # parts in parts, comments in comments
        return Form()


def _parts(parsed: EmailMessage) -> Form:
    fields, files = [], {}
    for part in parsed.iter_parts() if parsed.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename() is not None:
            files[name] = content
        else:
            fields.append((name, content.decode("utf-8", "replace")))
    return Form(fields, files)


class Tickets:
    """Proof that a form was on a page of ours, lately: a nonce, an hour, and a keyed hash."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [blake2b(key, person=b"form tickets", digest_size=32).digest() for key in keys]

    def make(self, purpose: str, now: datetime) -> str:
        """A ticket for a purpose: 32 characters."""
        begun = struct.pack(">I", int(now.timestamp())) + token_bytes(8)
        return urlsafe_b64encode(begun + self._proof(self._keys[0], purpose, begun)).decode()

    def holds(self, ticket: str, purpose: str, now: datetime) -> bool:
        """Whether a posted form may act."""
        if not _SPELLING.fullmatch(ticket):
            return False
        octets = urlsafe_b64decode(ticket)
        begun, proof = octets[:12], octets[12:]
        ours = [compare_digest(self._proof(key, purpose, begun), proof) for key in self._keys]
        age = int(now.timestamp()) - struct.unpack(">I", begun[:4])[0]
        return any(ours) and -60 <= age <= TICKET_LIFE

    @staticmethod
    def _proof(key: bytes, purpose: str, begun: bytes) -> bytes:
        return blake2b(begun + purpose.encode(), key=key, digest_size=12).digest()


def from_elsewhere(request: Request) -> bool:
    """Whether a browser says that a form was on a page of another site (Fetch Metadata, Origin)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
