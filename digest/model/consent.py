"""What shows that a reader wants our mail: who said so, when, how, and to which words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.life import Act


class Way(StrEnum):
    """How something was said."""

    WEB = "web"
    MAIL = "mail"
    ONE_CLICK = "one-click"
    """RFC 8058: by the reader's mail program."""
    OPERATOR = "operator"
    SERVER = "server"
    """A mail server's notice."""
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Consent:
    """The circumstances of an act."""

    way: Way = Way.OPERATOR
    origin: str = ""
    """From where (a network, a file), as far as the operator wants it kept."""
    words: str = ""
    """What they were shown, or what they wrote."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a reader's dossier; lines are only added."""

    at: datetime
    act: Act
    consent: Consent
