"""Letters that are due are handed over: confirmations, and to readers who ask again, their page."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from digest.clock import Clock
from digest.errors import TransportError
from digest.model import DeliveryState, Message, Outcome
from digest.model.request import Asked
from digest.ports import Requests

BATCH = 100
AFTER_MIDNIGHT = timedelta(days=1)
"""For how long a letter is still tried: who waits for a confirmation waits minutes, not days."""


class Stationer(Protocol):
    """Prints letters."""

    def letter(self, asked: Asked) -> Message:
        """What an address gets for a request."""


HandOver = Callable[[Sequence[Message]], Sequence[Outcome]]
"""Gives mails to the relay, outside the ledger. Raises TransportError."""


class Postbox:
    """Hands over what is due; a letter is marked before, so that no crash makes two of it."""

    def __init__(
        self, requests: Requests, letters: Stationer, hand_over: HandOver, clock: Clock
    ) -> None:
        self._requests, self._letters = requests, letters
        self._hand_over, self._clock = hand_over, clock

    def empty(self) -> int:
        """Hands over all letters that are due; returns how many were taken.

        Raises TransportError when nobody takes mail: they stay due.
        """
        taken = 0
        oldest = (self._clock.now() - AFTER_MIDNIGHT).date()
        while due := self._requests.unmailed(oldest, BATCH):
            deferred = self._hand(due)
            taken += len(due) - deferred
            if deferred:
                break
        return taken

    def _hand(self, due: Sequence[Asked]) -> int:
        """Hands a batch over; returns how many were deferred, and are due again."""
        now = self._clock.now()
        messages = {asked.wishes.address: self._letters.letter(asked) for asked in due}
        for asked in due:
            self._requests.mailed(asked, now)
        try:
            outcomes = {o.address: o.state for o in self._hand_over(list(messages.values()))}
        except TransportError:
            for asked in due:
                self._requests.mailed(asked, None)
            raise
        again = [
            asked
            for asked in due
            if outcomes.get(asked.wishes.address, DeliveryState.DEFERRED) is DeliveryState.DEFERRED
        ]
        for asked in again:
            self._requests.mailed(asked, None)
        return len(again)
