"""What sources have in common: one way to a day, no calendar, and errors translated once."""

from abc import ABC, abstractmethod
from datetime import date

from digest.errors import Changed
from digest.model import Page, Request, Response
from digest.sources.reading import Unreadable, decoded


class PlainSource(ABC):
    """A source that reads text; `ports.Source` but for its first request and its name."""

    def expects(self, day: date) -> bool:
        """Whether there is a list of a day at all; what a query finds may be nothing."""
        return False

    def fallbacks(self, day: date) -> tuple[Request, ...]:
        """Other ways to a day; there are none."""
        return ()

    def read(self, response: Response) -> Page:
        """The papers of an answer. Raises Changed, or Unreachable for an error of the source's."""
        try:
            return self.take(decoded(response), response)
        except Unreadable as fault:
            where = f"{response.url}: {fault.where}" if fault.where else response.url
            raise Changed(where, fault.expected, response.body) from fault

    @abstractmethod
    def take(self, text: str, response: Response) -> Page:
        """The papers of a text. Raises Unreadable when it has not the expected shape."""
