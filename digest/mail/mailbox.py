"""Addresses: from what somebody typed to the mailbox that is the ledger's key (RFC 5321 §4.1.2)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from email_validator import EmailNotValidError, validate_email

from digest.errors import BadAddress
from digest.mail.domain import deceit

LOCAL_LONGEST, PATH_LONGEST = 64, 254
"""Octets: RFC 5321 §4.5.3.1.1, and §4.5.3.1.3 less the angle brackets."""

_ROUTES = {"|": "a pipe", "`": "a backquote", "!": "a source route", "%": "a source route"}
_OPTIONS = "-/~&:"
"""What a mail server may take for an option, a file or an include when it comes first."""
_MACHINES = frozenset({"mailer-daemon", "mailerdaemon", "double-bounce", "nobody", "devnull"})
"""Mailboxes where nobody reads, and whose answers make loops. `postmaster` is a person (§4.5.1)."""
_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*", re.ASCII)
"""A local part of nearly everybody: nothing in it needs a second look (RFC 5322 §3.2.3)."""
_RESERVED = re.compile(r"@([^@\s]+\.)?(localhost|local|test|invalid)\Z", re.IGNORECASE)
"""Domains that lead nowhere outside (RFC 6761), which a self-hosted digest may well be sent to."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox, normalised."""

    local: str
    """Lower case when it is ASCII; else as written, in NFC, for only its own host may fold it."""
    domain: str
    """A-labels (RFC 5891), lower case."""

    @classmethod
    def parse(cls, written: str) -> Self:
        """Reads an address. Raises BadAddress, saying what is wrong and what to write."""
        try:
            local, domain = _syntax(written.strip())
        except (EmailNotValidError, UnicodeError) as error:
            raise BadAddress(written, _sentence(str(error))) from error
        mailbox = cls(local.lower() if local.isascii() else local, domain)
        problem = _problem(mailbox)
        if problem:
            raise BadAddress(written, problem)
        return mailbox

    @property
    def smtputf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 (RFC 6531) can be given this mailbox."""
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def normalise(written: str) -> str:
    """The ledger's key for an address. Raises BadAddress."""
    return str(Mailbox.parse(written))


def _syntax(written: str) -> tuple[str, str]:
    """Local part in NFC and A-label domain. Raises what email-validator and idna raise.

    Half of what a list of readers costs is its few domains, so those are read once: of a plain
    address they are all that can be wrong.
    """
    local, _, domain = written.rpartition("@")
    if len(written) <= PATH_LONGEST and len(local) <= LOCAL_LONGEST and _PLAIN.fullmatch(local):
        return local, _domain(domain)
    return _whole(written)


@lru_cache(maxsize=65_536)
def _domain(domain: str) -> str:
    return _whole(f"x@{domain}")[1]


def _whole(written: str) -> tuple[str, str]:
    suffix = ".example" if _RESERVED.search(written) else ""
    found = validate_email(
        written + suffix,
        check_deliverability=False,
        globally_deliverable=False,
        allow_quoted_local=False,
        allow_domain_literal=False,
    )
    domain = found.ascii_domain.lower().removesuffix(suffix)
    return unicodedata.normalize("NFC", found.local_part), domain


def _problem(mailbox: Mailbox) -> str:
    """What is wrong beyond syntax; "" when nothing is."""
    local = mailbox.local
    route = next((name for sign, name in _ROUTES.items() if sign in local), "")
    if route:
        return f"it holds {route}, which a mail server may act upon; write a plain mailbox name"
    if local[0] in _OPTIONS:
        return f"it begins with {local[0]!r}, which a mail server may act upon; leave that out"
    if local in _MACHINES:
        return "nobody reads mail there; write the address of a person"
    if "." not in mailbox.domain and mailbox.domain != "localhost":
        return f"the domain {mailbox.domain!r} has no dot; write it in full, as in name@example.org"
    if len(local.encode()) > LOCAL_LONGEST or len(str(mailbox).encode()) > PATH_LONGEST:
        return "it is longer than RFC 5321 §4.5.3.1 allows"
    return deceit(mailbox.domain)


def _sentence(problem: str) -> str:
    """A library's sentence, fitted behind "cannot be used: "."""
    text = problem.rstrip(".")
    return text[:1].lower() + text[1:] + "; write it as name@example.org"
