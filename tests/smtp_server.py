"""An SMTP server on loopback that answers from a script and remembers everything: our test double.

    with ScriptedServer() as server:
        server.on_rcpt("a@x.example", "451 4.2.1 busy", times=1)
        server.on_dot("b@x.example", DROP, keep=True)      # took the mail, never said so
        …                                                 # send to server.host, server.port
        assert server.accepted["a@x.example"] == [content]
        assert server.connections == 2

Verbs that rules may name: CONNECT EHLO HELO STARTTLS AUTH MAIL RCPT DATA CONTENT DOT RSET NOOP
QUIT. CONTENT acts while the content arrives, after `after` octets of it; DOT after the final dot.
"""

import base64
import contextlib
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Self


class Act(Enum):
    """What the server may do instead of answering."""

    DROP = "close the connection"
    RESET = "reset the connection (RST)"
    SILENCE = "answer nothing, keep the connection"


DROP, RESET, SILENCE = Act.DROP, Act.RESET, Act.SILENCE
Answer = str | Act


@dataclass(slots=True)
class Rule:
    """One line of the script."""

    verb: str
    answer: Answer
    recipient: str | None = None
    connection: int | None = None
    times: int | None = None
    skip: int = 0
    delay: float = 0.0
    keep: bool = False
    after: int = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """One command, as it came."""

    connection: int
    at: float
    line: str
    encrypted: bool

    @property
    def verb(self) -> str:
        return self.line[:4].upper() if self.line[:8].upper() != "STARTTLS" else "STARTTLS"


@dataclass(frozen=True, slots=True)
class Received:
    """One mail whose final dot arrived."""

    connection: int
    at: float
    sender: str
    recipient: str
    content: bytes
    answer: Answer


