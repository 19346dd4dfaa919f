"""Settings that do not go together, however right each is by itself."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from digest.config.binder import Layer, located, show
from digest.config.places import OutboxKind
from digest.config.schema import keys
from digest.config.sections import Engine
from digest.config.settings import Settings
from digest.errors import BadAddress, BadSetting
from digest.mail.domain import is_loopback
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.render.languages import LANGUAGES, speaks

SHORTEST_KEY = 16
"""Characters of a `secret_key`: less can be guessed."""
_BIND = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*):(\d{1,5})")
POSITIVE = (
    "smtp.timeout",
    "doctor.timeout",
    "alerts.timeout",
    *(f"sources.fetch.{name}" for name in ("connect", "read", "exchange", "deadline")),
    "sources.fetch.attempts",
    "sources.fetch.size",
)
OPTIONAL_URLS = frozenset({"summary.url"})
"""Addresses that may be left empty."""
Report = Callable[[str, str, str], None]


def check(settings: Settings, layers: Sequence[Layer], problems: list[BadSetting]) -> None:
    """Adds what does not go together to `problems`."""

    def report(dotted: str, problem: str, hint: str) -> None:
        problems.append(located(BadSetting(dotted, problem, hint), layers))

    if settings.engine is Engine.FLEET and settings.store.sqlite is not None:
        report("engine", "'fleet' works from a queue on PostgreSQL", "store = 'postgresql://…'")
    _urls(settings, report)
    _web(settings, report)
    _secret_keys(settings, report)
    _relay(settings, report)
    _patience(settings, report)
    _language(settings, report)
    _alerts(settings, report)
    _theme(settings, report)
    _summary(settings, report)
    identity = _identity(settings, report)
    outside = [relay.host for relay in settings.smtp.relays if not is_loopback(relay.host)]
    if settings.outbox.kind is OutboxKind.SMTP and outside:
        _public(settings, identity, outside[0], report)


def _urls(settings: Settings, report: Report) -> None:
    for key in keys(Settings).values():
        if not key.path[-1].endswith("url"):
            continue
        value = _value(settings, key.path)
        if value == "" and key.dotted in OPTIONAL_URLS:
            continue
        if not _is_url(str(value)):
            report(key.dotted, f"{show(value)} is not a URL", "write https://HOST/PATH")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.port != 0
            and not re.search(r"[\s<>\"\\^`{|}?#]", text)
        )
    except ValueError:
        return False


def _web(settings: Settings, report: Report) -> None:
    binds = {"web.bind": settings.web.bind, "web.metrics_bind": settings.web.metrics_bind}
    for key, written in binds.items():
        bind = _BIND.fullmatch(written)
        if (bind is None or int(bind[1]) > 65_535) and (written or key == "web.bind"):
            hint = "write HOST:PORT, as in 127.0.0.1:8025"
            report(key, f"{show(written)} is not an address to listen on", hint)


def _secret_keys(settings: Settings, report: Report) -> None:
    if any(len(key.reveal()) < SHORTEST_KEY for key in settings.secret_key):
        hint = "leave it out, and one is made"
        report("secret_key", f"is shorter than {SHORTEST_KEY} characters", hint)


def _relay(settings: Settings, report: Report) -> None:
    if settings.smtp.password and not settings.smtp.username:
        report("smtp.password", "has no smtp.username", "set both, or neither")
    if any(relay.password and not relay.username for relay in settings.smtp.relay):
        report("smtp.relay", "one has a password and no username", "set both, or neither")


def _alerts(settings: Settings, report: Report) -> None:
    """What would only be noticed on the day on which it is needed. The URLs are never shown."""
    told = settings.alerts
    for name, secret in (("webhook", told.webhook), ("ping", told.ping)):
        if secret and not _is_hook(secret.reveal()):
            report(f"alerts.{name}", "is not a URL", "write https://HOST/PATH")
    if told.mail:
        try:
            Mailbox.parse(told.mail)
        except BadAddress as error:
            report("alerts.mail", error.problem, "write an address, as in ann@example.org")


def _is_hook(text: str) -> bool:
    """Such a URL may hold a query, where a base URL may not."""
    return _is_url(text.partition("?")[0])


def _patience(settings: Settings, report: Report) -> None:
    """What must be more than nothing: with no time or attempt nothing would ever be fetched."""
    for dotted in POSITIVE:
        if not _value(settings, dotted.split(".")) > 0:
            report(dotted, "must be more than 0", "leave it out if in doubt")


def _language(settings: Settings, report: Report) -> None:
    if not speaks(settings.mail.locale):
        hint = f"write one of {', '.join(LANGUAGES).replace('_', '-')}"
        report("mail.locale", f"{show(settings.mail.locale)} is not spoken", hint)


def _theme(settings: Settings, report: Report) -> None:
    theme = settings.mail.theme
    if theme is not None and not theme.is_dir():
        report("mail.theme", f"{show(str(theme))} is no folder", "name one that holds theme.toml")


def _summary(settings: Settings, report: Report) -> None:
    if settings.summary.url and not settings.summary.model:
        report("summary.model", "is missing beside summary.url", "name the model to ask")


def _value(settings: object, path: Sequence[str]) -> Any:
    for name in path:
        settings = getattr(settings, name)
    return settings


def _identity(settings: Settings, report: Report) -> Identity | None:
    try:
        return Identity.of(settings.mail)
    except BadSetting as error:
        report(error.where, error.problem, error.hint)
        return None


def _public(settings: Settings, identity: Identity | None, host: str, report: Report) -> None:
    """What mail to the world needs: an address that can be answered, and links that are safe."""
    why = f"outbox is smtp, to {host}"
    if identity is not None and is_loopback(identity.domain):
        hint = "write mail.from as in 'Paper Digest <digest@example.org>'"
        report("mail.from", f"must be an address that can be answered, for {why}", hint)
    base = urlsplit(settings.web.base_url)
    if base.scheme != "https" or is_loopback(base.hostname or ""):
        hint = "write web.base_url as in https://digest.example.org"
        report("web.base_url", f"must be an https URL that readers can open, for {why}", hint)
