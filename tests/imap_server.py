"""A small IMAP server on loopback (RFC 3501): one folder, whose mails are seen or not."""

import re
import socketserver
import threading
from typing import Self


class ImapServer:
    """Inside `with`, `port` takes any user whose password is `secret`."""

    def __init__(self, mails):
        self.mails = list(mails)
        self.seen = set()
        """Numbers of mails that are marked."""
        self.heard = []
        """Every command, without passwords."""

    def __enter__(self) -> Self:
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                    owner.answer(tag, command, self.wfile.write)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, tag, command, write):
        verb = " ".join(command.upper().split()[: 2 if command.upper().startswith("UID") else 1])
        self.heard.append(verb if verb == "LOGIN" else command)
        done, lines = "OK done", []
        if verb == "CAPABILITY":
            lines = [b"* CAPABILITY IMAP4rev1"]
        elif verb == "LOGIN" and '"secret"' not in command:
            done = "NO wrong password"
        elif verb in {"SELECT", "EXAMINE"}:
            lines = [b"* %d EXISTS" % len(self.mails), b"* OK [UIDVALIDITY 1] ok"]
        elif verb == "UID SEARCH":
            fresh = [str(n) for n in range(1, len(self.mails) + 1) if n not in self.seen]
            lines = [f"* SEARCH {' '.join(fresh)}".rstrip().encode()]
        elif verb == "UID FETCH":
            number = int(re.search(r"FETCH (\d+)", command, re.IGNORECASE)[1])
            octets = self.mails[number - 1]
            head = b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, number, len(octets))
            lines = [head + octets + b")"]
        elif verb == "UID STORE":
            self.seen.add(int(re.search(r"STORE (\d+)", command, re.IGNORECASE)[1]))
        elif verb == "LOGOUT":
            lines = [b"* BYE"]
        write(b"".join(line + b"\r\n" for line in [*lines, f"{tag} {done}".encode()]))
