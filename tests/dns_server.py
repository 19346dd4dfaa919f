"""A DNS server on loopback that answers from a zone written down in a test.

    with DnsServer({("example.org", "TXT"): ["v=spf1 -all"]}) as dns:
        …  # ask dns.nameserver, 127.0.0.1:PORT

A name of which nothing is written does not exist; `None` instead of records is SERVFAIL, and
`SILENCE` no answer at all.
"""

import socket
from collections.abc import Mapping, Sequence
from threading import Thread
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SILENCE = "silence"
Zone = Mapping[tuple[str, str], Sequence[str] | str | None]


class DnsServer:
    """Answers questions over UDP, and remembers them."""

    def __init__(self, zone: Zone) -> None:
        self.zone = dict(zone)
        self.asked: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.nameserver = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._open = True
        self._thread = Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while self._open:
            octets, client = self._socket.recvfrom(65_536)
            if octets and (answer := self._answer(dns.message.from_wire(octets))) is not None:
                self._socket.sendto(answer.to_wire(max_size=65_535), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        [question] = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = self.zone.get((name, kind), [])
        if records == SILENCE:
            return None
        if records is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        alias = self.zone.get((name, "CNAME"))
        if alias and kind != "CNAME":
            self._add(answer, name, "CNAME", alias)
            name = alias[0].rstrip(".")
            records = self.zone.get((name, kind), [])
        if records:
            self._add(answer, name, kind, records)
        elif not any(known == name for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer

    @staticmethod
    def _add(answer: dns.message.Message, name: str, kind: str, records: Sequence[str]) -> None:
        if kind == "TXT":
            records = [
                " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text) or 1, 255))
                for text in records
            ]
        answer.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", kind, records))
