"""What a reverse proxy says on the client's behalf: believed from trusted peers only, ignored from all others."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.base.errors import Invalid

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse_networks(text: str) -> list[Network]:
    """Comma-separated addresses or networks; Invalid for anything else."""
    try:
        return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise Invalid(
            f"trusted_proxies: {error}. Give addresses or networks, such as 127.0.0.1 or 10.0.0.0/8."
        ) from error


class Proxies:
    """Sets the scheme, host, prefix and client of the request to those that the client itself used.

    `url` is the configured address, if any: it settles scheme, host and prefix for everybody.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network], url: str = "") -> None:
        self.app = app
        self.trusted = list(trusted)
        self.url = url.rstrip("/")
        self.prefix = urlsplit(self.url).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the scope and pass it on."""
        if scope["type"] == "http":
            if scope.get("client") and self._trusts(scope["client"][0]):
                self._believe(scope)
            if self.url:
                scope["freehold.url"] = self.url
                scope["root_path"] = self.prefix
        await self.app(scope, receive, send)

    def _trusts(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self.trusted)

    def _believe(self, scope: Scope) -> None:
        said = {name: value.decode("latin-1") for name, value in scope["headers"] if name.startswith(b"x-forwarded-")}
        if (scheme := _last(said.get(b"x-forwarded-proto"))) in {"http", "https"}:
            scope["scheme"] = scheme
        if host := _last(said.get(b"x-forwarded-host")):
            rest = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [*rest, (b"host", host.encode("latin-1"))]
        prefix = said.get(b"x-forwarded-prefix", "").strip().rstrip("/")
        if prefix.startswith("/") and "//" not in prefix:
            scope["root_path"] = prefix
        if client := self._client(said.get(b"x-forwarded-for", "")):
            scope["client"] = (client, 0)

    def _client(self, chain: str) -> str | None:
        """The nearest address that is no proxy of ours: what stands before it anyone may have written."""
        for part in reversed(chain.split(",")):
            address = part.strip()
            try:
                ipaddress.ip_address(address)
            except ValueError:
                return None
            if not self._trusts(address):
                return address
        return None


def _last(text: str | None) -> str | None:
    return text.split(",")[-1].strip() if text else None
