"""SPF (RFC 7208): may an address send for a domain? DNS is asked through a given function."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from digest.doctor.records import Answer, Ask
from digest.doctor.spf_macros import expand

MOST_LOOKUPS, MOST_VOID, MOST_HOSTS = 10, 2, 10
"""Terms that ask DNS, answers without records, names of one `mx` or `ptr` (RFC 7208 §4.6.4)."""
_MECHANISM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)((?:[:/].*)?)", re.I)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.I)
_LENGTHS = re.compile(r"(.*?)(?:/(\d{1,2}))?(?://(\d{1,3}))?")


class Result(StrEnum):
    """RFC 7208 §2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


QUALIFIERS = {"": Result.PASS, "+": Result.PASS, "?": Result.NEUTRAL}
QUALIFIERS |= {"~": Result.SOFTFAIL, "-": Result.FAIL}


class Broken(Exception):
    """A record that ends in `permerror` or `temperror`."""

    def __init__(self, result: Result, why: str) -> None:
        super().__init__(why)
        self.result, self.why = result, why


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier."""

    name: str
    value: str = ""
    """What follows `:` or `=`, and for `a` and `mx` the prefix lengths."""
    qualifier: str = ""
    modifier: bool = False

    @property
    def asks(self) -> bool:
        """Whether it counts as a look-up (RFC 7208 §4.6.4)."""
        return self.name in {"include", "a", "mx", "ptr", "exists", "redirect"}


def records(answer: Answer) -> list[str]:
    """The SPF records among TXT records (RFC 7208 §4.5)."""
    return [text for text in answer.records if re.match(r"v=spf1( |$)", text, re.I)]


def parse(record: str) -> list[Term]:
    """The terms of a record. Raises Broken (permerror) for what is none (RFC 7208 §4.6)."""
    terms = [_term(word) for word in record.split()[1:]]
    for once in ("redirect", "exp"):
        if sum(term.name == once and term.modifier for term in terms) > 1:
            raise Broken(Result.PERMERROR, f"{once}= stands there twice")
    return terms


def _term(word: str) -> Term:
    if mechanism := _MECHANISM.fullmatch(word):
        term = Term(mechanism[2].lower(), mechanism[3], mechanism[1])
        _checked(term, word)
        return term
    if modifier := _MODIFIER.fullmatch(word):
        return Term(modifier[1].lower(), modifier[2], modifier=True)
    raise Broken(Result.PERMERROR, f"{word!r} is no mechanism")


def _checked(term: Term, word: str) -> None:
    bad = Broken(Result.PERMERROR, f"{word!r} cannot be understood")
    if term.name in {"ip4", "ip6"}:
        kind = IPv4Network if term.name == "ip4" else IPv6Network
        try:
            if not isinstance(ip_network(term.value.removeprefix(":"), strict=False), kind):
                raise bad
        except ValueError:
            raise bad from None
    empty = term.name in {"include", "exists"} and not term.value.removeprefix(":")
    if empty or (term.name == "all" and term.value):
        raise bad


@dataclass
class Evaluation:
    """check_host() of RFC 7208 §4, for one address and sender."""

    ask: Ask
    address: str
    sender: str
    """The mailbox in MAIL FROM."""
    lookups: int = 0
    void: int = 0
    problem: str = ""
    seen: list[str] = field(default_factory=list)
    """Domains whose records were read, in order."""

    def check(self, domain: str) -> Result:
        """The result for a domain; `problem` tells why it is an error."""
        try:
            return self._host(domain)
        except Broken as broken:
            self.problem = broken.why
            return broken.result

    def _host(self, domain: str) -> Result:
        self.seen.append(domain)
        answer = self._asked(domain, "TXT", counts=False)
        listed = records(answer)
        if not listed:
            return Result.NONE
        if len(listed) > 1:
            raise Broken(Result.PERMERROR, f"{domain} has {len(listed)} SPF records")
        terms = parse(listed[0])
        for term in terms:
            if not term.modifier and self._matches(term, domain):
                return QUALIFIERS[term.qualifier]
        redirect = next((t for t in terms if t.name == "redirect" and t.modifier), None)
        if redirect is None:
            return Result.NEUTRAL
        self._count(redirect)
        result = self._host(self._name(redirect.value, domain))
        if result is Result.NONE:
            raise Broken(Result.PERMERROR, f"redirect={redirect.value} leads to no SPF record")
        return result

    def _matches(self, term: Term, domain: str) -> bool:
        self._count(term)
        match term.name:
            case "all":
                return True
            case "ip4" | "ip6":
                return self._within(term.value.removeprefix(":"))
            case "include":
                return self._included(self._name(term.value.removeprefix(":"), domain))
            case "exists":
                asked = self._asked(self._name(term.value.removeprefix(":"), domain), "A")
                return bool(asked.records)
            case "a" | "mx":
                return self._hosted(term, domain)
        return False  # ptr: deprecated (RFC 7208 §5.5), and no reason to trust anybody

    def _count(self, term: Term) -> None:
        self.lookups += term.asks
        if self.lookups > MOST_LOOKUPS:
            raise Broken(Result.PERMERROR, f"more than {MOST_LOOKUPS} DNS look-ups")

    def _included(self, domain: str) -> bool:
        result = self._host(domain)
        if result is Result.NONE:
            raise Broken(Result.PERMERROR, f"include:{domain} leads to no SPF record")
        return result is Result.PASS

    def _hosted(self, term: Term, domain: str) -> bool:
        cut = _LENGTHS.fullmatch(term.value)
        name, four, six = (cut[1], cut[2], cut[3]) if cut else (term.value, None, None)
        host = self._name(name.removeprefix(":"), domain) if name else domain
        hosts = [host]
        if term.name == "mx":
            listed = self._asked(host, "MX").records
            hosts = [record.split()[-1].rstrip(".") for record in listed if record.split()]
            if len(hosts) > MOST_HOSTS:
                raise Broken(Result.PERMERROR, f"{host} has more than {MOST_HOSTS} MX records")
        kind, length = ("AAAA", six) if ":" in self.address else ("A", four)
        return any(
            self._within(f"{found}/{length}" if length else found)
            for each in hosts
            for found in self._asked(each, kind, counts=term.name == "a").records
        )

    def _asked(self, name: str, kind: str, *, counts: bool = True) -> Answer:
        answer = self.ask(name, kind)
        if answer.failed:
            raise Broken(Result.TEMPERROR, f"{name} {kind}: {answer.problem}")
        self.void += counts and not answer.records
        if self.void > MOST_VOID:
            raise Broken(Result.PERMERROR, f"more than {MOST_VOID} look-ups found nothing")
        return answer

    def _within(self, network: str) -> bool:
        try:
            return ip_address(self.address) in ip_network(network, strict=False)
        except ValueError:
            return False

    def _name(self, written: str, domain: str) -> str:
        try:
            return expand(written, self.address, self.sender, domain)
        except ValueError as error:
            raise Broken(Result.PERMERROR, str(error)) from error


def lookups(ask: Ask, domain: str, seen: frozenset[str] = frozenset()) -> int:
    """How many look-ups the whole record of a domain may take, whatever matches first."""
    listed = records(ask(domain, "TXT"))
    if len(listed) != 1 or domain in seen or len(seen) > MOST_LOOKUPS:
        return 0
    try:
        terms = parse(listed[0])
    except Broken:
        return 0
    inner = [t.value.removeprefix(":") for t in terms if t.name in {"include", "redirect"}]
    deeper = sum(lookups(ask, name, seen | {domain}) for name in inner if "%" not in name)
    return sum(term.asks for term in terms) + deeper
