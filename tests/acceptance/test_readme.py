"""What the README tells a newcomer to type works, block by block, in its order."""

import os
import re
import stat
import subprocess
import sys

import pytest
from commands import ROOT

BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)

# Three programs stand for what a test must not do: install, and change the user's crontab.
# `make run` and `make test` are what CI calls first.
STANDING_IN = {
    "digest": f'exec "{sys.executable}" -m digest "$@"',
    "pipx": 'test "$2" = paper-digest',
    "crontab": 'test "$1" = -l || cat > "$HOME/crontab"',
    "make": 'grep -q "^$1:" "$README/Makefile"',
}


@pytest.fixture
def newcomer(tmp_path, hub, relay):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in STANDING_IN.items():
        file = programs / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    (tmp_path / ".smtp-password").write_text("secret\n")
    (tmp_path / ".smtp-password").chmod(0o600)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "README": str(ROOT),
        "NO_COLOR": "1",
        "HUB": hub.url,
        "RELAY_PORT": str(relay.port),
    }


def test_every_block_works_in_its_order(newcomer, relay, tmp_path):
    # The day and the servers of the example are not ours to ask: these say which ones are.
    lines = "set -eu\n" + "\n".join(BLOCKS)
    lines = lines.replace(
        "digest init\n", "digest init\nexport DIGEST__SOURCES__HUGGINGFACE__URL=$HUB\n"
    )
    lines = lines.replace("digest collect\n", "digest collect --day 2026-06-30\n")
    lines = re.sub(
        r"(digest (?:preview|select) --for you@example.org)", r"\1 --day 2026-06-30", lines
    )
    lines = lines.replace("HOST=smtp.example.org", "HOST=127.0.0.1 DIGEST__SMTP__PORT=$RELAY_PORT")
    lines = lines.replace(
        "export DIGEST__SMTP__USERNAME=digest", "export DIGEST__SMTP__SECURITY=none"
    )
    lines = lines.replace("export DIGEST__SMTP__PASSWORD_FILE=$HOME/.smtp-password", "")
    done = subprocess.run(
        ["bash", "-c", lines],
        cwd=tmp_path,
        env=newcomer,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(relay.accepted) == ["you@example.org"]
    assert "digest run" in (tmp_path / "crontab").read_text()
    assert (tmp_path / "digest/preview/digest.html").exists()
    assert (tmp_path / "digest/before-upgrade.db").exists()
    assert "the schema is up to date" in done.stdout


def test_there_are_blocks():
    assert len(BLOCKS) >= 7
