"""What readers of sources share of HTML.

Its parser is loaded when the first page is read: every command knows the sources, few read one.
"""

import warnings
from typing import TYPE_CHECKING

from digest.sources import fields
from digest.sources.reading import Unreadable

if TYPE_CHECKING:
    from bs4 import BeautifulSoup


def soup(text: str) -> "BeautifulSoup":
    """The tree of a page. Raises Unreadable."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bs4 guesses what else this may be: not our business
        try:
            return BeautifulSoup(text, "lxml")
        except ParserRejectedMarkup as error:
            raise Unreadable(f"HTML, found what is none: {error}") from error


def plain(written: str) -> str:
    """The words of a text that may hold mark-up. Raises Unreadable."""
    return fields.text(soup(written).get_text(" ") if "<" in written else written)
