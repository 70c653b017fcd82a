"""The middleware that counts requests by caller and class, says so in every answer, and refuses what is too much.

A caller is an account or, where none is known, a network address (of IPv6 the first 64 bits, which one line may vary
at will). Whose a credential is turns out while a request is handled; from its next request on it counts for the
account, so that counting asks no database and a made-up credential gains nothing.
"""

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from freehold.asgi.errors import Errors
from freehold.asgi.identity import ACTOR_KEY, SESSION_COOKIE
from freehold.asgi.limits.classes import class_of
from freehold.asgi.limits.tally import Standing, Tally
from freehold.asgi.proxies import Network
from freehold.asgi.routing import raw_path
from freehold.base.clock import Clock, now
from freehold.base.errors import TooMany
from freehold.core.accounts.actor import Actor

_MOST_KNOWN = 20_000

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed: requests a window by class, and the networks that are not counted."""

    quotas: Mapping[str, int]
    exempt: Sequence[Network] = ()


@dataclass(slots=True)
class Limits:
    """Stands around `errors`, whose form its refusals have."""

    errors: Errors
    tally: Tally
    rules: Rules
    clock: Clock = now
    _known: dict[bytes, str] = field(default_factory=dict)
    _warned: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, and pass on what is not too much."""
        name = class_of(scope["method"], raw_path(scope)) if scope["type"] == "http" else None
        if name is None or name not in self.rules.quotas or self._is_exempt(scope):
            return await self.errors(scope, receive, send)
        credential = _credential(scope)
        caller = self._known.get(credential) if credential is not None else None
        quota = self.rules.quotas[name]
        standing = self.tally.count(f"{name} {caller or network_of(scope)}", quota, self.clock() // 1_000_000)
        telling = _Telling(send, name, quota, standing, self.tally.window_s)
        app: ASGIApp = self.errors
        if standing.left < 0:
            app = self.errors.answer(Request(scope), _refusal(name, quota, standing, self.tally.window_s))
        try:
            await app(scope, receive, telling)
        finally:
            if credential is not None:
                self._learn(credential, scope.get(ACTOR_KEY), valid=telling.status != 401)

    def _is_exempt(self, scope: Scope) -> bool:
        address = _address(scope)
        if address is None or not any(address in network for network in self.rules.exempt):
            return False
        if not self._warned and any(key == b"x-forwarded-for" for key, _ in scope["headers"]):
            self._warned = True
            log.warning("a proxy is not trusted, so nobody behind it is limited: set trusted_proxies", proxy=address)
        return True

    def _learn(self, credential: bytes, actor: Actor | None, *, valid: bool) -> None:
        if not valid:
            self._known.pop(credential, None)  # nobody spends another's share with a token that was taken back
        elif actor is not None and actor.account_id is not None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[credential] = actor.account_id


class _Telling:
    """`send`, with the two headers that clients read; `status` is what was answered."""

    status = 0

    def __init__(self, send: Send, name: str, quota: int, standing: Standing, window_s: int) -> None:
        self._send = send
        left = max(standing.left, 0)
        self._headers = [
            (b"ratelimit", f'"{name}";r={left};t={standing.reset_s}'.encode()),
            (b"ratelimit-policy", f'"fixed window";"{name}";q={quota};w={window_s}'.encode()),
        ]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", ()), *self._headers]}
        await self._send(message)


def _refusal(name: str, quota: int, standing: Standing, window_s: int) -> TooMany:
    return TooMany(
        f"You have sent more than {quota} requests of the class {name!r} within {window_s} seconds. Go on in"
        f" {standing.reset_s} seconds.",
        standing.reset_s,
    )


def _credential(scope: Scope) -> bytes | None:
    """A digest of what the request shows to say who asks."""
    shown = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.blake2b(value, digest_size=16).digest()
        if name == b"cookie" and SESSION_COOKIE.encode() in value:
            start = value.find(SESSION_COOKIE.encode())
            shown = value[start:].partition(b";")[0]
    return hashlib.blake2b(shown, digest_size=16).digest() if shown else None


def _address(scope: Scope) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(scope["client"][0] if scope.get("client") else "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def network_of(scope: Scope) -> str:
    """Where a request comes from: an IPv4 address, or the network that an IPv6 address lies in."""
    address = _address(scope)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
