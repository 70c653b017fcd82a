"""Refuses requests from networks that the operator has blocked, before anything else looks at them."""

import ipaddress
from collections.abc import Callable, Sequence

import anyio.to_thread
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi.errors import Errors
from freehold.asgi.proxies import Network
from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden

_REFRESH = 10_000_000


class Strangers:
    """`networks` asks the database, so it is asked at most every ten seconds, in a thread."""

    def __init__(
        self, app: ASGIApp, errors: Errors, networks: Callable[[], Sequence[Network]], clock: Clock = now
    ) -> None:
        self._app, self._errors, self._networks, self._clock = app, errors, networks, clock
        self._known: Sequence[Network] = ()
        self._read_at = -_REFRESH

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http" and await self._is_blocked(scope):
            refusal = Forbidden("Requests from your network are not answered by this hub.")
            return await self._errors.answer(Request(scope), refusal)(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _is_blocked(self, scope: Scope) -> bool:
        moment = self._clock()
        if moment >= self._read_at + _REFRESH:
            self._read_at = moment
            self._known = await anyio.to_thread.run_sync(self._networks)
        if not self._known or not scope.get("client"):
            return False
        try:
            address = ipaddress.ip_address(scope["client"][0])
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return any((mapped or address) in network for network in self._known)
