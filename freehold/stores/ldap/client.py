"""A connection to one LDAP directory: opened for a question, by TLS, and over when its time is over.

Referrals are not followed: the hub shows passwords to the server that its operator named and to nobody else.
"""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from freehold.base.errors import Invalid, NotReached
from freehold.wire.ldap import messages
from freehold.wire.ldap.ber import SEQUENCE, Garbled, head
from freehold.wire.ldap.messages import Entry

MOST_BYTES = 4 << 20
"""What one connection may answer in all."""

SUCCESS, SIZE_LIMIT, NO_SUCH_OBJECT = 0, 4, 32
_NOT_ABOUT_THE_PASSWORD = frozenset({1, 2, 3, 8, 11, 13, 51, 52, 80})
"""Result codes by which a server says that it could not look: operationsError, …, busy, unavailable, other."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a directory is. Raises Invalid for an address without TLS, unless `plain` allows that on this machine."""

    url: str
    start_tls: bool = False
    ca_file: str = ""
    plain: bool = False
    timeout_s: float = 5

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"ldap", "ldaps"} or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
            raise Invalid(f"The directory's url is ldaps://host or ldap://host, with a port at most; not {self.url!r}.")
        if parts.scheme == "ldaps" and self.start_tls:
            raise Invalid("start_tls is for ldap://; ldaps:// speaks TLS from the start.")
        if not self.tls and not (self.plain and _loopback(self.host)):
            raise Invalid(
                "Passwords go to the directory by TLS only: write ldaps://, or start_tls = true. For a server on this"
                " very machine, plain = true allows ldap:// without."
            )
        if not 0 < self.timeout_s <= 60:
            raise Invalid("The directory's timeout_s is more than 0 and at most 60.")
        _trust(self)  # a file that cannot be read is told at the start

    @property
    def tls(self) -> bool:
        """Whether all that matters is encrypted."""
        return self.start_tls or self.url.startswith("ldaps:")

    @property
    def host(self) -> str:
        """The host's name, which the certificate must be for."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port; without one in the address, the protocol's own."""
        return urlsplit(self.url).port or (636 if self.url.startswith("ldaps:") else 389)


class Session:
    """One connection, as a context. Everything in it takes `timeout_s` in all; looking up the name is the system's.

    Every method raises NotReached if the server is away, slow, not to be trusted, or speaks nonsense.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ends = monotonic() + server.timeout_s
        self._ident = 0
        self._buffer = b""
        self._bytes = 0
        self._wire: socket.socket | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if kind is None:
            self._ident += 1
            with suppress(NotReached):
                self._send(messages.unbind())
        self._close()

    def bind(self, dn: str, password: str) -> bool:
        """Whether this is the password of that entry."""
        code = messages.result(self._ask(messages.bind(dn, password), messages.BOUND))
        if code in _NOT_ABOUT_THE_PASSWORD:
            raise self._nonsense(f"it answers {code} to a sign-in")
        return code == SUCCESS

    def search(self, base: str, wanted: bytes, attributes: Sequence[str], most: int) -> list[Entry]:
        """Entries at or below `base` for which the encoded filter holds. More than `most`: NotReached."""
        seconds = max(1, int(self._server.timeout_s))
        self._ident += 1
        # One more than may be, so that too many are told from just enough whatever the server counts.
        self._send(messages.search(base, wanted, attributes, most=most + 1, seconds=seconds))
        found: list[Entry] = []
        while True:
            tag, body = self._receive()
            try:
                if tag == messages.ENTRY:
                    found.append(messages.entry(body))
                elif tag == messages.DONE:
                    code = messages.result(body)
                    break
                elif tag != messages.REFERENCE:
                    raise self._nonsense("something else was asked")
            except Garbled as error:
                raise self._nonsense(str(error)) from error
            if len(found) > most:
                raise self._nonsense(f"it finds more than {most}")
        if code not in {SUCCESS, NO_SUCH_OBJECT}:
            raise self._nonsense(f"it answers {code} to a search")
        return found

    def _open(self) -> None:
        self._wire = self._connected()
        if self._server.start_tls:
            code = messages.result(self._ask(messages.start_tls(), messages.EXTENDED_DONE))
            # What came before TLS may be anybody's, so nothing of it may be left.
            if code != SUCCESS or self._buffer:
                raise self._nonsense("it does not begin TLS")
        if self._server.tls:
            context = _trust(self._server)
            try:
                self._wire.settimeout(self._left())
                self._wire = context.wrap_socket(self._wire, server_hostname=self._server.host)
            except OSError as error:
                raise self._failed(error) from error

    def _connected(self) -> socket.socket:
        last: OSError = OSError("no address")
        try:
            known = socket.getaddrinfo(self._server.host, self._server.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise self._failed(error) from error
        for *_, address in known:
            try:
                return socket.create_connection((str(address[0]), self._server.port), self._left())
            except OSError as error:
                last = error
        raise self._failed(last) from last

    def _close(self) -> None:
        if self._wire is not None:
            self._wire.close()

    def _ask(self, operation: bytes, expected: int) -> bytes:
        self._ident += 1
        self._send(operation)
        tag, body = self._receive()
        if tag != expected:
            raise self._nonsense("something else was asked")
        try:
            messages.result(body)
        except Garbled as error:
            raise self._nonsense(str(error)) from error
        return body

    def _send(self, operation: bytes) -> None:
        assert self._wire is not None  # noqa: S101 - it is a context
        try:
            self._wire.settimeout(self._left())
            self._wire.sendall(messages.message(self._ident, operation))
        except OSError as error:
            raise self._failed(error) from error

    def _receive(self) -> tuple[int, bytes]:
        """The tag and the contents of the next answer to what was asked last."""
        try:
            while (found := head(self._buffer)) is None:
                self._more()
            tag, before, size = found
            if tag != SEQUENCE or size > MOST_BYTES:
                raise self._nonsense("no message of LDAP")
            while len(self._buffer) < before + size:
                self._more()
            body, self._buffer = self._buffer[before : before + size], self._buffer[before + size :]
            ident, tag, body = messages.answer(body)
        except Garbled as error:
            raise self._nonsense(str(error)) from error
        if ident != self._ident:  # 0 is the server's own word, such as that it goes away
            raise self._nonsense("the connection ended")
        return tag, body

    def _more(self) -> None:
        assert self._wire is not None  # noqa: S101 - it is a context
        try:
            # What is left of the whole time: else a server that drips would never be late.
            self._wire.settimeout(self._left())
            came = self._wire.recv(65536)
        except OSError as error:
            raise self._failed(error) from error
        self._bytes += len(came)
        if not came or self._bytes > MOST_BYTES:
            raise self._nonsense("the connection ended" if not came else "too long an answer")
        self._buffer += came

    def _left(self) -> float:
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _failed(self, error: OSError) -> NotReached:
        if isinstance(error, TimeoutError):
            return NotReached(f"{self._server.host} did not answer within {self._server.timeout_s:g} seconds.")
        if isinstance(error, ssl.SSLError):
            said = getattr(error, "verify_message", "") or error.reason or "TLS failed"
            return NotReached(f"{self._server.host} could not be trusted: {said}.")
        return NotReached(f"{self._server.host} could not be reached: {error.strerror or 'the connection ended'}.")

    def _nonsense(self, why: str) -> NotReached:
        return NotReached(f"{self._server.host} did not answer as a directory does: {why}.")


def _trust(server: Server) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:
        raise Invalid(f"The directory's ca_file {server.ca_file} could not be read: {error}.") from error


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
