"""Joining and leaving: the book that readers' lives are written in, and the letters they get."""

from functools import cached_property

from digest.app.sending_parts import SendingParts
from digest.config.secret_key import signing_keys
from digest.mail.erasure import Erasure
from digest.mail.tokens import Signer
from digest.render.letters import Letters
from digest.render.templates import environment
from digest.stages.joining import Book, Joining
from digest.stages.postbox import Postbox
from digest.store.consents import ConsentStore
from digest.store.feedback import FeedbackStore
from digest.store.requests import RequestStore


class JoiningParts(SendingParts):
    """What web, mail and command line share of a reader's life."""

    @cached_property
    def signer(self) -> Signer:
        """Reads and writes the tokens of links."""
        return Signer(signing_keys(self.settings))

    @cached_property
    def requests(self) -> RequestStore:
        """Wishes that wait for their address to answer."""
        return RequestStore(self.database)

    @cached_property
    def consents(self) -> ConsentStore:
        """The dossier of every reader."""
        return ConsentStore(self.database)

    @cached_property
    def feedback(self) -> FeedbackStore:
        """What readers say of papers."""
        return FeedbackStore(self.database)

    @cached_property
    def joining(self) -> Joining:
        """The verbs of a subscriber's life."""
        book = Book(
            readers=self.subscribers,
            requests=self.requests,
            consents=self.consents,
            opinions=self.feedback,
            one_commit=self.database.transaction,
        )
        erasure = Erasure(signing_keys(self.settings))
        barred = self.suppressions.barred
        return Joining(book, self.signer, erasure, self.clock, barred=barred)

    @cached_property
    def letters(self) -> Letters:
        """Prints confirmations and the like. Raises RenderError."""
        base_url, locale = self.settings.web.base_url, self.settings.mail.locale
        return Letters(self.identity, self.signer, base_url, environment(), locale)

    @cached_property
    def postbox(self) -> Postbox:
        """Hands letters over that are due."""
        return Postbox(self.requests, self.letters, self.hand_over, self.clock)