class ScriptedServer:
    """Listens on 127.0.0.1 from `with` on; every option is what EHLO offers."""

    def __init__(
        self,
        *,
        pipelining: bool = True,
        size: int | None = None,
        smtputf8: bool = False,
        eightbit: bool = True,
        ehlo: bool = True,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        starttls: bool = True,
        auth: dict[str, str] | None = None,
        eager_data: bool = False,
        latency: float = 0.0,
        port: int = 0,
    ) -> None:
        """`tls`: a server context; `starttls=False` strips the offer; `auth`: user → password.

        `eager_data`: says 354 to DATA even when no recipient was accepted (RFC 2920 §3.1).
        `latency`: seconds before each answer. `ehlo=False`: a server of before EHLO.
        """
        self.host, self.port = "127.0.0.1", port
        self.pipelining, self.size, self.smtputf8, self.eightbit = (
            pipelining,
            size,
            smtputf8,
            eightbit,
        )
        self.ehlo, self.tls, self.implicit_tls, self.starttls = ehlo, tls, implicit_tls, starttls
        self.auth, self.eager_data, self.latency = auth, eager_data, latency
        self.rules: list[Rule] = []
        self.heard: list[Heard] = []
        self.received: list[Received] = []
        self.accepted: defaultdict[str, list[bytes]] = defaultdict(list)
        self.bytes_in: defaultdict[int, bytearray] = defaultdict(bytearray)
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.faults: list[BaseException] = []
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None

    # the script

    def on(self, verb: str, answer: Answer, **options: object) -> Rule:
        """Adds a rule; the newest that fits wins.

        Options: `recipient`, `connection` (1, 2, …), `times` (then it is used up), `skip` (lets
        so many pass first), `delay` (seconds before the answer), and for DOT `keep` (the mail
        counts as accepted whatever is answered), for CONTENT `after` (octets read before acting).
        """
        rule = Rule(verb.upper(), answer, **options)  # type: ignore[arg-type]
        with self._lock:
            self.rules.insert(0, rule)
        return rule

    def on_mail(self, answer: Answer, **options: object) -> Rule:
        """Answers MAIL so."""
        return self.on("MAIL", answer, **options)

    def on_rcpt(self, recipient: str | None, answer: Answer, **options: object) -> Rule:
        """Answers RCPT for a recipient (None: any) so."""
        return self.on("RCPT", answer, recipient=recipient, **options)

    def on_data(self, recipient: str | None, answer: Answer, **options: object) -> Rule:
        """Answers DATA for a mail to a recipient (None: any) so."""
        return self.on("DATA", answer, recipient=recipient, **options)

    def on_content(self, recipient: str | None, answer: Answer, **options: object) -> Rule:
        """Does so in the middle of the content."""
        return self.on("CONTENT", answer, recipient=recipient, **options)

    def on_dot(self, recipient: str | None, answer: Answer, **options: object) -> Rule:
        """Answers the final dot of a mail to a recipient (None: any) so."""
        return self.on("DOT", answer, recipient=recipient, **options)

    def forget(self) -> None:
        """Drops all rules."""
        with self._lock:
            self.rules.clear()

    def rule(self, verb: str, connection: int, recipient: str | None = None) -> Rule | None:
        """The rule to follow now; uses up one of its `times`."""
        with self._lock:
            for rule in self.rules:
                if rule.verb != verb or rule.connection not in {None, connection}:
                    continue
                if rule.recipient not in {None, recipient}:
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                if rule.times is not None:
                    if rule.times < 1:
                        continue
                    rule.times -= 1
                return rule
        return None

    # what was seen

    @property
    def lines(self) -> list[str]:
        """Every command of every connection, in order of arrival."""
        return [heard.line for heard in self.heard]

    def lines_of(self, connection: int) -> list[str]:
        """The commands of one connection."""
        return [heard.line for heard in self.heard if heard.connection == connection]

    @property
    def count(self) -> int:
        """How many mails were accepted."""
        return sum(map(len, self.accepted.values()))

    # its life

    def start(self) -> Self:
        """Listens; after `stop` on the same port again."""
        self._listener = socket.create_server((self.host, self.port), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept, self._listener)
        return self

    def stop(self) -> None:
        """Closes the listener and every connection at once."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.drop_all()
        for thread in list(self._threads):
            thread.join(5)
        self._threads.clear()

    def drop_all(self) -> None:
        """Closes every open connection."""
        with self._lock:
            sockets = list(self._sockets)
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self.faults:
            raise self.faults[0]

    def _spawn(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self.open += 1
                self.most_open = max(self.most_open, self.open)
                self._sockets.add(sock)
            self._spawn(self._converse, sock, number)

    def _converse(self, sock: socket.socket, number: int) -> None:
        conversation = _Conversation(self, sock, number)
        try:
            conversation.run()
        except (_Over, OSError):
            pass
        except BaseException as fault:  # noqa: BLE001 - raised again at the end of the test
            self.faults.append(fault)
        finally:
            with self._lock:
                self.open -= 1
                self._sockets.discard(sock)
            conversation.close()


class _Over(Exception):
    """The conversation has ended."""


class _Conversation:
    def __init__(self, server: ScriptedServer, sock: socket.socket, number: int) -> None:
        self.server, self.sock, self.number = server, sock, number
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = bytearray()
        self.encrypted = False
        self.sender: str | None = None
        self.recipient: str | None = None
        self.user: str | None = None

    def run(self) -> None:
        if self.server.implicit_tls:
            self.encrypt()
        self.answer("CONNECT", "220 scripted.example ESMTP")
        while True:
            line = self.read_line()
            self.server.heard.append(
                Heard(self.number, time.monotonic(), line, encrypted=self.encrypted)
            )
            verb, _, rest = line.partition(" ")
            method = getattr(self, f"do_{verb.lower()}", None)
            if method is None:
                self.answer(verb.upper(), "500 5.5.1 unknown command")
            else:
                method(rest)

    # reading and writing

    def _receive(self) -> None:
        data = self.sock.recv(65_536)
        if not data:
            raise _Over
        self.server.bytes_in[self.number] += data
        self.pending += data

    def read_line(self) -> str:
        while (end := self.pending.find(b"\r\n")) < 0:
            self._receive()
        line = bytes(self.pending[:end])
        del self.pending[: end + 2]
        return line.decode("utf-8", "surrogateescape")

    def read_content(self) -> bytes:
        """What stands before CRLF.CRLF, dots undone (RFC 5321 §4.5.2)."""
        rule = self.server.rule("CONTENT", self.number, self.recipient)
        content = bytearray(b"\r\n")
        scanned = 0
        while True:
            content += self.pending
            self.pending.clear()
            if rule and len(content) - 2 >= rule.after:
                self.act(rule.answer, rule.delay)
                raise _Over
            if (end := content.find(b"\r\n.\r\n", scanned)) >= 0:
                break
            scanned = max(0, len(content) - 4)
            self._receive()
        self.pending += content[end + 5 :]
        return _unstuffed(bytes(content[: end + 2]))

    def answer(self, verb: str, usual: str) -> Answer:
        """Answers by the script, else as usual."""
        rule = self.server.rule(verb, self.number, self.recipient)
        answer = rule.answer if rule else usual
        self.act(answer, rule.delay if rule else 0.0)
        return answer

    def act(self, answer: Answer, delay: float = 0.0) -> None:
        if delay or self.server.latency:
            time.sleep(delay or self.server.latency)
        if answer is DROP:
            raise _Over
        if answer is RESET:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Over
        if answer is SILENCE:
            while True:
                self._receive()
        lines = str(answer).split("\n")
        for line in lines[:-1]:
            self.sock.sendall(f"{line[:3]}-{line[4:]}\r\n".encode())
        self.sock.sendall(f"{lines[-1]}\r\n".encode())
        if lines[-1].startswith("421"):
            raise _Over

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()

    def encrypt(self) -> None:
        context = self.server.tls
        if context is None:
            raise RuntimeError("ScriptedServer needs tls= to encrypt")
        with self.server._lock:
            self.server._sockets.discard(self.sock)
        self.sock = context.wrap_socket(self.sock, server_side=True)
        with self.server._lock:
            self.server._sockets.add(self.sock)
        self.encrypted = True

    # commands

    def do_ehlo(self, _: str) -> None:
        server = self.server
        if not server.ehlo:
            self.answer("EHLO", "502 5.5.1 EHLO is unknown")
            return
        offers = ["scripted.example"]
        offers += ["PIPELINING"] if server.pipelining else []
        offers += [f"SIZE {server.size}"] if server.size is not None else []
        offers += ["8BITMIME"] if server.eightbit else []
        offers += ["SMTPUTF8"] if server.smtputf8 else []
        if server.tls and server.starttls and not self.encrypted:
            offers.append("STARTTLS")
        offers += ["AUTH PLAIN LOGIN"] if server.auth is not None else []
        self.answer("EHLO", "\n".join(f"250 {offer}" for offer in offers))

    def do_helo(self, _: str) -> None:
        self.answer("HELO", "250 scripted.example")

    def do_starttls(self, _: str) -> None:
        if self.server.tls is None or not self.server.starttls or self.encrypted:
            self.answer("STARTTLS", "502 5.5.1 no STARTTLS here")
        elif str(self.answer("STARTTLS", "220 2.0.0 ready")).startswith("220"):
            self.pending.clear()
            self.encrypt()

    def do_auth(self, rest: str) -> None:
        method, _, initial = rest.partition(" ")
        if method.upper() == "PLAIN":
            given = base64.b64decode(initial).decode().split("\0")[1:]
        else:
            words = [initial or self.prompt("VXNlcm5hbWU6"), self.prompt("UGFzc3dvcmQ6")]
            given = [base64.b64decode(word).decode() for word in words]
        user, password = given
        if (self.server.auth or {}).get(user) == password:
            self.user = user
            self.answer("AUTH", "235 2.7.0 welcome")
        else:
            self.answer("AUTH", "535 5.7.8 wrong user or password")

    def prompt(self, word: str) -> str:
        self.act(f"334 {word}")
        return self.read_line()

    def do_mail(self, rest: str) -> None:
        if self.server.auth is not None and self.user is None:
            self.answer("MAIL", "530 5.7.0 log in first")
            return
        self.recipient = None
        if str(self.answer("MAIL", "250 2.1.0 sender fine")).startswith("2"):
            self.sender = rest.partition("<")[2].partition(">")[0]

    def do_rcpt(self, rest: str) -> None:
        asked = rest.partition("<")[2].partition(">")[0]
        if self.sender is None:
            self.act("503 5.5.1 MAIL first")
            return
        self.recipient = asked
        if not str(self.answer("RCPT", "250 2.1.5 recipient fine")).startswith("2"):
            self.recipient = None

    def do_data(self, _: str) -> None:
        if self.recipient is None and not self.server.eager_data:
            self.act("554 5.5.1 no valid recipients")
            return
        if not str(self.answer("DATA", "354 go on")).startswith("3"):
            return
        content = self.read_content()
        if self.recipient is None:
            self.act("554 5.5.1 no valid recipients")
            return
        self.finish(content)

    def finish(self, content: bytes) -> None:
        rule = self.server.rule("DOT", self.number, self.recipient)
        usual = f"250 2.0.0 queued as {len(self.server.received) + 1:06d}"
        answer = rule.answer if rule else usual
        mail = Received(
            self.number, time.monotonic(), self.sender or "", self.recipient or "", content, answer
        )
        with self.server._lock:
            self.server.received.append(mail)
            if str(answer).startswith("2") or (rule and rule.keep):
                self.server.accepted[mail.recipient].append(content)
        self.sender = self.recipient = None
        self.act(answer, rule.delay if rule else 0.0)

    def do_rset(self, _: str) -> None:
        self.sender = self.recipient = None
        self.answer("RSET", "250 2.0.0 forgotten")

    def do_noop(self, _: str) -> None:
        self.answer("NOOP", "250 2.0.0 yes")

    def do_quit(self, _: str) -> None:
        self.answer("QUIT", "221 2.0.0 bye")
        raise _Over


def _unstuffed(content: bytes) -> bytes:
    """Takes away one dot from each line that begins with one; `content` begins with CRLF."""
    return content.replace(b"\r\n.", b"\r\n")[2:]
