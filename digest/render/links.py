"""What is signed for one reader in one edition: links, the mailto twin, the reverse-path."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from digest.mail.identity import Identity
from digest.mail.tokens import Scope, Signer, Token


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
    def of(cls, base_url: str, identity: Identity, signer: Signer, reader: int, day: date) -> Self:
        """The links of a reader, known by the store's number for them, for an edition."""
        base = base_url.rstrip("/")
        leave = signer.sign(Token(Scope.UNSUBSCRIBE, reader, day))  # day: no two mails share one
        tag = signer.tag(Token(Scope.BOUNCE, reader, day))
        return cls(
            unsubscribe=f"{base}/unsubscribe/{leave}",
            unsubscribe_mail=f"mailto:unsubscribe@{identity.domain}?subject=unsubscribe-{leave}",
            manage=f"{base}/manage/{signer.sign(Token(Scope.MANAGE, reader))}",
            web=f"{base}/digest/{signer.sign(Token(Scope.VIEW, reader, day))}",
            home=f"{base}/",
            archive=f"{base}/archive/{day}/",
            reverse_path=f"bounces+{tag}@{identity.bounce_domain}",
        )
