"""Opening an SMTP connection: connect, EHLO, STARTTLS, AUTH, each failure in clear words.

All of it is aiosmtplib's; what it raises is translated here, once, and nothing secret is repeated.
"""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiosmtplib

from digest.errors import TransportError
from digest.mail.characters import one_line
from digest.mail.reply import LONGEST
from digest.transport.settings import Security, SmtpSettings
from digest.transport.wire import Wire, take_over


@dataclass(frozen=True, slots=True)
class Connection:
    """An open connection, and what the server said that it can do (RFC 5321 §4.1.1.1)."""

    wire: Wire
    smtp: aiosmtplib.SMTP
    pipelining: bool
    """RFC 2920."""
    smtputf8: bool
    """RFC 6531."""
    eightbit: bool
    """8BITMIME, RFC 6152."""
    declares_size: bool
    """SIZE, RFC 1870."""
    size: int
    """Octets of a message at most; 0: no limit is known."""


async def connect(settings: SmtpSettings, tls: ssl.SSLContext | None) -> Connection:
    """Opens a connection that is ready for mail. Raises TransportError."""
    smtp = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeout,
        use_tls=settings.security is Security.TLS,
        start_tls=False,
        tls_context=tls,
        local_hostname=settings.hello or _own_name(),
    )
    try:
        with _explained(settings):
            await _greet(smtp, settings)
            if settings.username:
                await _authenticate(smtp, settings)
            return _connection(smtp)
    except BaseException:
        await _abandon(smtp)
        raise


async def _abandon(smtp: aiosmtplib.SMTP) -> None:
    """Closes at once; a farewell over TLS would outlive the event loop, and leave a socket open."""
    transport = smtp.transport
    smtp.close()
    if transport is not None:
        transport.abort()  # type: ignore[attr-defined] # aiosmtplib's are always for writing, too
        await asyncio.sleep(0)  # in which the socket is closed


async def _greet(smtp: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
    await smtp.connect()
    await _hello(smtp)
    if settings.security is not Security.STARTTLS:
        return
    if not smtp.supports_extension("starttls"):
        raise TransportError(
            f"{_name(settings)} offers no STARTTLS, and without it nothing is sent: someone may be"
            " stripping it, or smtp.security should be 'tls' (or 'none' on a trusted network)"
        )
    await smtp.starttls()
    await _hello(smtp)  # RFC 3207 §4.2: what was said in clear no longer counts


async def _hello(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code not in {500, 502, 504, 550}:
            raise
        await smtp.helo()  # RFC 5321 §3.2: a server of before EHLO


async def _authenticate(smtp: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
    if not smtp.supported_auth_methods:
        offered = ", ".join(smtp.server_auth_methods) or "none"
        raise TransportError(
            f"{_name(settings)} offers no way to log in that we know (it offers: {offered})"
        )
    await smtp.login(settings.username, settings.password)


def _connection(smtp: aiosmtplib.SMTP) -> Connection:
    limit = smtp.esmtp_extensions.get("size", "").strip()
    return Connection(
        wire=take_over(asyncio.get_running_loop(), smtp.transport),
        smtp=smtp,
        pipelining=smtp.supports_extension("pipelining"),
        smtputf8=smtp.supports_extension("smtputf8"),
        eightbit=smtp.supports_extension("8bitmime"),
        declares_size=smtp.supports_extension("size"),
        size=int(limit) if limit.isascii() and limit.isdigit() else 0,
    )


@contextmanager
def _explained(settings: SmtpSettings) -> Iterator[None]:
    """Turns whatever goes wrong into a TransportError that says who, what and what to do."""
    name = _name(settings)
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        words = _without_secrets(f"{error.code} {error.message}", settings)
        raise TransportError(
            f"{name} does not accept smtp.username and smtp.password: {words}"
        ) from None  # the cause may hold what the server echoed
    except aiosmtplib.SMTPResponseException as error:
        words = _without_secrets(f"{error.code} {error.message}", settings)
        raise TransportError(f"{name} refuses the conversation: {words}") from error
    except aiosmtplib.SMTPTimeoutError as error:
        raise TransportError(f"{name} did not answer within {settings.timeout:g} s") from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise TransportError(_why(name, error, settings)) from error


def _why(name: str, error: BaseException, settings: SmtpSettings) -> str:
    for cause in (error, error.__cause__):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"the certificate of {name} cannot be trusted: {one_line(cause.verify_message)};"
                " nothing was sent (smtp.ca_file names a private authority)"
            )
        if isinstance(cause, ssl.SSLError):
            words = one_line(cause.reason or str(cause))
            return f"no TLS with {name}: {words}; nothing was sent"
        if isinstance(cause, OSError) and not isinstance(cause, aiosmtplib.SMTPException):
            return f"no connection to {name}: {one_line(cause.strerror or str(cause))}"
    return f"no connection to {name}: {_without_secrets(str(error), settings)}"


def _without_secrets(words: str, settings: SmtpSettings) -> str:
    """The server's words, should it repeat what it was told (RFC 4954 §4 shows the encodings)."""
    user, password = settings.username.encode(), settings.password.encode()
    secrets = {settings.password} if password else set()
    for told in (password, user + b"\0" + password, b"\0" + user + b"\0" + password):
        secrets.add(b64encode(told).decode())
    words = one_line(words)
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        words = words.replace(secret, "…")
    return words[:LONGEST]


def _name(settings: SmtpSettings) -> str:
    return f"{settings.host}:{settings.port}"


def _own_name() -> str:
    """A name for EHLO without asking DNS, which may stall: RFC 5321 §4.1.4 allows a literal."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
