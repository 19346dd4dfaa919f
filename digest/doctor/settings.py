"""`[doctor]`: what the preflight cannot find out by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DoctorSettings:
    """What the preflight is told."""

    nameserver: str = ""
    """Who is asked about DNS, as in `192.0.2.53` or `127.0.0.1:5353`; "": as the system does."""
    addresses: tuple[str, ...] = ()
    """Addresses that our mail reaches the world from; empty: the relay's, or this host's."""
    selector: str = ""
    """The DKIM selector that the relay signs with, when it is the relay that signs."""
    timeout: float = 5.0
    """Seconds for one question to DNS, and for one page."""
