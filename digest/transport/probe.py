"""Opens a session with a relay as the nightly run does, and looks at it; sends nothing."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.errors import TransportError
from digest.transport.connection import connect
from digest.transport.settings import SmtpSettings
from digest.transport.smtp import SmtpTransport


@dataclass(frozen=True, slots=True)
class Look:
    """What there was to see."""

    trouble: str = ""
    """Why no session could be opened."""
    tls: str = ""
    """The version, as in `TLSv1.3`; "" in clear."""
    not_after: datetime | None = None
    """When the certificate of the relay ends."""


def look(settings: SmtpSettings) -> Look:
    """Opens a session with one relay, logs in, and leaves. Whatever happens is a value."""
    with asyncio.Runner() as runner:
        return runner.run(_look(settings))


async def _look(settings: SmtpSettings) -> Look:
    try:
        connection = await connect(settings, SmtpTransport(settings).tls)
    except TransportError as error:
        return Look(str(error))
    try:
        secure = (
            connection.smtp.transport.get_extra_info("ssl_object")
            if connection.smtp.transport
            else None
        )
        if not isinstance(secure, ssl.SSLObject | ssl.SSLSocket):
            return Look()
        told = secure.getpeercert() or {}
        return Look(tls=secure.version() or "", not_after=_end(told.get("notAfter")))
    finally:
        connection.wire.abort()


def _end(written: object) -> datetime | None:
    """The end of a certificate, as OpenSSL writes it."""
    if not isinstance(written, str):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(written), UTC)
