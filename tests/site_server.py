"""`digest web` as somebody starts it: a process of its own, over a home with a day in it."""

import email
import email.policy
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from commands import Installation

from digest.sources.sample import DAY, sample

BASE = "https://digest.example.org"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class SiteServer:
    url: str
    """Without a slash at its end."""
    metrics: str
    outbox: Path
    installation: Installation

    def mail(self, address: str, subject: str) -> EmailMessage:
        """The newest mail to an address with these words in its subject, waited for."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for found in self.mails(address):
                if subject in found["Subject"]:
                    return found
            time.sleep(0.1)
        raise AssertionError(f"no mail for {address} about {subject!r}")

    def mails(self, address: str) -> list[EmailMessage]:
        """All mails to an address, newest first."""
        new = self.outbox / "new"
        files = sorted(new.iterdir(), key=lambda f: -f.stat().st_mtime) if new.is_dir() else []
        read = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]
        return [mail for mail in read if address in mail["To"]]

    def link(self, mail: EmailMessage, path: str) -> str:
        """A link of a mail, as it leads to this server."""
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        found = re.search(rf"{BASE}(/{path}/\S+)", text)
        assert found, text
        return self.url + found[1]


@contextmanager
def serving(home: Path) -> Iterator[SiteServer]:
    """Collects a day, sets the password, serves on free ports, and ends it."""
    installation = Installation(
        home,
        {
            "DIGEST_HOME": str(home / "var"),
            "DIGEST__OUTBOX": f"maildir:{home}/outbox",
            "DIGEST__MAIL__FROM": "Paper Digest <digest@example.org>",
            "DIGEST__WEB__BASE_URL": BASE,
            "DIGEST__WEB__METRICS_BIND": "127.0.0.1:0",
        },
    )
    (home / f"{DAY}.json").write_bytes(sample())
    said = installation("collect", "--day", f"{DAY}", "--from", f"{home}/{DAY}.json")
    assert said.status == 0, said.err
    said = installation("web", "set-password", stdin=PASSWORD + "\n")
    assert said.status == 0, said.err
    process = installation.start("web", "--bind", "127.0.0.1:0")
    try:
        url, metrics = _urls(process)
        yield SiteServer(url, metrics, home / "outbox", installation)
    finally:
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert "Traceback" not in err, err
    assert process.returncode == 0


def _urls(process: "subprocess.Popen[str]") -> tuple[str, str]:
    lines = [process.stdout.readline() if process.stdout else "" for _ in range(2)]
    assert lines[0].startswith("The site: "), lines or (process.stderr and process.stderr.read())
    return lines[0].split()[2].rstrip("/"), lines[1].split()[1]
