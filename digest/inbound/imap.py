"""The IMAP door: unseen mail of a folder is taken in and marked as seen.

It is marked after it was taken in, so a crash between the two has it read again, and known again.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError

from digest.errors import BadSetting, TransportError
from digest.inbound.settings import PORTS, ImapSecurity, ImapSettings
from digest.inbound.taking import Fate, Taking

TIMEOUT = 60.0
"""Seconds for each answer."""
TROUBLE = (ImapToolsError, OSError, ssl.SSLError, EOFError)


def take_all(
    settings: ImapSettings, taking: Taking, stop: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Takes in all that is unseen; returns how many were taken, and how many were not.

    Raises TransportError when the server cannot be reached or trusted, BadSetting.
    """
    taken = left = 0
    with _mailbox(settings) as mailbox:
        for uid in mailbox.uids("UNSEEN"):
            if stop():
                break
            octets = _fetched(mailbox, uid)
            if octets is None:
                continue
            if taking.take(octets) is Fate.TAKEN:
                mailbox.flag([uid], [MailMessageFlags.SEEN], value=True)
                taken += 1
            else:
                left += 1
    return taken, left


@contextmanager
def _mailbox(settings: ImapSettings) -> Iterator[BaseMailBox]:
    """An open folder."""
    if not (settings.host and settings.user):
        raise BadSetting("inbound.imap", "host and user are missing", "say where the mailbox is")
    password = _password(settings)
    try:
        mailbox = _connected(settings)
        try:
            mailbox.login(settings.user, password, settings.folder)
            yield mailbox
        finally:
            with suppress(*TROUBLE):
                mailbox.logout()
    except TROUBLE as error:
        said = str(error).replace(password, "[hidden]") if password else str(error)
        raise TransportError(f"{settings.host} (IMAP): {said}") from error


def _connected(settings: ImapSettings) -> BaseMailBox:
    port = settings.port or PORTS[settings.security]
    if settings.security is ImapSecurity.NONE:
        if settings.host not in {"localhost", "127.0.0.1", "::1"}:
            hint = "a password is sent in clear to this machine only: write tls or starttls"
            raise BadSetting("inbound.imap.security", f"none, to {settings.host}", hint)
        return MailBoxUnencrypted(settings.host, port, timeout=TIMEOUT)
    context = _context(settings)
    kind = MailBox if settings.security is ImapSecurity.TLS else MailBoxStartTls
    return kind(settings.host, port, timeout=TIMEOUT, ssl_context=context)


def _context(settings: ImapSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise BadSetting("inbound.imap.ca_file", f"cannot be read: {error}") from error
    return context


def _password(settings: ImapSettings) -> str:
    if not settings.password_file:
        return settings.password
    try:
        return Path(settings.password_file).expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        problem = f"{settings.password_file} cannot be read: {error.strerror or error}"
        raise BadSetting("inbound.imap.password_file", problem) from error


def _fetched(mailbox: BaseMailBox, uid: str) -> bytes | None:
    """The very octets of a mail, which this leaves unseen; None when it has gone meanwhile."""
    _, parts = mailbox.client.uid("fetch", uid, "(BODY.PEEK[])")
    found: list[Any] = [part for part in parts if isinstance(part, tuple)]
    return bytes(found[0][1]) if found else None
