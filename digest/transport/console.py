"""A transport that prints: `outbox = "console"`, to look at what would be sent."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from typing import TextIO

from digest.model import DeliveryState, Message, Outcome
from digest.ports import BeforeDot

_SHOWN = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe")


class ConsoleTransport:
    """Prints each mail's main header fields and text part; nothing leaves the machine."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        """None: standard output, as it is when the mail is printed."""

    @asynccontextmanager
    async def session(self) -> AsyncIterator["ConsoleTransport"]:
        """Is its own session."""
        yield self

    async def deliver(self, message: Message, before_dot: BeforeDot) -> Outcome:
        """Prints the message."""
        text = summary(message)
        stream: TextIO | None = self._stream or sys.stdout
        if stream is None:  # closed by whoever started us
            words = "not printed: there is no standard output"
            return Outcome(message.address, message.day, DeliveryState.DEFERRED, words)
        await before_dot(message)
        try:
            stream.write(text)
            stream.flush()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            state, words = DeliveryState.DEFERRED, f"not printed: {reason}"
        else:
            state, words = DeliveryState.ACCEPTED, "printed"
        return Outcome(message.address, message.day, state, words)


def summary(message: Message) -> str:
    """A mail for a terminal: envelope, main header fields, text part, no control characters."""
    mail = message_from_bytes(message.content, policy=default)
    lines = [f"MAIL FROM:<{message.reverse_path}>", f"RCPT TO:<{message.forward_path}>"]
    lines += [f"{name}: {mail[name]}" for name in _SHOWN if mail[name]]
    body = mail.get_body(preferencelist=("plain", "html"))
    text = body.get_content() if body is not None else ""
    lines += ["", *str(text).splitlines(), "", "─" * 72, ""]
    return "\n".join(map(_printable, lines))


def _printable(line: str) -> str:
    """A line that cannot move the cursor, ring, or hide text."""
    return "".join(character if character.isprintable() else " " for character in line)
