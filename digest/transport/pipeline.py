"""One mail's passage: MAIL, RCPT, DATA, content, final dot (RFC 5321 §3.3).

Where the server offers PIPELINING the three commands go out at once (RFC 2920), and never more
than one mail's: some servers refuse the next mail's commands before they have answered this one.
"""

import asyncio
from contextlib import suppress

from digest.errors import TransportError
from digest.mail.verdict import Phase
from digest.model import Message
from digest.ports import BeforeDot
from digest.transport.envelope import Envelope
from digest.transport.wire import Wire

LIMITS = {
    Phase.MAIL: 300.0,
    Phase.RCPT: 300.0,
    Phase.DATA: 120.0,
    Phase.CONTENT: 180.0,
    Phase.DOT: 600.0,
}
"""Seconds to wait for the server (RFC 5321 §4.5.3.2.2 to §4.5.3.2.6)."""

_DATA = b"DATA\r\n"
_DOT = b".\r\n"
_WANTED = ((Phase.MAIL, b"2"), (Phase.RCPT, b"2"), (Phase.DATA, b"3"))


class Unmarked(Exception):
    """The mark before the final dot could not be made, so the dot was not written."""


class Passage:
    """Hands one mail over, and knows how far it came."""

    def __init__(self, wire: Wire, limits: dict[Phase, float]) -> None:
        self._wire, self._limits = wire, limits
        self.phase = Phase.MAIL
        self.begun = False
        """Whether the server has answered anything."""

    async def through(
        self, envelope: Envelope, pipelining: bool, message: Message, before_dot: BeforeDot
    ) -> bytes:
        """The server's last word on a mail: a refusal, or its answer to the final dot.

        Raises TransportError when the connection is lost, Unmarked when `before_dot` fails.
        """
        commands = self._at_once if pipelining else self._in_turn
        refusal = await commands(envelope.mail, envelope.rcpt)
        return refusal or await self._content(envelope.content, message, before_dot)

    async def _at_once(self, mail: bytes, rcpt: bytes) -> bytes | None:
        """Writes the envelope's commands together; returns the refusal, if there is one."""
        self._wire.write(mail + rcpt + _DATA)
        refusal = None
        for phase, wanted in _WANTED:
            if refusal is not None:
                break
            self.phase = phase
            answer = await self._reply(phase)
            if not answer.startswith(wanted):
                refusal = answer
        if refusal is not None:
            await self._settle(self.phase)
        return refusal

    async def _in_turn(self, mail: bytes, rcpt: bytes) -> bytes | None:
        """Writes one command at a time; returns the refusal, if there is one."""
        for (phase, wanted), line in zip(_WANTED, (mail, rcpt, _DATA), strict=True):
            self.phase = phase
            self._wire.write(line)
            answer = await self._reply(phase)
            if not answer.startswith(wanted):
                await self._reset()
                return answer
        return None

    async def _content(self, content: bytes, message: Message, before_dot: BeforeDot) -> bytes:
        """Writes the content, has the mark made, writes the dot; returns the last answer."""
        wire = self._wire
        self.phase = Phase.CONTENT
        await wire.send(content, self._limits[Phase.CONTENT])
        await asyncio.sleep(0)  # a look at what has arrived: a lost connection is no doubt yet
        if wire.answered:
            return await self._reply(Phase.CONTENT)
        wire.check()
        try:
            await before_dot(message)
        except Exception as error:
            wire.abort("the mark before the final dot could not be made")
            raise Unmarked(str(error)) from error
        wire.check()
        if not wire.write(_DOT):
            raise TransportError("connection lost just before the final dot")
        self.phase = Phase.DOT
        return await self._reply(Phase.DOT)

    async def _reply(self, phase: Phase) -> bytes:
        answer = await self._wire.reply(self._limits[phase])
        self.begun = True
        return answer

    async def _settle(self, refused: Phase) -> None:
        """After a refusal among commands sent at once: takes the other answers, cleans up.

        A server may say 354 to DATA although it refused the only recipient: then it waits for
        content, and gets none but the dot (RFC 2920 §3.1).
        """
        with suppress(TransportError):
            answer = b""
            for phase in list(self._limits)[list(self._limits).index(refused) + 1 :]:
                if phase is Phase.CONTENT:
                    break
                answer = await self._wire.reply(self._limits[phase])
            if answer.startswith(b"3"):
                self._wire.write(_DOT)
                await self._wire.reply(self._limits[Phase.DATA])
            else:
                await self._reset()

    async def _reset(self) -> None:
        """RSET (RFC 5321 §4.1.1.5); a connection that cannot even do that is given up."""
        with suppress(TransportError):
            self._wire.write(b"RSET\r\n")
            answer = await self._wire.reply(self._limits[Phase.MAIL])
            if not answer.startswith(b"2"):
                self._wire.abort("RSET was refused")
