"""What is signed for one reader in one edition: links, the mailto twin, the reverse-path."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from digest.mail.identity import Identity
from digest.mail.tokens import EditionTokens

BOUNCES = "bounces+"
"""What a reverse-path begins with; a reader's tag follows."""


@dataclass(frozen=True, slots=True)
class Links:
    """All addresses in a mail that lead back to us."""

    unsubscribe: str
    """GET shows a button, POST acts (RFC 8058); never expires."""
    unsubscribe_mail: str
    """The mailto: twin, for readers that know no other."""
    manage: str
    web: str
    """This edition, as a page."""
    feedback: str
    """Where one says more, less or save, of the paper whose id follows."""
    home: str
    """Where one subscribes."""
    archive: str
    """This day, as everybody may see it."""
    reverse_path: str
    """MAIL FROM with the reader's tag in it (VERP)."""

    @property
    def one_click(self) -> str:
        """What List-Unsubscribe holds: RFC 8058 §3.1 knows https alone.

        Only a trial on this machine has another base URL (a relay elsewhere requires https), and
        its mails show the field as readers will get it.
        """
        return self.unsubscribe.replace("http://", "https://", 1)

    @classmethod
    def of(cls, base_url: str, identity: Identity, tokens: EditionTokens, day: date) -> Self:
        """The links of a reader, whom the tokens stand for, in an edition."""
        base = base_url.rstrip("/")
        mail = f"unsubscribe@{identity.domain}?subject=unsubscribe-{tokens.unsubscribe}"
        return cls(
            unsubscribe=f"{base}/unsubscribe/{tokens.unsubscribe}",
            unsubscribe_mail=f"mailto:{mail}",
            manage=f"{base}/manage/{tokens.manage}",
            web=f"{base}/digest/{tokens.view}",
            feedback=f"{base}/feedback/{tokens.feedback}/",
            home=f"{base}/",
            archive=f"{base}/archive/{day}/",
            reverse_path=reverse_path(tokens, identity),
        )


def reverse_path(tokens: EditionTokens, identity: Identity) -> str:
    """MAIL FROM that tells whose mail came back."""
    return f"{BOUNCES}{tokens.bounce}@{identity.bounce_domain}"


def feedback(base_url: str, tokens: EditionTokens) -> str:
    """One token for all papers of a mail."""
    return f"{base_url.rstrip('/')}/feedback/{tokens.feedback}/"
