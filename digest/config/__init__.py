"""TOML, environment and flags → frozen settings; subscriber files → subscribers."""

from digest.config.load import load
from digest.config.places import Outbox, OutboxKind, StoreUrl
from digest.config.settings import Settings

__all__ = ["Outbox", "OutboxKind", "Settings", "StoreUrl", "load"]
