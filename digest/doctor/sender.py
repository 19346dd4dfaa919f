"""Whether the sender's domain vouches for our mail: SPF, DKIM, DMARC."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from digest.doctor import dkim, dmarc, spf
from digest.doctor.check import Check, failed, passed, skipped, warned
from digest.doctor.records import Ask, shown, txt


@dataclass(frozen=True, slots=True)
class Sender:
    """Who our mail is from, and where it leaves."""

    domain: str
    """Of From."""
    bounce: str
    """Of MAIL FROM."""
    mailbox: str
    """Of the operator, for reports."""
    addresses: tuple[str, ...] = ()
    """Addresses that mail reaches the world from."""
    guessed: bool = False
    """Whether those are only the relay's own, and a large service sends from others."""
    selector: str = ""
    """The DKIM selector of the relay; "": nobody told."""
    probe: bytes = b""
    """A mail as we would hand it over, signed when we sign."""
    records: Mapping[str, str] = field(default_factory=dict)
    """By the selectors of keys of our own: the line that publishes them."""


def check_spf(ask: Ask, sender: Sender) -> Check:
    """Whether MAIL FROM's domain allows our addresses (RFC 7208)."""
    domain, name = sender.bounce, "spf"
    answer = ask(domain, "TXT")
    if answer.failed:
        return failed(name, f"no answer about {domain}: {answer.problem}", "a DNS that answers")
    listed = spf.records(answer)
    new = txt(domain, f"v=spf1 {' '.join(_terms(sender.addresses)) or 'a mx'} -all")
    if not listed:
        return failed(name, f"{domain} has no SPF record", "a record that names our relay", new)
    if len(listed) > 1:
        problem = f"{domain} has {len(listed)} SPF records, so none counts (RFC 7208 §4.5)"
        return failed(name, problem, "one record", txt(domain, listed[0]))
    return _judged(ask, sender, listed[0])


def _judged(ask: Ask, sender: Sender, record: str) -> Check:
    domain, said, name = sender.bounce, shown(record), "spf"
    try:
        terms = spf.parse(record)
    except spf.Broken as broken:
        return failed(name, f"{said}: {broken.why}", "a record that can be read (RFC 7208 §4.6)")
    if (number := spf.lookups(ask, domain)) > spf.MOST_LOOKUPS:
        wanted = f"{spf.MOST_LOOKUPS} at most, or every check ends in an error (RFC 7208 §4.6.4)"
        return failed(name, f"{said} takes {number} DNS look-ups", wanted)
    if any(t.name == "all" and t.qualifier in {"", "+"} for t in terms):
        mended = txt(domain, record.replace("+all", "-all").replace(" all", " -all"))
        return failed(name, f"{said}: anybody may send for {domain}", "-all or ~all", mended)
    if not sender.addresses:
        return warned(name, said, "doctor.addresses: nobody knows where our mail leaves from")
    return _allowed(ask, sender, record, terms)


def _allowed(ask: Ask, sender: Sender, record: str, terms: Sequence[spf.Term]) -> Check:
    said, number, name = shown(record), spf.lookups(ask, sender.bounce), "spf"
    refused = []
    for address in sender.addresses:
        evaluation = spf.Evaluation(ask, address, f"bounces@{sender.bounce}")
        result = evaluation.check(sender.bounce)
        if result in {spf.Result.PERMERROR, spf.Result.TEMPERROR}:
            wanted = "a record that can be followed to its end"
            return failed(name, f"{said}: {result}: {evaluation.problem}", wanted)
        if result is not spf.Result.PASS:
            refused.append((address, result))
    if not refused:
        return passed(name, f"{said}: {', '.join(sender.addresses)} pass, {number} look-ups")
    told = ", ".join(f"{address}: {result}" for address, result in refused)
    line = txt(sender.bounce, _with(record, [address for address, _ in refused]))
    if sender.guessed and any(term.name in {"include", "redirect"} for term in terms):
        wanted = "doctor.addresses, if the relay sends from other addresses than its own; else this"
        return warned(name, f"{said}: {told}", wanted, line)
    return failed(name, f"{said}: {told}", "a record that allows our addresses", line)


def _terms(addresses: Sequence[str]) -> list[str]:
    return [f"ip6:{each}" if ":" in each else f"ip4:{each}" for each in addresses]


def _with(record: str, addresses: Sequence[str]) -> str:
    """The record with more addresses, before what ends it."""
    words = record.split()
    return " ".join([words[0], *_terms(addresses), *words[1:]])


def check_dkim(ask: Ask, sender: Sender) -> Iterator[Check]:
    """Whether our mail is signed with keys that DNS publishes (RFC 6376)."""
    found = dkim.signatures(sender.probe) if sender.probe else []
    for told, problem in zip(found, dkim.verify(ask, sender.probe), strict=True):
        name = f"dkim:{told.get('s', '?')}"
        if problem:
            line = sender.records.get(told.get("s", ""))
            wanted = "the public key of the one that signs, published"
            yield failed(name, shown(problem), wanted, *([line] if line else []))
        else:
            yield _strong(ask, name, told["s"], told["d"])
    if sender.selector:
        yield _strong(ask, f"dkim:{sender.selector}", sender.selector, sender.domain)
    elif not found:
        wanted = "doctor.selector, when the relay signs; else `digest dkim keygen`, and [dkim]"
        yield warned("dkim", "we sign nothing, and nobody told what the relay signs with", wanted)


