"""The keys that sign mails, and the files they lie in."""

import os
from pathlib import Path

from digest.config.permissions import open_to_others
from digest.config.settings import Settings
from digest.errors import BadSetting, Misuse
from digest.mail.dkim import DkimKey, made_key, private_key
from digest.mail.identity import Identity


def dkim_keys(settings: Settings) -> tuple[DkimKey, ...]:
    """Those of `[dkim]`, in order; none where the relay signs. Raises BadSetting."""
    dkim = settings.dkim
    if len(dkim.selector) != len(dkim.key):
        hint = "name a selector for each key file, in the same order"
        raise BadSetting("dkim.key", f"{len(dkim.key)} for {len(dkim.selector)} selectors", hint)
    domain = _domain(settings)
    pairs = zip(dkim.selector, dkim.key, strict=True)
    return tuple(_read(selector, domain, path) for selector, path in pairs)


def make_key(settings: Settings, selector: str, path: Path, *, rsa: bool) -> DkimKey:
    """Makes a key and its file, which its owner alone can read. Raises Misuse if it is there."""
    pem = made_key(rsa=rsa)
    key = DkimKey(selector, _domain(settings), private_key(pem))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misuse(f"{path} is there already: a key is never replaced; name another") from None
    with os.fdopen(file, "wb") as opened:
        opened.write(pem)
        os.fsync(opened.fileno())
    return key


def _domain(settings: Settings) -> str:
    return settings.dkim.domain or Identity.of(settings.mail).domain


def _read(selector: str, domain: str, path: Path) -> DkimKey:
    try:
        pem = path.read_bytes()
    except OSError as error:
        hint = "make one: digest dkim keygen"
        raise BadSetting("dkim.key", f"{path} cannot be read: {error.strerror}", hint) from error
    if open_to_others(path):
        hint = f"chmod 600 {path}"
        raise BadSetting("dkim.key", f"{path} can be read by others", hint)
    try:
        return DkimKey(selector, domain, private_key(pem))
    except ValueError as error:
        raise BadSetting("dkim.key", f"{path} {error}") from error
