"""Where things are kept and where mail goes: the forms that `store` and `outbox` can have."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

HOME = "{home}"
"""Stands for the home directory in `store` and `outbox`."""
SQLITE = "sqlite:///"
MAILDIR = "maildir:"
_POSTGRESQL = re.compile(r"postgres(?:ql)?://\S+")
_AUTHORITY = re.compile(r"(?<=//)[^/?#]*@")


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """`sqlite:///PATH` or `postgresql://…`; its password is never printed."""

    url: str = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Self:
        """Raises ValueError, saying what was wanted."""
        path = written.startswith(SQLITE) and written != SQLITE
        if not path and not _POSTGRESQL.fullmatch(written):
            raise ValueError("a store: write sqlite:///PATH or postgresql://USER@HOST/DATABASE")
        return cls(written)

    @property
    def sqlite(self) -> Path | None:
        """The database file; None for PostgreSQL."""
        return Path(self.url.removeprefix(SQLITE)) if self.url.startswith(SQLITE) else None

    @property
    def postgresql(self) -> str | None:
        """The URL that PostgreSQL's drivers take, password and all; None for SQLite."""
        return None if self.url.startswith(SQLITE) else self.url

    def anchored(self, anchor: Callable[[str], Path]) -> Self:
        """With an absolute path; one that begins with `{home}` waits for `under`."""
        path = self.url.removeprefix(SQLITE)
        if self.sqlite is None or path.startswith(HOME):
            return self
        return replace(self, url=f"{SQLITE}{anchor(path)}")

    def under(self, home: Path) -> Self:
        """With `{home}` filled in."""
        return replace(self, url=self.url.replace(HOME, str(home)))

    def __str__(self) -> str:
        hidden = _AUTHORITY.sub("", self.url)
        return self.url if self.sqlite else hidden.partition("?")[0]

    def __repr__(self) -> str:
        return f"StoreUrl({str(self)!r})"


class OutboxKind(StrEnum):
    """Who takes the mail."""

    MAILDIR = "maildir"
    SMTP = "smtp"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Outbox:
    """`maildir:PATH`, `smtp` or `console`."""

    kind: OutboxKind
    path: Path | None = None
    """Where Maildirs are made; None for the others."""

    @classmethod
    def parse(cls, written: str) -> Self:
        """Raises ValueError, saying what was wanted."""
        if written.startswith(MAILDIR) and written != MAILDIR:
            return cls(OutboxKind.MAILDIR, Path(written.removeprefix(MAILDIR)))
        if written in {OutboxKind.SMTP, OutboxKind.CONSOLE}:
            return cls(OutboxKind(written))
        raise ValueError("an outbox: write maildir:PATH, smtp or console")

    def anchored(self, anchor: Callable[[str], Path]) -> Self:
        """With an absolute path; one that begins with `{home}` waits for `under`."""
        if self.path is None or str(self.path).startswith(HOME):
            return self
        return replace(self, path=anchor(str(self.path)))

    def under(self, home: Path) -> Self:
        """With `{home}` filled in."""
        if self.path is None:
            return self
        return replace(self, path=Path(str(self.path).replace(HOME, str(home))))

    def __str__(self) -> str:
        return self.kind if self.path is None else f"{MAILDIR}{self.path}"