def _strong(ask: Ask, name: str, selector: str, domain: str) -> Check:
    where = f"{selector}._domainkey.{domain}"
    try:
        key = dkim.published(ask, selector, domain)
    except dkim.BadKey as error:
        wanted = "the public key that our mail is signed with"
        example = txt(where, "v=DKIM1; k=rsa; p=…")
        return failed(name, f"{where}: {shown(str(error))}", wanted, example)
    if key.name.startswith("RSA") and key.bits < dkim.SHORTEST:
        wanted = f"{dkim.ADVISED} bits (RFC 8301 §3.2)"
        return failed(name, f"{where}: {key.name}, which is not accepted", wanted)
    if key.testing:
        return warned(name, f"{where}: {key.name}, marked t=y", "no t=y: signatures are ignored")
    if key.name.startswith("RSA") and key.bits < dkim.ADVISED:
        return warned(name, f"{where}: {key.name}", f"{dkim.ADVISED} bits (RFC 8301 §3.2)")
    return passed(name, f"{where}: {key.name}")


def check_dmarc(ask: Ask, sender: Sender) -> Check:
    """Whether there is a policy for From's domain (RFC 9989)."""
    name, walked = "dmarc", dmarc.walk(ask, sender.domain)
    new = txt(f"_dmarc.{sender.domain}", f"v=DMARC1; p=none; rua=mailto:{sender.mailbox}")
    if walked.problem:
        return failed(name, f"no answer: {walked.problem}", "a DNS that answers")
    if sender.domain in walked.several:
        problem = f"_dmarc.{sender.domain} has several records, so none counts"
        return failed(name, problem, "one record", new)
    record = walked.record
    if record is None:
        wanted = "a policy, if only p=none: large providers refuse mail without one"
        return failed(name, f"no DMARC record for {sender.domain} nor above it", wanted, new)
    return _policy(ask, sender, record, new)


def _policy(ask: Ask, sender: Sender, record: dmarc.Record, new: str) -> Check:
    said, name = f"_dmarc.{record.domain}: {shown(record.text)}", "dmarc"
    if not record.policy:
        return failed(name, said, "p=none, quarantine or reject", new)
    if record.removed:
        kept = [f"{tag}={value}" for tag, value in record.tags.items() if tag not in dmarc.REMOVED]
        line = txt(f"_dmarc.{record.domain}", "; ".join(kept))
        wanted = f"no {', '.join(record.removed)}: RFC 9989 has taken it out"
        return warned(name, said, wanted, line)
    if not record.reports:
        tags = txt(
            f"_dmarc.{record.domain}", f"{record.text.rstrip('; ')}; rua=mailto:{sender.mailbox}"
        )
        return warned(name, said, "rua=, to learn who sends in our name", tags)
    if record.tags.get("t", "").lower() == "y":
        return warned(name, said, "no t=y, once all is well: the policy is not applied")
    return _reports(ask, record, said)


def _reports(ask: Ask, record: dmarc.Record, said: str) -> Check:
    """A domain that takes our reports has to say that it does (RFC 9990 §4)."""
    for mailbox in record.reports:
        domain = mailbox.rpartition("@")[2]
        if dmarc.aligned(ask, record.domain, domain, strict=False):
            continue
        where = f"{record.domain}._report._dmarc.{domain}"
        if not any(text.startswith("v=DMARC1") for text in ask(where, "TXT").records):
            wanted = f"{domain} has to say that it takes reports of {record.domain}"
            return warned("dmarc", said, wanted, txt(where, "v=DMARC1"))
    return passed("dmarc", said)


def check_alignment(ask: Ask, sender: Sender, others: Sequence[Check]) -> Check:
    """Whether something that passes stands for From's domain (RFC 9989 §4.4)."""
    name, record = "alignment", dmarc.walk(ask, sender.domain).record
    if record is None:
        return skipped(name, "no DMARC record to align with")
    ways = list(_ways(ask, sender, record, others))
    if ways:
        return passed(name, f"{sender.domain} is vouched for by {' and '.join(ways)}")
    strict = [tag for tag in ("aspf", "adkim") if record.tags.get(tag, "").lower() == "s"]
    because = f" ({' and '.join(strict)} = s: strict)" if strict else ""
    found = f"neither SPF ({sender.bounce}) nor DKIM stands for {sender.domain}{because}"
    wanted = f"mail.bounce_domain within {sender.domain}, or a DKIM signature of it"
    return failed(name, found, wanted)


def _ways(ask: Ask, sender: Sender, record: dmarc.Record, others: Sequence[Check]) -> Iterator[str]:
    well = {check.name for check in others if check.verdict in {"pass", "warn"}}
    strict = {tag: record.tags.get(tag, "").lower() == "s" for tag in ("aspf", "adkim")}
    if "spf" in well and dmarc.aligned(ask, sender.domain, sender.bounce, strict=strict["aspf"]):
        yield "SPF"
    signed = [(told.get("s", "?"), told.get("d", "")) for told in dkim.signatures(sender.probe)]
    signed += [(sender.selector, sender.domain)] if sender.selector else []
    for selector, domain in signed:
        near = dmarc.aligned(ask, sender.domain, domain, strict=strict["adkim"])
        if f"dkim:{selector}" in well and near:
            yield f"DKIM ({selector})"
