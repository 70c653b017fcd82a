"""Passes: short-lived signed words by which somebody who has proven a key may do one thing by HTTP."""

import hmac
from collections.abc import Callable

import msgspec

from freehold.base.base64url import decode, encode
from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials
from freehold.core.accounts.actor import Actor

PREFIX = "pass."
"""How a pass begins, and no token does."""

LIFE_S = 1800
"""How long a pass is good for; git-lfs asks for another when it needs one."""

INVALID = "This pass was not made by this hub, or not for this address, or it has expired. Ask for a new one."


class _Pass(msgspec.Struct, frozen=True, array_like=True):
    key_id: str
    below: str
    """The path that it opens, with all that lies below it."""
    may_write: bool
    expires: int
    """Seconds since 1970 UTC."""


class Passes:
    """Makes passes and recognises them. `secret` is the hub's own; `actor_of` looks up who holds a key now."""

    def __init__(self, secret: bytes, actor_of: Callable[[str], Actor], clock: Clock = now) -> None:
        self._secret = secret
        self._actor_of = actor_of
        self._clock = clock

    def make(self, key_id: str, below: str, *, may_write: bool) -> str:
        """A pass for the path `below` (percent-encoded, without the hub's prefix, no slash at its end)."""
        expires = self._clock() // 1_000_000 + LIFE_S
        return self._signed(msgspec.json.encode(_Pass(key_id, below, may_write, expires)))

    def identify(self, text: str, path: str) -> Actor:
        """Who comes to `path` with a pass, with the rights of their key as of now. Raises BadCredentials."""
        try:
            body = decode(text.removeprefix(PREFIX).partition(".")[0])
            genuine = hmac.compare_digest(self._signed(body).encode(), text.encode())
            found = msgspec.json.decode(body, type=_Pass) if genuine else None
        except ValueError:
            found = None
        if found is None or not path.startswith(f"{found.below}/") or found.expires < self._clock() // 1_000_000:
            raise BadCredentials(INVALID)
        actor = self._actor_of(found.key_id)
        return actor if found.may_write else actor.reading()

    def _signed(self, body: bytes) -> str:
        return f"{PREFIX}{encode(body)}.{encode(hmac.digest(self._secret, body, 'sha256'))}"
