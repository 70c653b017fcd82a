"""A real SMTP server on the loopback interface that keeps every mail it takes."""

import email
import email.policy
import socketserver
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.kit.loopback import Loopback


@dataclass
class PostOffice(Loopback):
    """`mails` are what it took, oldest first; a recipient named in `refused` is turned away, `busy` turns away all."""

    mails: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: bool = False

    def __post_init__(self) -> None:
        office = self

        class Clerk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 post.test ready")
                while line := self.rfile.readline():
                    word, _, rest = line.decode().strip().partition(" ")
                    if not self.obey(word.upper(), rest):
                        return

            def obey(self, word: str, rest: str) -> bool:
                if word == "RCPT":
                    known = not any(name in rest for name in office.refused)
                    self.say("451 try later" if office.busy else "250 ok" if known else "550 nobody here")
                elif word == "DATA":
                    self.say("354 go on")
                    office.mails.append(self.read())
                    self.say("250 taken")
                else:
                    self.say("221 bye" if word == "QUIT" else "250 ok")
                return word != "QUIT"

            def read(self) -> EmailMessage:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b"."))
                found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                assert isinstance(found, EmailMessage)
                return found

            def say(self, text: str) -> None:
                self.wfile.write(text.encode() + b"\r\n")

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clerk)
        server.daemon_threads = True
        super().__init__(server)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def take(self) -> list[EmailMessage]:
        """The mails since the last time."""
        taken, self.mails[:] = list(self.mails), []
        return taken
