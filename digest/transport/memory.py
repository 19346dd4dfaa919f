"""A transport that keeps what it gets in a list: for tests and previews."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from digest.model import DeliveryState, Message, Outcome
from digest.ports import BeforeDot


class MemoryTransport:
    """Accepts everything, into `messages`."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @asynccontextmanager
    async def session(self) -> AsyncIterator["MemoryTransport"]:
        """Is its own session."""
        yield self

    async def deliver(self, message: Message, before_dot: BeforeDot) -> Outcome:
        """Keeps the message."""
        await before_dot(message)
        self.messages.append(message)
        return Outcome(message.address, message.day, DeliveryState.ACCEPTED, "kept in memory")
