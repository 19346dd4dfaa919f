"""Complaints: feedback reports (RFC 5965), and the older forms of a few providers."""

import re

from digest.mail.inbound.dsn import ADDRESS, mailbox
from digest.mail.inbound.incoming import Incoming, addresses
from digest.mail.inbound.notices import unique

_SUBJECT = re.compile(
    r"^\s*(?:complaint about (?:a )?message from|abuse report|spam complaint)", re.I
)
_SAID = re.compile(
    r"^Feedback-Type: *\w|\ban (?:e-?mail )?abuse report for an? e-?mail message\b", re.I | re.M
)
"""What a report says that lost its parts on the way."""
_REDACTED = re.compile(
    r"^(?:redacted|hashed|undisclosed|\S*redacted|unknown|anonymi[sz]ed)\b", re.I
)


def is_complaint(mail: Incoming) -> bool:
    """Whether a mail reports that somebody complained."""
    if mail.feedback or mail.report_type == "feedback-report":
        return True
    told = _SUBJECT.match(mail.get("subject")) or _SAID.search(mail.notice[:4000])
    return bool(told and mail.returned)


def feedback_type(mail: Incoming) -> str:
    """abuse, fraud, opt-out, … (RFC 5965 §7.3); `abuse` when it is not said."""
    stated = [fields.get("feedback-type", "") for fields in mail.feedback]
    return next(filter(None, stated), "abuse").strip().lower()[:40]


def complainers(mail: Incoming) -> list[str]:
    """Who complained, as far as the report says: many redact it, then the tag in it tells."""
    stated = [
        mailbox(value)
        for fields in mail.feedback
        for name in ("original-rcpt-to", "removal-recipient")
        if (value := fields.get(name, ""))
    ]
    stated += addresses([mail.returned.get("x-hmxmroriginalrecipient", "")])
    found = stated or addresses([mail.returned.get("to", "")])
    found += [a.lower() for a in ADDRESS.findall(mail.returned.get("x-original-to", ""))]
    return [a for a in unique(found) if "@" in a and not _REDACTED.match(a)]
