"""Mail that no person wrote, and mail that must not be answered (RFC 3834)."""

import re
from collections.abc import Iterator

from digest.mail.inbound.incoming import Incoming

_SUBJECT = re.compile(
    r"""^\W*(?:
        auto(?:matic(?:ally)?)?[- ]?(?:re(?:ply|sponse|sponder|ply:)|response|generated|:)
      | auto:
      | (?:re:\s*)?out[ -]of[ -](?:the[ -])?office
      | (?:re:\s*)?(?:i'?m|i\ am|we\ are)\ (?:currently\ )?(?:away|on\ (?:vacation|leave|holiday)|out\ of)
      | away\ from\ (?:the\ |my\ )?(?:office|mail|desk)
      | (?:on\ )?(?:vacation|holiday|annual\ leave)\b(?:\ (?:reply|message|response|notice))?
      | abwesenheit(?:snotiz|sbenachrichtigung|\W|$) | automatische\ (?:antwort|r[ée]ponse)
      | r[ée]ponse\ automatique | absence\ du\ bureau | respuesta\ autom | resposta\ autom
      | risposta\ automatica | fuori\ sede | automatisch\ antwoord | autosvar | 自動返信 | 自动回复 | 自動応答
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply", "auto-reply", "autoreply"})
_OWNERS = re.compile(
    r"^(?:owner-.*|.*-(?:request|owner|bounces?|errors?|relay|outgoing|admin)"
    r"|mailer[-_.]?daemon|mailerdaemon|mail-?daemon|postmaster|double-bounce|bounces?(?:[+=-].*)?"
    r"|(?:no|do-?not)-?_?reply.*|noreply.*|listserv|majordomo|news|uucp|root|nobody|www-data|daemon)$",
    re.IGNORECASE,
)
_MACHINES = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-vacation", "x-mail-autoreply")


def auto_submitted(mail: Incoming) -> bool:
    """RFC 3834 §5: any value but `no`."""
    value = mail.get("auto-submitted").split("(")[0].split(";")[0].strip().lower()
    return value not in {"", "no"}


def is_automatic(mail: Incoming) -> bool:
    """Whether a machine answered: a vacation notice, a receipt, an acknowledgement."""
    if mail.get("auto-submitted").strip().lower().startswith(("auto-replied", "auto-notified")):
        return True
    if any(mail.get(name).strip().lower() not in {"", "no"} for name in _MACHINES):
        return True
    if mail.get("precedence").strip().lower() in {"auto_reply", "auto-reply", "autoreply"}:
        return True
    if (
        mail.get("x-apple-action").lower() == "vacation"
        or mail.get("delivered-to") == "autoresponder"
    ):
        return True
    return bool(_SUBJECT.match(mail.get("subject"))) or bool(mail.disposition)


def suppresses(mail: Incoming) -> bool:
    """Whether a mail asks Exchange for no answers, which a person's seldom does."""
    wishes = mail.get("x-auto-response-suppress").lower()
    return bool(re.search(r"\b(?:oof|autoreply|all)\b", wishes))


def unanswerable(mail: Incoming, sender: str) -> str:
    """Why a mail from `sender` (its reverse-path) must not be answered; "" when it may be."""
    return next((why for why, holds in _reasons(mail, sender) if holds), "")


def _reasons(mail: Incoming, sender: str) -> Iterator[tuple[str, bool]]:
    local = sender.rpartition("@")[0]
    lists = any(name.startswith("list-") for name, _ in mail.headers)
    yield "its reverse-path is null (RFC 3834 §2)", sender in {"", "<>"}
    yield "it is automatically submitted (RFC 3834 §2)", auto_submitted(mail)
    precedence = mail.get("precedence").strip().lower()
    yield "it is bulk or list mail, by its Precedence (RFC 3834 §2)", precedence in _BULK
    yield "it is list mail, by its List-* fields (RFC 3834 §2)", lists
    yield f"{local}@ is a machine or a list's owner (RFC 3834 §2)", bool(_OWNERS.match(local))
    yield "a machine wrote it (RFC 3834 §2)", is_automatic(mail)
    yield "its sender asks for no automatic answers", suppresses(mail)
