"""A session with a relay: one mail after the other, reopened when it is lost."""

import asyncio
import re
from ssl import SSLContext

from digest.errors import TransportError
from digest.mail.reply import Reply
from digest.mail.verdict import LOST, Action, Phase, judge
from digest.model import DeliveryState, Message, Outcome, Scope
from digest.ports import BeforeDot
from digest.transport.connection import Connection, connect
from digest.transport.envelope import Unfit, prepare
from digest.transport.pipeline import Passage, Unmarked
from digest.transport.settings import SmtpSettings

ACCEPTED = re.compile(rb"(250 [!-~ ]{0,400}[!-~])\r\n")
"""What nearly every mail ends with: one plain line, which needs no judge."""
_ACCEPTED = DeliveryState.ACCEPTED
_QUIT_LIMIT = 5.0


class SmtpSession:
    """Hands messages over one by one; how each ended is a value, whatever happens."""

    def __init__(self, settings: SmtpSettings, tls: SSLContext | None) -> None:
        self._settings, self._tls = settings, tls
        self._connection: Connection | None = None
        self._broken = TransportError("the connection is lost, and smtp.reopen_after is empty")
        self._carried = 0
        """Mails on this connection."""
        self._closings = 0
        """How often in a row the server has closed instead of taking a mail (421)."""

    async def open(self) -> None:
        """Connects. Raises TransportError."""
        self._connection = await connect(self._settings, self._tls)

    async def deliver(self, message: Message, before_dot: BeforeDot) -> Outcome:
        """Hands one message over; how it ended is a value.

        Raises TransportError, with nothing sent, when a lost connection cannot be opened again.
        """
        outcome = await self._attempt(message, before_dot)
        if outcome is None:  # closed in silence between two mails: once more, on a new connection
            outcome = await self._attempt(message, before_dot)
        return outcome or _outcome(message, LOST, "the server closes every connection in silence")

    async def _attempt(self, message: Message, before_dot: BeforeDot) -> Outcome | None:
        """One attempt; None when the connection was lost before the server said anything."""
        if 0 < self._settings.per_connection <= self._carried:
            await self.close()
        connection = await self._connected()
        self._carried += 1
        envelope = prepare(message, connection)
        if isinstance(envelope, Unfit):
            return _outcome(message, envelope.action, envelope.reason)
        passage = Passage(connection.wire, self._settings.limits)
        try:
            answer = await passage.through(envelope, connection.pipelining, message, before_dot)
            return self._settled(message, answer, passage.phase)
        except BaseException as error:
            self.abort()
            if not isinstance(error, Exception):
                raise
            return _failed(message, passage, error)

    def _settled(self, message: Message, answer: bytes, phase: Phase) -> Outcome:
        """Judges the server's last word; leaves a connection that is over or out of step."""
        if phase is Phase.DOT and (plain := ACCEPTED.fullmatch(answer)):
            self._closings = 0
            return Outcome(message.address, message.day, _ACCEPTED, plain[1].decode())
        reply = Reply.parse(answer)
        action = judge(reply, phase)
        self._closings = self._closings + 1 if reply.code == 421 else 0
        if action.scope is Scope.CONNECTION or reply.code == 421 or phase is Phase.CONTENT:
            self.abort()
        return _outcome(message, action, str(reply))

    async def _connected(self) -> Connection:
        """The connection, opened again when it was lost. Raises TransportError."""
        if self._connection is not None and self._connection.wire.usable:
            return self._connection
        self.abort()
        for pause in self._pauses():
            await asyncio.sleep(pause)
            try:
                self._connection = await connect(self._settings, self._tls)
            except TransportError as error:
                self._broken = error
            else:
                return self._connection
        raise self._broken

    def _pauses(self) -> tuple[float, ...]:
        """Seconds before each attempt; a server that says 421 again and again is let breathe."""
        pauses = self._settings.reopen_after
        first = pauses[min(max(self._closings - 1, 0), len(pauses) - 1) :][:1]
        return first + pauses[1:]

    def abort(self) -> None:
        """Ends the connection at once, without a word."""
        if self._connection is not None:
            self._connection.wire.abort()
            self._connection.smtp.close()
            self._connection = None
            self._carried = 0

    async def close(self) -> None:
        """Says QUIT (RFC 5321 §4.1.1.10), waits for the answer, closes."""
        if self._connection is None:
            return
        wire = self._connection.wire
        try:
            if wire.usable:
                wire.write(b"QUIT\r\n")
                await wire.reply(_QUIT_LIMIT)
        except TransportError:
            pass  # who closes instead of saying 221 has understood
        await wire.close()
        self.abort()


def _failed(message: Message, passage: Passage, error: Exception) -> Outcome | None:
    """What an interrupted passage comes to: one mail's fault must not end its siblings."""
    if isinstance(error, Unmarked):
        return _outcome(message, LOST, f"not sent, its mark could not be made: {error}")
    if not isinstance(error, TransportError):
        return _outcome(message, judge(None, passage.phase), f"a fault of ours: {error!r}")
    if not passage.begun:
        return None
    return _outcome(message, judge(None, passage.phase), f"{error} (after {passage.phase})")


def _outcome(message: Message, action: Action, words: str) -> Outcome:
    return Outcome(
        message.address,
        message.day,
        action.state,
        words,
        action.retry_after,
        action.scope,
        action.severity,
        action.alert,
    )
