"""Whether a mail that is no report looks like a bounce all the same."""

import re

from digest.mail.inbound.automatic import is_automatic
from digest.mail.inbound.incoming import Incoming

_SUBJECT = re.compile(
    r"""\b(?:
        undeliver(?:able|ed)\w* | un-deliverable | non-?deliver\w+ | not\ deliver\w+
      | (?:delivery|delivering|deliver)\b.{0,30}\b(?:fail\w*|status|report|problem|error|notif\w+|unsuccess\w+|delay\w*|impossible)
      | fail(?:ed|ure)\b.{0,30}\b(?:deliver\w*|notice|mail|message|notif\w+)
      | (?:mail|message|e-?mail)\b.{0,30}\b(?:fail\w*|delayed|undeliver\w+|(?:not|un)\ ?deliver\w+|rejected|could\ not)
      | return(?:ed|ing)\b.{0,20}\b(?:mail|message|e-?mail|to\ sender)
      | mail\ system\ error | (?:error|problem|trouble)\b.{0,20}\bdeliver\w+ | mail\ error
      | bounced?\b.{0,20}\b(?:mail|message|e-?mail|notif\w+) | (?:mail|e-?mail)\ bounce
      | delivery\ notification | non\ remis | unzustellbar\w* | nicht\ zugestellt | warning:\ could\ not
      | 配信|配送|送信できません | 退信 | не\ доставлен | entrega | mancata\ consegna
      | user\ unknown | unknown\ user | permanent\ fail\w+ | nondeliverable | could\ not\ be\ delivered
      | DSN: | NDN: | NDR: | mail\ delivery | can(?:not|'t)\ (?:be\ )?(?:deliver|send)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
DAEMON = re.compile(
    r"mail(?:er)?[-_. ]?daemon|post[-_.]?master|mail delivery|delivery (?:subsystem|system)|mail system"
    r"|mailsystem|mailadmin|mail administrator|double-bounce|bounces?@|mail subsystem|microsoft exchange",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"""(?:could|can|was|were|did|has|have|is|be|been|wasn't|couldn't|un)\b.{0,12}(?:not|n't|unable|able)?.{0,25}
        (?:deliver|transfer|sen[dt]|process|forward|relay)\w*
      | undeliver\w+ | returned\ (?:mail|message|to\ sender) | permanent\ (?:error|failure|fatal)
      | deliver\w*\b.{0,40}\bfail\w* | fail\w*\b.{0,40}\bdeliver\w* | following\ address(?:es|\(es\))
      | (?:mail|message)\b.{0,60}\b(?:rejected|bounced|discarded|delayed|refused|failed|unreachable)
      | unknown\ (?:user|recipient|address) | user\ unknown | no\ such\ (?:user|recipient)
      | invalid\ (?:user|recipient) | error\ (?:deliver|occur|in)
      | transcript\ of\ session | reject\ reason | (?:account|mailbox)\b.{0,20}\b(?:disabled|full)
      | エラー|配信|届け|失敗 | transaction\ failed | (?<!\d)[45]\d\d[ -][45]\.\d\.\d
    """,
    re.IGNORECASE | re.VERBOSE,
)


def bounce_like(mail: Incoming) -> bool:
    """Two signs are needed, of: who wrote it, its subject, its form, its words."""
    if mail.report_type in {"delivery-status", "delivery"} or mail.get("x-failed-recipients"):
        return True
    null = mail.get("return-path").strip() in {"<>", ""} and "return-path" in dict(mail.headers)
    signs = [
        from_daemon(mail) or null,
        bool(_SUBJECT.search(mail.get("subject"))),
        bool(_BODY.search(mail.notice[:8000])),
    ]
    if signs[2] and mail.returned and _UNATTENDED.match(mail.get("from").rpartition("<")[2]):
        return True
    if is_automatic(mail) and not from_daemon(mail):
        return signs[1] and signs[2]  # a vacation notice, as likely as not: null path and all
    return sum(signs) >= 2 and (signs[0] or signs[1]) and not _person(mail, signs[0])


_UNATTENDED = re.compile(r"(?:no|do-?not)-?_?reply|post[-_.]?master|mail-?admin", re.IGNORECASE)


def from_daemon(mail: Incoming) -> bool:
    """Whether a mail server wrote it, as it says."""
    sender = f"{mail.get('from')} {mail.get('return-path')}"
    return bool(DAEMON.search(sender)) or (
        mail.get("from").strip() in {"<>", ""} and bool(mail.headers)
    )


def _person(mail: Incoming, daemon: bool) -> bool:
    """Whether somebody only writes about a bounce."""
    if daemon:
        return False
    subject = mail.get("subject").strip().lower()
    answers = subject.startswith(("re:", "aw:", "fwd:", "fw:", "wg:"))
    return answers or (not mail.returned_text and not mail.notice.count("@"))
