"""A small DNS server on the loopback: it answers for TXT records by UDP and TCP, or as badly as a test wants."""

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Answer = Callable[[dns.message.Message], bytes | None]


@dataclass
class NameServer:
    """`texts` are its records by name, in lower case without the last dot; `manner` is how it answers."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    manner: str = "well"
    """`well`; `refused`, `broken` (SERVFAIL), `silent`; `liar` (another question's answer); `short` (TCP only)."""
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, sock = self.request
                if (answer := outer.answer(data, short=outer.manner == "short")) is not None:
                    sock.sendto(answer, self.client_address)

        class Stream(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                length = int.from_bytes(self.rfile.read(2), "big")
                if (answer := outer.answer(self.rfile.read(length))) is not None:
                    self.wfile.write(len(answer).to_bytes(2, "big") + answer)

        self._udp, self._tcp = _on_one_port(Datagram, Stream)
        self.port = self._udp.server_address[1]
        for server in (self._udp, self._tcp):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    @property
    def address(self) -> str:
        """As the setting `dns_servers` wants it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, data: bytes, *, short: bool = False) -> bytes | None:
        """The answer to one question; None: there is none."""
        question = dns.message.from_wire(data)
        name = question.question[0].name
        key = name.to_text(omit_final_dot=True).lower()
        self.asked.append(key)
        if self.manner == "silent":
            return None
        reply = dns.message.make_response(question)
        if self.manner in {"refused", "broken"}:
            reply.set_rcode(dns.rcode.REFUSED if self.manner == "refused" else dns.rcode.SERVFAIL)
        elif short:
            reply.flags |= dns.flags.TC
        elif key in self.texts:
            texts = [
                " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) for text in self.texts[key]
            ]
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        if self.manner == "liar":
            reply.id ^= 1
        return reply.to_wire(max_size=65535)


def _on_one_port(
    datagram: type[socketserver.BaseRequestHandler], stream: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """Servers on a port that is free for both: what is free for datagrams may be somebody's for streams."""
    for _ in range(50):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagram)
        try:
            return udp, socketserver.ThreadingTCPServer(("127.0.0.1", udp.server_address[1]), stream)
        except OSError:
            udp.server_close()
    raise OSError("No port is free for both.")
