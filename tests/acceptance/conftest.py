"""A world on loopback: Hugging Face replayed, a relay that follows a script, a home of its own."""

from datetime import date

import pytest
from commands import Installation
from postgres_fixtures import empty_url, fresh_url, server
from shared import SHARED
from smtp_server import ScriptedServer

from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample

__all__ = ["empty_url", "fresh_url", "server"]
RECORDED = SHARED / "recorded" / "hf" / "daily_papers_api"


@pytest.fixture
def relay():
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def hub():
    days = {DAY: sample()}
    for name in ("2026-08-19", "2026-08-20"):
        file = RECORDED / f"{name}.json"
        if file.exists():
            days[date.fromisoformat(name)] = file.read_bytes()
    with Replay(days) as replay:
        yield replay


@pytest.fixture
def installation(tmp_path, relay, hub):
    return Installation(
        tmp_path,
        {
            "DIGEST__OUTBOX": "smtp",
            "DIGEST__SMTP__HOST": relay.host,
            "DIGEST__SMTP__PORT": str(relay.port),
            "DIGEST__SMTP__SECURITY": "none",
            "DIGEST__SMTP__SESSIONS": "3",
            "DIGEST__SOURCES__HUGGINGFACE__URL": hub.url,
            "DIGEST__DELIVERY__RETRY_AFTER": "0",
        },
    )
