"""What makes mails of an installation, and what takes them out of the house."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from jinja2 import BaseLoader

from digest.app.store_parts import StoreParts
from digest.config import OutboxKind, Settings
from digest.config.dkim_keys import dkim_keys
from digest.config.secret_key import signing_keys
from digest.engine.crew import cores
from digest.mail.dkim import DkimKey, signed
from digest.mail.identity import Identity
from digest.mail.tokens import Signer
from digest.model import Message, Outcome
from digest.ports import Transport
from digest.render.html import Html
from digest.render.renderers import Renderers
from digest.render.templates import environment, templates
from digest.render.text import Text
from digest.stages.doubts import Doubts
from digest.stages.post import WayOut
from digest.stages.press import Press
from digest.transport.console import ConsoleTransport
from digest.transport.course import course, keep
from digest.transport.loop import deliver_all
from digest.transport.maildir import MaildirTransport
from digest.transport.relays import Relay
from digest.transport.supply import Course


class SendingParts(StoreParts):
    """The press and the post of an installation."""

    @cached_property
    def doubts(self) -> Doubts:
        """What a person settles."""
        return Doubts(self.ledger, self.selections)

    @cached_property
    def identity(self) -> Identity:
        """Who the digests are from."""
        return Identity.of(self.settings.mail)

    @cached_property
    def press(self) -> Press:
        """Prints digests and messages."""
        return self.press_with(None)

    def press_with(self, loader: BaseLoader | None) -> Press:
        """A press with other templates than the program's own. Raises RenderError."""
        keys = signing_keys(self.settings)
        return Press(self.papers, self.subscribers, renderer(self.settings, keys, loader))

    @cached_property
    def transport(self) -> Transport:
        """Whoever takes the mail, when it is not sent by SMTP."""
        outbox = self.settings.outbox
        if outbox.kind is OutboxKind.MAILDIR and outbox.path:
            return MaildirTransport(outbox.path)
        return ConsoleTransport()

    @cached_property
    def way_out(self) -> WayOut:
        """How mail leaves, and what is marked meanwhile."""
        return WayOut(self._deliver, self.journals, self.stop, self.heard, self._keep_pace)

    @property
    def processes(self) -> int:
        """How many processes send: each has a session at least, and only SMTP takes several."""
        if self.settings.outbox.kind is not OutboxKind.SMTP:
            return 1
        smtp, now = self.settings.smtp, self.clock.now()
        few = [limit.connections for limit in smtp.provider_limits.values() if limit.connections]
        few += [s.connections for s in self.pace_store.standings(now) if s.until <= now]
        few += [1] if smtp.ramp else []  # one process counts exactly, and has time
        return min(smtp.processes or cores(), smtp.sessions // len(smtp.weights), *few)

    @cached_property
    def course(self) -> Course:
        """Where mail goes, and how fast."""
        if self.settings.outbox.kind is not OutboxKind.SMTP:
            return Course([Relay(self.transport, 1)])
        return course(self.settings.smtp, self.identity.domain, self.part, self.clock)

    def heard(self, outcomes: Sequence[Outcome]) -> None:
        """Takes note of what servers said of addresses."""

    def _keep_pace(self) -> None:
        keep(self.pace_store, self.course, self.clock.now(), self.settings.delivery.retry_after)

    def hand_over(self, messages: Sequence[Message]) -> list[Outcome]:
        """Hands messages over outside the ledger: letters, test copies. Raises TransportError."""
        outcomes: list[Outcome] = []
        self._deliver(messages, lambda _: None, outcomes.append, lambda: False)
        return outcomes

    def _deliver(
        self,
        messages: Iterable[Message | Callable[[], object]],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        if self.dkim_keys:
            messages = map(self._signed, messages)
        deliver_all(self.course, messages, before_dot, record, stop)

    @cached_property
    def dkim_keys(self) -> tuple[DkimKey, ...]:
        """What signs mails here; none where the relay does. Raises BadSetting."""
        return dkim_keys(self.settings)

    def _signed(self, message: Message | Callable[[], object]) -> Message | Callable[[], object]:
        """What is not a mail is a wait. Signed as it leaves: it costs more than all the rest."""
        if not isinstance(message, Message):
            return message
        return message._replace(content=signed(message.content, self.dkim_keys))


def renderer(
    settings: Settings, keys: Sequence[bytes], loader: BaseLoader | None = None
) -> Renderers:
    """What makes an installation's mails, with its templates or others. Raises RenderError."""
    pages = environment(loader or templates(settings.mail.theme))
    identity, base_url = Identity.of(settings.mail), settings.web.base_url
    locale, html = settings.mail.locale, Html(pages, images=settings.mail.images)
    return Renderers(identity, Signer(keys), base_url, html, Text(pages), locale)
