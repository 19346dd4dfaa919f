"""What a person knows better than any program: whether a mail arrived whose answer was lost."""

from datetime import date, datetime

from digest.errors import Misuse
from digest.model import DeliveryState
from digest.ports import Ledger, Selections


class Doubts:
    """Settles deliveries that are in doubt, or lets them go again."""

    def __init__(self, ledger: Ledger, selections: Selections) -> None:
        self._ledger, self._selections = ledger, selections

    def settle(self, address: str, day: date, now: datetime, *, lost: bool) -> None:
        """It arrived, or it is lost: then its papers may come again, in the next edition.

        Raises Misuse when it is not in doubt.
        """
        state = DeliveryState.EXPIRED if lost else DeliveryState.ACCEPTED
        if not self._ledger.decide(address, day, state, now):
            raise Misuse(
                f"the edition of {day} for {address} is not in doubt: "
                f"see `digest deliveries --day {day} --state in_doubt`"
            )

    def release(self, address: str, day: date, now: datetime) -> None:
        """The next run sends the very same mail again, under the same Message-ID.

        Raises Misuse when it is neither in doubt nor given up, or when its papers have come since.
        """
        chosen = self._selections.get(address, day)
        seen = self._selections.seen([address], day)[address]
        if chosen and seen.intersection(choice.paper for choice in chosen.choices):
            raise Misuse(f"papers of the edition of {day} have reached {address} in another one")
        if not self._ledger.decide(address, day, DeliveryState.DEFERRED, now):
            raise Misuse(
                f"the edition of {day} for {address} is neither in doubt nor given up: "
                f"see `digest deliveries --day {day}`"
            )
