"""Answers kept on disk, so that the next request can ask whether they are still good.

Only what can be asked about is kept: answers with an `ETag` or `Last-Modified` (RFC 9110 §8.8).
The cache is a courtesy to the source: a damaged or unwritable one costs nothing but traffic.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

KEPT = 256
"""Files; the oldest go first."""

_HEADERS = ("etag", "last-modified", "content-type", "link")


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was received; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def conditions(self) -> dict[str, str]:
        """The request header that asks for the body only if it changed (RFC 9110 §13.1)."""
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {names[name]: self.headers[name] for name in names if name in self.headers}


class Cache:
    """One file an answer: a line of JSON (URL, header, checksum of the body), then the body."""

    def __init__(self, directory: Path) -> None:
        """The directory is made when the first answer is kept."""
        self._directory = directory

    def get(self, url: str) -> Stored | None:
        """The answer kept for a URL; None when there is none, or it is damaged."""
        try:
            line, _, body = self._path(url).read_bytes().partition(b"\n")
            head = json.loads(line)
            whole = head["url"] == url and head["sha256"] == sha256(body).hexdigest()
            headers = {str(name): str(value) for name, value in head["headers"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return Stored(headers, body) if whole else None

    def put(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keeps an answer, if it can ever be asked about again."""
        kept = {name: headers[name] for name in _HEADERS if name in headers}
        if not kept.keys() & {"etag", "last-modified"}:
            return
        head = {"url": url, "headers": kept, "sha256": sha256(body).hexdigest()}
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            self._write(self._path(url), json.dumps(head).encode() + b"\n" + body)
            self._prune()

    def _path(self, url: str) -> Path:
        return self._directory / sha256(url.encode()).hexdigest()[:32]

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all, whoever else writes at the same time."""
        handle, name = tempfile.mkstemp(dir=self._directory, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _prune(self) -> None:
        files = sorted(self._directory.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT]:
            path.unlink(missing_ok=True)
