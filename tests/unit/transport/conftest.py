"""Messages to send, and sending them as the nightly run does."""

from datetime import date

import pytest

from digest.model import Message, Outcome
from digest.transport.loop import deliver_all
from digest.transport.settings import Security, SmtpSettings
from digest.transport.smtp import SmtpTransport

DAY = date(2026, 9, 25)
CONTENT = b"Subject: 3 papers\r\n\r\nA line.\r\n.A line that begins with a dot.\r\n"


def message(address: str = "ann@x.example", content: bytes = CONTENT, **changes: str) -> Message:
    """A message to `address`."""
    fields = {
        "message_id": f"<{address}>",
        "reverse_path": "bounces+t@news.example",
        "forward_path": address,
    }
    return Message(address=address, day=DAY, content=content, **(fields | changes))


class Sent:
    """What came of a sending."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self.outcomes: list[Outcome] = []

    def of(self, address: str) -> Outcome:
        """The one outcome of an address."""
        (outcome,) = [outcome for outcome in self.outcomes if outcome.address == address]
        return outcome


@pytest.fixture
def send():
    """Sends messages to a server through `deliver_all`."""

    def send(server, messages, sessions=1, before_dot=None, stop=lambda: False, **settings):
        sent = Sent()
        options = {"security": Security.NONE, "reopen_after": (0.0,), "timeout": 5.0} | settings
        transport = SmtpTransport(SmtpSettings(host=server.host, port=server.port, **options))
        deliver_all(
            transport,
            messages,
            sessions,
            before_dot or (lambda message: sent.marks.append(message.address)),
            sent.outcomes.append,
            stop,
        )
        return sent

    return send
