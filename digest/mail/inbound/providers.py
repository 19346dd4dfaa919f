"""Notices that a provider writes for programs, and sends by mail: Amazon SES by way of SNS."""

import json
import re
from collections.abc import Mapping
from typing import Any

from digest.mail.inbound.dsn import Failure
from digest.mail.inbound.incoming import Incoming
from digest.mail.inbound.refusal import Answers, Refusal, refusal
from digest.model import Severity


def notification(mail: Incoming) -> Mapping[str, Any]:
    """The JSON object that a notice consists of; empty when it is none."""
    text = mail.notice.lstrip()
    if not text.startswith("{") or "notificationType" not in text[:10_000]:
        return {}
    # Mail systems break the one long line, with "!" where they do (RFC 5322 §2.1.1 forbids it).
    for joined in (text, re.sub(r"!?\n ?", "", text)):
        try:
            found, _ = json.JSONDecoder(strict=False).raw_decode(joined)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return _unwrapped(found)
    return {}


def _unwrapped(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """SNS's envelope, in which the notice is a string."""
    try:
        inner = json.loads(str(found["Message"]), strict=False)
    except (KeyError, ValueError, RecursionError):
        return found
    return inner if isinstance(inner, dict) else found


def failures(found: Mapping[str, Any]) -> list[Failure]:
    """Those of a bounce."""
    bounce = found.get("bounce")
    if found.get("notificationType") != "Bounce" or not isinstance(bounce, dict):
        return []
    transient = bounce.get("bounceType") == "Transient"
    named = bounce.get("bouncedRecipients")
    made = [_failure(one, transient=transient) for one in _list(named)]
    return [failure for failure in made if "@" in failure.address]


def _failure(one: Mapping[str, Any], *, transient: bool) -> Failure:
    words = str(one.get("diagnosticCode", ""))
    made = refusal(words, str(one.get("status", "")), Answers.UNKNOWN)
    if transient and made.severity is Severity.HARD:
        made = Refusal(Severity.SOFT, made.status, made.reason, made.code)
    return Failure(str(one.get("emailAddress", "")).lower()[:320], made, words[:500])


def complainers(found: Mapping[str, Any]) -> list[str]:
    """Those of a complaint."""
    complaint = found.get("complaint")
    if found.get("notificationType") != "Complaint" or not isinstance(complaint, dict):
        return []
    named = [
        str(one.get("emailAddress", "")) for one in _list(complaint.get("complainedRecipients"))
    ]
    return [address.lower() for address in named if "@" in address]


def _list(found: object) -> list[Mapping[str, Any]]:
    listed = found[:100] if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict)]
