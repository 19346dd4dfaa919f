"""From a form's fields to what a reader wants, and what is wrong with them, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.errors import BadSetting, BadSettings
from digest.mail.mailbox import Mailbox
from digest.model import Subscriber
from digest.render.languages import N_, Language
from digest.web.site.forms import Form
from digest.web.site.services import Reads

MOST_TOPICS = 50
LISTS = ("topics", "mute", "authors", "liked")
WORDS = ("email", "name", "papers", "timezone", "send_at", "rhythm", "locale")
TOLD = {
    "email": N_("This does not look like an address that mail can be sent to."),
    "topics": N_("One of the topics cannot be used."),
    "papers": N_("The number of papers must be between 1 and 100."),
    "timezone": N_("There is no such time zone: write it as in Europe/Berlin."),
    "send_at": N_("Write the time of day as in 07:30."),
    "many": N_("That is more than fits: 50 of a kind are enough."),
    "blocked": N_("Mailboxes that are thrown away after a while cannot be subscribed."),
    "undeliverable": N_("No mail can be delivered to that domain."),
}
OTHER = N_("This cannot be used.")


@dataclass
class Read:
    """A form, read."""

    wishes: Subscriber | None = None
    problems: dict[str, str] = field(default_factory=dict)
    """By field: a sentence for whoever filled it in."""


def read(form: Form, reads: Reads, words: Language, *, lines: bool = False, **known: Any) -> Read:
    """What a form asks for; `known` replaces fields. `lines`: one item stands on each line."""
    entry = entered(form, lines=lines) | known
    result = Read()
    for name in LISTS:
        if len(entry.get(name, ())) > MOST_TOPICS:
            result.problems[name] = told("many", words)
    if result.problems:
        return result
    try:
        result.wishes = reads(entry)
    except BadSettings as error:
        result.problems = {each.where: told(each.where, words) for each in error.problems}
    except BadSetting as error:
        result.problems = {error.where: told(error.where, words)}
    return result


def entered(form: Form, *, lines: bool) -> dict[str, Any]:
    """The fields that hold something."""
    entry: dict[str, Any] = {name: form.get(name) for name in WORDS if form.get(name)}
    items = form.lines if lines else form.items
    return entry | {name: items(name) for name in LISTS if items(name)}


def told(name: str, words: Language) -> str:
    """What is wrong with a field."""
    return words.gettext(TOLD.get(name, OTHER))


def domain_of(wishes: Subscriber) -> str:
    """Where the mail would go."""
    return Mailbox.parse(wishes.address).domain


def blank() -> Mapping[str, Any]:
    """A form that nobody has filled in yet."""
    return {
        "email": "",
        "topics": "",
        "rhythm": "daily",
        "send_at": "",
        "timezone": "",
        "papers": "10",
    }


def filled(form: Form) -> Mapping[str, Any]:
    """A form as it was filled in, to be shown again."""
    return {name: form.get(name) or value for name, value in blank().items()}
