"""The one HTTP client for addresses that others chose: it looks a name up once and connects to what it has checked.

Made of the standard library's http.client, which lets the connection be opened by the hub itself and follows no
redirect, asks no proxy and unpacks nothing.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from time import monotonic

from freehold.base.errors import Invalid, NotReached
from freehold.stores.outbound.addresses import Address, Network, Target, is_named, is_public, target_of

Resolve = Callable[[str, int], Sequence[str]]
"""Every address of a host name; raises OSError if it has none."""

CLOSED = (
    "{host} is an address of an internal network, which this hub does not ask. Its operator can allow networks by the "
    "setting `outbound_networks`."
)
ODD_PORT = "Only the ports 80 and 443 can be asked, except in networks that the hub's operator allows."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `body` is cut at the length asked for; `internal`: from a network that the operator named."""

    status: int
    body: bytes
    internal: bool


class Outbound:
    """Asks other machines. One question takes at most `timeout_s` seconds in all, however slowly the answer drips."""

    def __init__(
        self, networks: Sequence[Network] = (), *, timeout_s: float = 10, resolve: Resolve | None = None
    ) -> None:
        self._networks = networks
        self._timeout_s = timeout_s
        self._resolve = resolve or _resolve

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Who is trusted; reading the system's certificates takes a while, and many hubs never ask anybody."""
        return ssl.create_default_context()

    def check(self, url: str) -> None:
        """Raise Invalid for a URL that can be refused without asking anybody."""
        target = target_of(url)
        if target.literal is not None:
            self._demand(target, target.literal)
        elif not target.usual_port and not self._networks:
            raise Invalid(ODD_PORT)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, most: int = 1024) -> Answer:
        """Send `body`; the answer with at most `most` bytes of its body, redirects as they are.

        Raises Invalid for a URL that may not be asked, NotReached if nothing sensible came back in time.
        """
        return self._ask("POST", url, body, headers, most)

    def get(self, url: str, headers: Mapping[str, str], *, most: int) -> Answer:
        """Fetch a document; as `post`, otherwise."""
        return self._ask("GET", url, None, headers, most)

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], most: int) -> Answer:
        ends = monotonic() + self._timeout_s
        target = target_of(url)
        addresses = self._addresses(target)
        internal = any(is_named(address, self._networks) for address in addresses)
        try:
            connection = _Pinned(target, addresses, ends, self._tls if target.tls else None)
            with _Deadline(connection, ends) as deadline:
                connection.request(method, target.path, body, {"Accept-Encoding": "identity", **headers})
                response = connection.getresponse()
                kept = response.read(most)
        except (OSError, HTTPException, ValueError) as error:
            raise NotReached(_words(target, error, self._timeout_s, late=monotonic() >= ends)) from error
        if deadline.expired:
            raise NotReached(_late(target, self._timeout_s))
        return Answer(response.status, kept, internal)

    def _addresses(self, target: Target) -> list[Address]:
        """Where the host is: looked up once, every address allowed. Raises Invalid and NotReached."""
        literal = target.literal
        addresses = [literal] if literal is not None else self._look_up(target)
        if not addresses:
            raise NotReached(f"{target.host} has no address.")
        for address in addresses:
            self._demand(target, address)
        return addresses

    def _look_up(self, target: Target) -> list[Address]:
        # The system's resolver knows no time limit, so it is asked on a thread that may be left behind.
        found: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

        def ask() -> None:
            try:
                found.put(self._resolve(target.host, target.port))
            except (OSError, UnicodeError) as error:
                found.put(error if isinstance(error, OSError) else OSError(str(error)))

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            names = found.get(timeout=self._timeout_s)
        except Empty:
            raise NotReached(f"{target.host} could not be looked up in time.") from None
        if isinstance(names, OSError):
            raise NotReached(f"{target.host} could not be looked up.") from names
        return [ip_address(name) for name in dict.fromkeys(names)]

    def _demand(self, target: Target, address: Address) -> None:
        if is_named(address, self._networks):
            return
        if not is_public(address):
            raise Invalid(CLOSED.format(host=target.host))
        if not target.usual_port:
            raise Invalid(ODD_PORT)


class _Pinned(HTTPConnection):
    """A connection to addresses that were checked, whatever the host's name leads to by now."""

    def __init__(self, target: Target, addresses: Sequence[Address], ends: float, tls: ssl.SSLContext | None) -> None:
        self.default_port = 443 if target.tls else 80
        self.auto_open = 0  # it must never look the name up by itself
        super().__init__(target.host, target.port)
        last: OSError = OSError("no address")
        for address in addresses:
            try:
                left = max(0.1, ends - monotonic())
                # Kept beside `sock`, which is let go of as soon as the other side means to close.
                self.wire = self.sock = socket.create_connection((str(address), target.port), left)
                break
            except OSError as error:
                last = error
        else:
            raise last
        self._tls = tls

    def secure(self) -> None:
        """Agree on TLS, if the URL asks for it; the certificate must be for the URL's host."""
        if self._tls:
            wrapped = self._tls.wrap_socket(self.wire, server_hostname=self.host, do_handshake_on_connect=False)
            self.wire = self.sock = wrapped
            wrapped.do_handshake()


class _Deadline:
    """Ends a connection when its time is over: a socket's own timeout begins anew with every byte."""

    def __init__(self, connection: _Pinned, ends: float) -> None:
        self.expired = False
        self._connection = connection
        self._ends = ends
        self._timer = threading.Timer(max(0.0, ends - monotonic()), self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        try:
            self._connection.secure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._connection.close()

    def _expire(self) -> None:
        self.expired = True
        try:
            # Not TLS's own farewell, which would wait for the other side.
            socket.socket.shutdown(self._connection.wire, socket.SHUT_RDWR)
        except OSError:
            return  # it ended at this very moment


def _resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _words(target: Target, error: Exception, timeout_s: float, *, late: bool) -> str:
    if late or isinstance(error, TimeoutError):
        return _late(target, timeout_s)
    if isinstance(error, ssl.SSLError):
        return f"{target.host} could not be trusted: {getattr(error, 'verify_message', '') or error.reason}."
    if isinstance(error, OSError):
        return f"{target.host} could not be reached: {error.strerror or 'the connection ended'}."
    return f"{target.host} did not answer in HTTP."


def _late(target: Target, timeout_s: float) -> str:
    return f"{target.host} did not answer within {timeout_s:g} seconds."
