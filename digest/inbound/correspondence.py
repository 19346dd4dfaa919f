"""Answers that wait are handed over, each once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from digest.clock import Clock
from digest.errors import TransportError
from digest.model import DeliveryState, Message, Outcome
from digest.model.answer import Answer
from digest.ports import Inbox

BATCH = 100

HandOver = Callable[[Sequence[Message]], Sequence[Outcome]]
"""Gives mails to the relay, outside the ledger. Raises TransportError."""


class Stationer(Protocol):
    """Prints answers."""

    def answer(self, answer: Answer) -> Message:
        """The mail of an answer."""


class Correspondence:
    """A crash makes no answer two: each is marked before it is handed over."""

    def __init__(
        self,
        inbox: Inbox,
        stationer: Callable[[], Stationer],
        hand_over: HandOver,
        clock: Clock,
    ) -> None:
        """`stationer` is asked for once there is something to print."""
        self._inbox, self._stationer = inbox, stationer
        self._hand_over, self._clock = hand_over, clock

    def post(self) -> int:
        """Hands over all answers that are due; returns how many were taken.

        Raises TransportError when nobody takes mail: they stay due.
        """
        taken = 0
        while due := self._inbox.waiting(self._clock.now(), BATCH):
            again = self._hand(due)
            taken += len(due) - again
            if again:
                break
        return taken

    def _hand(self, due: Sequence[tuple[int, Mapping[str, Any]]]) -> int:
        """Hands answers over, one after the other; returns how many are due again."""
        again = 0
        for number, record in due:
            message = self._stationer().answer(Answer.of(record))
            self._inbox.handed([number], self._clock.now())
            try:
                outcomes = self._hand_over([message])
            except TransportError:
                self._inbox.handed([number], None)
                raise
            if any(outcome.state is DeliveryState.DEFERRED for outcome in outcomes):
                self._inbox.handed([number], None)
                again += 1
        return again
