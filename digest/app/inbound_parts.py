"""Taking in mail: what bounces, complaints and commands lead to."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.app.joining_parts import JoiningParts
from digest.config.secret_key import signing_keys
from digest.errors import BadAddress
from digest.inbound.correspondence import Correspondence
from digest.mail.erasure import Erasure
from digest.mail.mailbox import Mailbox
from digest.model import Outcome, Subscriber
from digest.render.answers import Answers
from digest.render.templates import environment
from digest.stages.suppressing import Suppressing
from digest.store.inbox import InboxStore

if TYPE_CHECKING:
    from digest.inbound.desk import Desk

OWN = frozenset(
    {"bounces", "confirm", "commands", "command", "unsubscribe", "unsub", "subscribe", "help"}
)
"""Local parts that mail to us goes to, and none of us writes from."""


class InboundParts(JoiningParts):
    """The desk where mail is taken in, and what it acts with."""

    @cached_property
    def inbox(self) -> InboxStore:
        """What was taken in by mail."""
        return InboxStore(self.database)

    @cached_property
    def desk(self) -> "Desk":
        """Takes in mail."""
        # Loaded here: its tables of phrases cost a tenth of what any command takes to start.
        from digest.inbound.clerk import Books, Clerk
        from digest.inbound.desk import Desk
        from digest.inbound.returns import Returns

        returns = Returns(self.joining, self.suppressing, self.ledger.bounce, self.clock)
        books = Books(
            self.subscribers,
            self.joining,
            self.suppressing,
            self.suppressions,
            self.inbox,
            self.why_last,
        )
        clerk = Clerk(books, self.clock, self._ours)
        one_commit = self.database.transaction
        return Desk(returns, clerk, self.inbox, one_commit, self._may, self.clock)

    def _ours(self, address: str) -> bool:
        """Whether an address is one of the digest's own."""
        try:
            mailbox = Mailbox.parse(address)
        except BadAddress:
            return False
        own = {self.identity.domain, self.identity.bounce_domain}
        service = mailbox.local.partition("+")[0] in OWN
        return mailbox == self.identity.mailbox or (service and mailbox.domain in own)

    @cached_property
    def _marks(self) -> Erasure:
        return Erasure(signing_keys(self.settings))

    def _may(self, limit: str, span: int, most: int) -> bool:
        """Counts one use of a limit, which is kept as a hash."""
        return self.requests.take(self._marks.mark(f"limit {limit}"), span, most)

    def why_last(self, reader: Subscriber) -> Sequence[tuple[str, str]]:
        """The papers of a reader's last digest, each with why it was there."""
        after = self.clock.now().date() + timedelta(days=1)
        day = self.selections.last_days([reader.address], after).get(reader.address)
        chosen = day and self.selections.get(reader.address, day)
        if not chosen:
            return []
        papers = self.papers.get([choice.paper for choice in chosen.choices], chosen.at)
        return [
            (papers[choice.paper].title, ", ".join(reason.label for reason in choice.reasons))
            for choice in chosen.choices
            if choice.paper in papers
        ]

    @cached_property
    def answers(self) -> Answers:
        """Prints answers to mails. Raises RenderError."""
        base_url, locale = self.settings.web.base_url, self.settings.mail.locale
        return Answers(self.identity, self.signer, base_url, environment(), locale)

    @cached_property
    def correspondence(self) -> Correspondence:
        """Hands over answers."""
        return Correspondence(self.inbox, lambda: self.answers, self.hand_over, self.clock)

    def post_letters(self) -> int:
        """Hands over what waits: answers to mails, and letters. Raises TransportError."""
        return self.correspondence.post() + self.postbox.empty()

    @cached_property
    def suppressing(self) -> Suppressing:
        """What bounces, complaints and the operator lead to."""
        return Suppressing(
            self.suppressions,
            self.joining,
            self.subscribers.intern,
            self.database.transaction,
            self.clock,
        )

    def heard(self, outcomes: Sequence[Outcome]) -> None:
        """Takes note of what servers said of addresses."""
        self.suppressing.refused(outcomes)
