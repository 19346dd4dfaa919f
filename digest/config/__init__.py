"""TOML, environment and flags → frozen settings; subscriber files → subscribers."""

from digest.config.load import load
from digest.config.places import Outbox, OutboxKind, StoreUrl
from digest.config.sections import Engine
from digest.config.settings import Settings

__all__ = ["Engine", "Outbox", "OutboxKind", "Settings", "StoreUrl", "load"]
