"""DMARC (RFC 9989): the record of a domain by DNS tree walk, and alignment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.doctor.records import Ask

MOST_LABELS = 8
"""From a domain with so many labels or more the walk goes on at seven (RFC 9989 §4.10)."""
REMOVED = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 has taken out."""
POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record where the walk met it."""

    domain: str
    text: str
    tags: Mapping[str, str]

    @property
    def policy(self) -> str:
        """`p`, in lower case; "" when there is none that counts."""
        written = self.tags.get("p", "").lower()
        return written if written in POLICIES else ""

    @property
    def removed(self) -> list[str]:
        """Its tags that mean nothing any more."""
        return [tag for tag in REMOVED if tag in self.tags]

    @property
    def reports(self) -> list[str]:
        """The mailboxes that `rua` names."""
        uris = [uri.strip() for uri in self.tags.get("rua", "").split(",")]
        mails = [uri[7:].partition("!")[0] for uri in uris if uri.lower().startswith("mailto:")]
        return [mail for mail in mails if "@" in mail]


@dataclass(frozen=True, slots=True)
class Walk:
    """What a tree walk found, from the domain up."""

    start: str
    records: tuple[Record, ...] = ()
    several: tuple[str, ...] = ()
    """Domains with more than one record: none of them counts (RFC 9989 §4.10.1)."""
    problem: str = ""
    """Why DNS did not answer."""

    @property
    def organization(self) -> str:
        """The Organizational Domain (RFC 9989 §4.10.2)."""
        for record in self.records:
            if record.tags.get("psd", "").lower() == "n":
                return record.domain
            if record.tags.get("psd", "").lower() == "y" and record.domain != self.start:
                return _one_below(self.start, record.domain)
        return self.records[-1].domain if self.records else self.start

    @property
    def record(self) -> Record | None:
        """The record that holds: the domain's own, else its organization's (RFC 9989 §4.10.1)."""
        by_domain = {record.domain: record for record in self.records}
        found = by_domain.get(self.start) or by_domain.get(self.organization)
        return found or (self.records[-1] if self.records else None)


def parse(domain: str, text: str) -> Record | None:
    """A record; None when it is none: `v=DMARC1` comes first (RFC 9989 §4.7)."""
    if not re.match(r"\s*v\s*=\s*DMARC1\s*(;|$)", text):
        return None
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    tags = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Record(domain, text.strip(), tags)


def walk(ask: Ask, domain: str) -> Walk:
    """Asks for `_dmarc` of a domain and of those above it (RFC 9989 §4.10)."""
    found: list[Record] = []
    several: list[str] = []
    for name in _upwards(domain):
        answer = ask(f"_dmarc.{name}", "TXT")
        if answer.failed:
            return Walk(domain, tuple(found), tuple(several), f"_dmarc.{name}: {answer.problem}")
        listed = [record for text in answer.records if (record := parse(name, text))]
        if len(listed) > 1:
            several.append(name)
        elif listed:
            found += listed
            if listed[0].tags.get("psd", "").lower() in {"y", "n"}:
                break
    return Walk(domain, tuple(found), tuple(several))


def _upwards(domain: str) -> list[str]:
    labels = domain.rstrip(".").split(".")
    shorter = labels[-7:] if len(labels) >= MOST_LABELS else labels[1:]
    names = [labels, *(shorter[start:] for start in range(len(shorter)))]
    return [".".join(name) for name in names if name]


def _one_below(domain: str, above: str) -> str:
    extra = domain.split(".")[: -len(above.split("."))]
    return f"{extra[-1]}.{above}"


def aligned(ask: Ask, from_domain: str, other: str, *, strict: bool) -> bool:
    """Whether a domain that was authenticated stands for the one in From (RFC 9989 §4.4)."""
    one, two = from_domain.lower(), other.lower()
    if strict or one == two:
        return one == two
    return walk(ask, one).organization == walk(ask, two).organization
