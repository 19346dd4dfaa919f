"""The preflight: probes and checks put together. Only who makes it pays for importing it."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_address

from digest.app.specimens import Specimens
from digest.app.watch_parts import WatchParts
from digest.config import OutboxKind
from digest.config.secret_key import signing_keys
from digest.doctor import house, http
from digest.doctor.check import Check, failed, passed, skipped
from digest.doctor.hosts import check_mx, check_ptr
from digest.doctor.house import RelayFacts, Visit
from digest.doctor.outgoing import own_address
from digest.doctor.records import Ask, addresses
from digest.doctor.resolver import resolver
from digest.doctor.sender import Sender, check_alignment, check_dkim, check_dmarc, check_spf
from digest.errors import BadSetting, DigestError
from digest.mail.dkim import signed
from digest.mail.domain import is_loopback
from digest.mail.tokens import Scope, Signer, Token
from digest.model import DeliveryState
from digest.ports import Source
from digest.render.lint import Document, Level, check
from digest.render.lint.templates import broken
from digest.render.templates import templates
from digest.sources.fetch import PoliteFetcher
from digest.stages.press import INERT
from digest.transport.probe import look
from digest.transport.settings import SmtpSettings

PROBE = "one-paper"
"""The example that stands for our mail."""


class Preflight:
    """What `digest doctor` does. Each probe is made once."""

    def __init__(self, parts: WatchParts, sources: Sequence[Source]) -> None:
        self._parts, self._settings, self._sources = parts, parts.settings, sources
        self._visits: dict[str, Visit] = {}

    def checks(self) -> Iterator[Check]:
        """Every check, as it is made. Raises BadSetting."""
        yield from self.mail()
        yield self._one_click()
        yield from self._house()

    def mail(self) -> Iterator[Check]:
        """Those that tell whether mail can arrive; skipped when none leaves the house."""
        domain = self._parts.identity.domain
        if self._settings.outbox.kind is not OutboxKind.SMTP:
            yield skipped("relay", f"outbox = '{self._settings.outbox}': no mail leaves")
            return
        for relay in self._settings.smtp.relays:
            yield house.check_relay(self._seen(relay), self._parts.clock.now())
        if is_loopback(domain) or "." not in domain:
            yield skipped("spf", f"mail.from is of {domain}, which is nowhere in DNS")
            return
        yield from self._sender()

    def _sender(self) -> Iterator[Check]:
        ask, sender = self._ask, self._who
        vouching = [check_spf(ask, sender), *check_dkim(ask, sender)]
        yield from vouching
        yield check_dmarc(ask, sender)
        yield check_alignment(ask, sender, vouching)
        yield from check_ptr(ask, sender.addresses)
        yield check_mx(ask, sender.domain, "reply")
        if sender.bounce != sender.domain:
            yield check_mx(ask, sender.bounce, "bounce")

    @cached_property
    def _ask(self) -> Ask:
        return resolver(self._settings.doctor.nameserver, self._settings.doctor.timeout)

    @cached_property
    def _who(self) -> Sender:
        doctor, identity = self._settings.doctor, self._parts.identity
        for written in doctor.addresses:
            _address(written)
        known = doctor.addresses or self._leaving()
        return Sender(
            domain=identity.domain,
            bounce=identity.bounce_domain,
            mailbox=str(identity.mailbox),
            addresses=tuple(known),
            guessed=not doctor.addresses,
            selector=doctor.selector,
            probe=self._probe(),
            records={key.selector: key.zone_line for key in self._parts.dkim_keys},
        )

    def _leaving(self) -> list[str]:
        """The addresses of the relays; one on this machine leaves from where we do."""
        hosts = [relay.host for relay in self._settings.smtp.relays]
        far = [a for host in hosts if not is_loopback(host) for a in addresses(self._ask, host)]
        near = [own_address()] if any(map(is_loopback, hosts)) else []
        return list(dict.fromkeys(filter(None, [*far, *near])))

    def _probe(self) -> bytes:
        """A mail as it would be handed over, signed when we sign."""
        content = Specimens(self._settings).message(PROBE).content
        return signed(content, self._parts.dkim_keys)

    @staticmethod
    def _seen(relay: SmtpSettings) -> RelayFacts:
        seen = look(relay)
        near = is_loopback(relay.host)
        return RelayFacts(relay.name, near, seen.trouble, seen.tls, seen.not_after)

    def _one_click(self) -> Check:
        """With a link that is signed and of nobody: whoever uses it unsubscribes nobody."""
        base, public = self._settings.web.base_url.rstrip("/"), self._public
        token = Token(Scope.UNSUBSCRIBE, INERT, self._parts.clock.now().date())
        url = f"{base}/unsubscribe/{Signer(signing_keys(self._settings)).sign(token)}"
        if not url.startswith("https://"):
            return house.check_one_click(url, (), public=public)
        visits = http.one_click(url, self._settings.doctor.timeout)
        self._visits["web.base_url"] = visits[0]
        return house.check_one_click(url, visits, public=public)

    @property
    def _public(self) -> bool:
        """Whether mail goes to the world."""
        smtp = self._settings.outbox.kind is OutboxKind.SMTP
        return smtp and not is_loopback(self._parts.identity.domain)

    def _house(self) -> Iterator[Check]:
        now = self._parts.clock.now()
        yield self._reached()
        yield house.check_clock(self._visits, now)
        yield self._disk()
        yield passed("schema", "of this program")
        yield self._templates()
        oldest, _ = self._parts.watch.waiting()
        doubts = self._parts.watch.count().get(DeliveryState.IN_DOUBT, 0)
        expiry = timedelta(seconds=self._settings.delivery.expire_after)
        yield house.check_queue(oldest, doubts, expiry + timedelta(hours=1), now)

    def _reached(self) -> Check:
        """Asks each source once for the newest day, and keeps nothing."""
        hasty = replace(
            self._settings.sources.fetch,
            attempts=1,
            deadline=3 * self._settings.doctor.timeout,
            exchange=3 * self._settings.doctor.timeout,
        )
        fetcher = PoliteFetcher(hasty, self._parts.clock)
        return house.check_sources({s.name: self._answers(s, fetcher) for s in self._sources})

    def _answers(self, source: Source, fetcher: PoliteFetcher) -> str:
        try:
            response = fetcher.fetch(source.first(self._parts.newest_day()))
            source.read(response)
        except DigestError as error:
            return str(error)
        at = http.moment(response.headers.get("date", ""))
        self._visits.setdefault(source.name, Visit(date=at))
        return ""

    def _disk(self) -> Check:
        home = self._settings.home
        try:
            home.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(home).free
        except OSError as error:
            return house.check_disk(str(home), 0, error.strerror or str(error))
        return house.check_disk(str(home), free, "" if os.access(home, os.W_OK) else "not writable")

    def _templates(self) -> Check:
        try:
            findings = [
                str(finding.message) for finding in broken(templates())
            ] or self._of_examples()
        except DigestError as error:
            findings = [str(error)]
        if findings:
            return failed("templates", "; ".join(findings[:3]), "`digest lint` without errors")
        return passed("templates", "every example prints, and passes `digest lint`")

    def _of_examples(self) -> list[str]:
        specimens = Specimens(self._settings)
        mails = [(name, specimens.message(name).content) for name in specimens.names]
        found = [each for name, mail in mails for each in check(Document.of_mail(name, mail))]
        return [f"{each.check}: {each.message}" for each in found if each.level is Level.ERROR]


def _address(written: str) -> None:
    try:
        ip_address(written)
    except ValueError as error:
        hint = "write 192.0.2.25 or 2001:db8::25"
        raise BadSetting("doctor.addresses", f"{written!r} is no address", hint) from error
