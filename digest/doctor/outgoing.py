"""The address that this host reaches the world from."""

import socket
from ipaddress import ip_address

FAR = "198.51.100.1"
"""An address of nobody (RFC 5737); nothing is sent to it."""


def own_address() -> str:
    """The address that a packet into the world would bear; "" when no public one would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((FAR, 53))  # of a datagram socket: only the route is looked up
            address: str = asked.getsockname()[0]
        except OSError:
            return ""
    return address if ip_address(address).is_global else ""
