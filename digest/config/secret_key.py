"""The keys that sign tokens: the operator's own, else one that is made once under `home`."""

import os
import secrets
from pathlib import Path

from digest.config.permissions import open_to_others
from digest.config.settings import Settings
from digest.errors import BadSetting

NAME = "secret_key"
SHORTEST = 16
"""Octets of a key: fewer can be guessed."""
OCTETS = 32
"""Random octets of a key that is made here."""


def key_file(settings: Settings) -> Path:
    """Where the key that is made on first use lies."""
    return settings.home / NAME


def signing_keys(settings: Settings) -> tuple[bytes, ...]:
    """The keys, newest first: the first signs, all verify.

    Those of `secret_key` if it is set, else those of the file, one a line; the file is made on
    first use. Raises BadSetting when it cannot be made, read or used.
    """
    if settings.secret_key:
        return tuple(key.reveal().encode() for key in settings.secret_key)
    path = key_file(settings)
    try:
        if not path.exists():
            _make(path)
        text = path.read_bytes()
    except OSError as error:
        problem = f"cannot be made or read: {error.strerror}"
        raise BadSetting(f"{path}, secret_key", problem) from error
    keys = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not keys or any(len(key) < SHORTEST for key in keys):
        problem = f"holds no key, or one of less than {SHORTEST} octets"
        hint = "put it back from a backup: with a new key, links in mails that were sent go dead"
        raise BadSetting(f"{path}, secret_key", problem, hint)
    return keys


def exposed(settings: Settings) -> str:
    """A warning when others can read the key file; "" when all is well."""
    path = key_file(settings)
    if settings.secret_key or not open_to_others(path):
        return ""
    return f"{path} signs tokens and can be read by others: chmod 600 {path}"


def _make(path: Path) -> None:
    """Makes the file, whole or not at all; of several who try at once, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{NAME}.{os.getpid()}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(OCTETS) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails if it is there: never replaces a key
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
