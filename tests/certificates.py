"""Certificates for servers on loopback: a right one, and one for each way to be wrong."""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import trustme

from digest.clock import SystemClock


@cache
def authority(name: str = "trusted") -> trustme.CA:
    """A certificate authority, the same for the same name."""
    return trustme.CA(organization_name=name)


def ca_file(directory: Path, name: str = "trusted") -> str:
    """The PEM file of an authority, for `smtp.ca_file`."""
    path = directory / f"{name}.pem"
    authority(name).cert_pem.write_to_path(str(path))
    return str(path)


def server_context(
    *,
    host: str = "localhost",
    ca: str = "trusted",
    expired: bool = False,
    newest: ssl.TLSVersion | None = None,
    days: float | None = None,
) -> ssl.SSLContext:
    """What a server needs for TLS; `newest` is the newest version that it speaks.

    `days`: for how many more days the certificate is good.
    """
    past = {
        "not_before": datetime(2019, 1, 1, tzinfo=UTC),
        "not_after": datetime(2020, 1, 1, tzinfo=UTC),
    }
    soon = {} if days is None else {"not_after": SystemClock().now() + timedelta(days=days)}
    certificate = authority(ca).issue_cert(host, **(past if expired else soon))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if newest is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
