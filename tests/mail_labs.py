"""A real Postfix and a real Dovecot of ../shared/judges, and a bridge from Postfix's pipe to us.

The lab's pipe runs as `nobody`, who may not read this checkout; so its command hands the mail over
loopback to the test, which runs `digest inbound` and hands the exit status back.
"""

import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from shared import shared

BRIDGE = """
import socket, sys
with socket.create_connection(("127.0.0.1", {port}), 60) as s:
    s.sendall("\\n".join(sys.argv[1:]).encode() + b"\\0" + sys.stdin.buffer.read())
    s.shutdown(socket.SHUT_WR)
    sys.exit(int(s.recv(16) or b"75"))
"""


@dataclass
class Labs:
    """Both, running."""

    directory: Path
    port: int
    statuses: list[int] = field(default_factory=list)
    """How the pipe's command ended, each time."""
    command: object = None
    """What the pipe calls: envelope and mail in, exit status out."""

    def box(self, name):
        return self.directory / "mail" / name

    def wait_for(self, name, count=1, seconds=30):
        """The mails of a maildir, oldest first, once there are so many."""
        end = time.monotonic() + seconds
        while True:
            found = sorted(self.box(name).glob("new/*"), key=lambda path: path.stat().st_mtime)
            if len(found) >= count or time.monotonic() > end:
                return [path.read_bytes() for path in found]
            time.sleep(0.2)

    def wait_for_statuses(self, count, seconds=30):
        """How the pipe's command ended, once it has so often."""
        end = time.monotonic() + seconds
        while len(self.statuses) < count and time.monotonic() < end:
            time.sleep(0.2)
        return self.statuses

    def send(self, sender, recipient, content):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.sendmail(sender, [recipient], content)

    def send_lmtp(self, sender, recipient, content):
        """Through Dovecot's LMTP and Sieve, which answer for some readers."""
        with smtplib.LMTP("127.0.0.1", self.port + 104) as client:
            client.sendmail(sender, [recipient], content)


@contextmanager
def running():
    """Starts both; skips, saying why, where they cannot run."""
    postfix, dovecot = shared("judges/postfix-lab.sh"), shared("judges/dovecot-lab.sh")
    if os.geteuid() != 0 or shutil.which("postfix") is None or shutil.which("dovecot") is None:
        pytest.skip("needs root, postfix and dovecot")
    directory = Path(tempfile.mkdtemp(prefix="labs-"))
    directory.chmod(0o755)
    labs = Labs(directory, _free_port())
    with _bridge(labs) as pipe:
        environ = {**os.environ, "LAB_PORT": str(labs.port), "LAB_PIPE": pipe}
        try:
            for script in (postfix, dovecot):
                printed = _run(script, "start", directory, environ)
                if str(labs.port) not in printed and str(labs.port + 100) not in printed:
                    pytest.skip(f"the lab does not start: {printed}")
            yield labs
        finally:
            for script in (dovecot, postfix):
                _run(script, "stop", directory, environ)
            shutil.rmtree(directory, ignore_errors=True)


def _run(script, word, directory, environ):
    """What a script prints; into a file, for the servers that it starts keep its output open."""
    with tempfile.TemporaryFile("w+") as printed:
        subprocess.run(
            [script, word, directory],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        printed.seek(0)
        return printed.read()


@contextmanager
def _bridge(labs):
    listener = socket.create_server(("127.0.0.1", 0))
    script = labs.directory / "bridge.py"
    script.write_text(BRIDGE.format(port=listener.getsockname()[1]))
    script.chmod(0o644)
    thread = threading.Thread(target=_serve, args=(listener, labs), daemon=True)
    thread.start()
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    try:
        yield f"{python} {script}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _serve(listener, labs):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            _take(connection, labs)


def _take(connection, labs):
    received = b"".join(iter(lambda: connection.recv(65_536), b""))
    envelope, _, octets = received.partition(b"\0")
    status = labs.command(envelope.decode().split("\n"), octets)
    labs.statuses.append(status)
    connection.sendall(str(status).encode())


def _free_port():
    """A port that is free, as are those that the labs take beside it."""
    for port in range(4_100, 5_900, 10):
        try:
            for offset in (0, 1, 2, 100, 101, 102, 103, 104):
                socket.create_server(("127.0.0.1", port + offset)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")
