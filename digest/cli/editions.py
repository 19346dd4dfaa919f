"""What a reader would get, for the commands that only show it."""

from datetime import date

from digest.app import App
from digest.errors import Unknown
from digest.model import Mood, Selection, Subscriber


def chosen(app: App, who: Subscriber, day: date) -> Selection:
    """What a reader would get. Raises Unknown when that is nothing."""
    if not app.papers.of_day(day):
        raise Unknown(f"nothing is collected for {day}: run `digest collect --day {day}` first")
    selection = app.selection(who, day)
    if selection.mood is Mood.SKIP:
        raise Unknown(f"{who.address} gets no mail for {day}: nothing is left that they may get")
    return selection
