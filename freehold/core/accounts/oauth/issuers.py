"""Other providers: their documents and keys, fetched when needed, kept for a while, and never fetched in a storm."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from freehold.base.clock import Clock, now
from freehold.base.errors import NotReached
from freehold.stores.outbound.client import Outbound
from freehold.wire.oauth.discovery import PATH, Provider, check_issuer, parse_keys, parse_provider
from freehold.wire.oauth.jose import Claims, Expected, Jwks, kid_of, verify

KEPT_S = 600
AGAIN_S = 30
"""How soon keys are fetched again for a token that names one that is not among them: anybody can make such tokens."""

MOST_ISSUERS = 256
MOST_BYTES = 256 << 10
Parsed = TypeVar("Parsed")
_JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class _Known:
    provider: Provider
    keys: Jwks
    at: int


class Issuers:
    """What is known of other providers, in this process."""

    def __init__(self, outbound: Outbound, clock: Clock = now) -> None:
        self._outbound = outbound
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = Lock()

    def check(self, issuer: str) -> None:
        """Raise Invalid for an issuer that can be refused without asking anybody."""
        self._outbound.check(check_issuer(issuer))

    def provider(self, issuer: str) -> Provider:
        """The provider's addresses. Raises Invalid, NotReached."""
        return self._find(issuer, KEPT_S).provider

    def verify(self, token: str, issuer: str, audience: str) -> Claims:
        """The claims of a token of this issuer for this audience. Raises Untrusted, Invalid, NotReached."""
        expected = Expected(issuer, audience, self._clock() // 1_000_000)
        known, kid = self._find(issuer, KEPT_S), kid_of(token)
        if kid and not _has(known.keys, kid):
            known = self._find(issuer, AGAIN_S)
        return verify(token, known.keys, expected)

    def _find(self, issuer: str, age_s: int) -> _Known:
        with self._lock:
            known = self._known.get(issuer)
        if known is not None and self._clock() - known.at < age_s * 1_000_000:
            return known
        provider = self._fetch(check_issuer(issuer).rstrip("/") + PATH, lambda body: parse_provider(issuer, body))
        known = _Known(provider, self._fetch(provider.jwks_uri, parse_keys), self._clock())
        with self._lock:
            self._known[issuer] = known
            self._known.move_to_end(issuer)
            while len(self._known) > MOST_ISSUERS:
                self._known.popitem(last=False)
        return known

    def _fetch(self, url: str, parse: Callable[[bytes], Parsed]) -> Parsed:
        answer = self._outbound.get(url, _JSON, most=MOST_BYTES)
        if answer.status != 200:
            raise NotReached(f"The issuer answered {answer.status} where its documents should be.")
        return parse(answer.body)


def _has(keys: Jwks, kid: str) -> bool:
    listed = keys.get("keys")
    return isinstance(listed, list) and any(isinstance(one, dict) and one.get("kid") == kid for one in listed)
