"""What every door does with a mail: takes it in, and hands over the answer."""

import logging
from collections.abc import Callable, Sequence
from enum import Enum

from digest.errors import DigestError
from digest.inbound.desk import Desk

LOG = logging.getLogger(__name__)


class Fate(Enum):
    """Whether a door may forget a mail."""

    TAKEN = "taken"
    AGAIN = "again"
    """Trouble of ours: the mail is to be offered again."""


class Taking:
    """Takes mails in for a door; no trouble of one mail keeps another back."""

    def __init__(
        self,
        desk: Callable[[], Desk],
        post: Callable[[], int],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`post` hands over what waits to be mailed; `tell` is told what became of each mail."""
        self._desk, self._post, self._tell = desk, post, tell

    def take(
        self, octets: bytes, sender: str | None = None, recipients: Sequence[str] = ()
    ) -> Fate:
        """Takes in one mail."""
        try:
            taken = self._desk().take(octets, sender, recipients)
        except (DigestError, OSError) as error:
            self._tell(f"not taken in, to be tried again: {error}")
            return Fate.AGAIN
        except Exception:
            LOG.exception("a mail could not be taken in")
            self._tell("not taken in, by a fault of ours: to be tried again")
            return Fate.AGAIN
        self._tell(taken.words)
        return Fate.TAKEN

    def post(self) -> None:
        """Hands over what waits; what nobody takes waits on."""
        try:
            self._post()
        except (DigestError, OSError) as error:
            self._tell(f"answers wait: {error}")
