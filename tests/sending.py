"""Messages to send, and what came of sending them."""

from datetime import date

from digest.model import Message, Outcome
from digest.transport.loop import deliver_all
from digest.transport.relays import Relay
from digest.transport.settings import Security, SmtpSettings
from digest.transport.smtp import SmtpTransport
from digest.transport.supply import Course

DAY = date(2026, 9, 25)
CONTENT = b"Subject: 3 papers\r\n\r\nA line.\r\n.A line after a dot.\r\n"


def message(address: str = "ann@x.example", content: bytes = CONTENT, **changes: str) -> Message:
    """A message to `address`."""
    fields = {
        "message_id": f"<{address}>",
        "reverse_path": "bounces+t@news.example",
        "forward_path": address,
    }
    return Message(address=address, day=DAY, content=content, **(fields | changes))


def messages(names: str) -> list[Message]:
    """A message for each letter: to a@x.example, b@x.example…"""
    return [message(f"{name}@x.example") for name in names]


class Sent:
    """What came of a sending."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self.outcomes: list[Outcome] = []

    def of(self, name: str) -> Outcome:
        """The one outcome of NAME@x.example."""
        (outcome,) = (o for o in self.outcomes if o.address in {name, f"{name}@x.example"})
        return outcome

    @property
    def states(self) -> dict[str, str]:
        """First letter of the address → state."""
        return {outcome.address[0]: str(outcome.state) for outcome in self.outcomes}


def send(
    server, all_messages, sessions=1, before_dot=None, stop=lambda: False, steering=None, **settings
):
    """Sends messages to a server as the nightly run does; `settings` are those of SMTP."""
    sent = Sent()

    def mark(marked: Message) -> None:
        sent.marks.append(marked.address)
        if before_dot is not None:
            before_dot(marked)

    options = {"security": Security.NONE, "reopen_after": (0.0,), "timeout": 5.0} | settings
    transport = SmtpTransport(
        SmtpSettings(**({"host": server.host, "port": server.port} | options))
    )
    course = Course([Relay(transport, sessions)], **(steering or {}))
    deliver_all(course, all_messages, mark, sent.outcomes.append, stop, grace=0.3)
    return sent
