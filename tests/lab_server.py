"""The lab as somebody starts it: a process of its own, over a home with a day in it."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commands import ROOT, Installation
from smtp_server import ScriptedServer

from digest.sources.sample import DAY, sample

READER = "ada@reader.example"


@dataclass(frozen=True)
class LabServer:
    url: str
    """With a slash at its end."""
    templates: Path
    """A copy that may be edited."""
    relay: ScriptedServer
    installation: Installation

    def page(self, **query: object) -> str:
        return self.url + "?" + "&".join(f"{name}={value}" for name, value in query.items())

    @property
    def reader(self) -> str:
        return self.page(**{"for": READER, "day": DAY})


@contextmanager
def serving(home: Path) -> Iterator[LabServer]:
    """Collects a day, adds a subscriber, serves the lab on a free port, and ends it."""
    theme = Path(shutil.copytree(ROOT / "templates", home / "theme"))
    with ScriptedServer() as relay:
        installation = Installation(
            home,
            {
                "DIGEST_HOME": str(home / "var"),
                "DIGEST__OUTBOX": "smtp",
                "DIGEST__SMTP__HOST": relay.host,
                "DIGEST__SMTP__PORT": str(relay.port),
                "DIGEST__SMTP__SECURITY": "none",
            },
        )
        (home / f"{DAY}.json").write_bytes(sample())
        installation("collect", "--day", f"{DAY}", "--from", f"{home}/{DAY}.json")
        installation("subscribers", "add", READER, "--topic", "agents", "--topic", "video")
        process = installation.start(
            "preview", "--serve", "--bind", "127.0.0.1:0", "--templates", str(theme)
        )
        try:
            yield LabServer(_url(process), theme, relay, installation)
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _url(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    assert line.startswith("The lab: "), line or (process.stderr and process.stderr.read())
    return line.split()[2]
