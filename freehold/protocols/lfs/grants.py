"""Signed links: the right to make one request about one content, for clients that send no credentials with it.

A link is bound to what may be done, the repository, the content, its size and a time. It carries who asked
for it, and that person's right is looked up again when it is used: a revoked token revokes its links.
"""

import hmac
from typing import Literal

import msgspec

from freehold.base.base64url import decode, encode
from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden
from freehold.base.ids import Sha256

Verb = Literal["put", "part", "complete", "get"]

UPLOAD_S = 24 * 3600
"""How long an upload may take to begin: the parts of a large file are sent one after another."""

DOWNLOAD_S = 3600


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a link allows. `size` is the content's; `upload`, `part` and `part_bytes` belong to multipart uploads."""

    verb: Verb
    repo_id: str
    sha256: Sha256
    size: int
    account_id: str | None
    token_id: str | None
    expires: int
    """Seconds since 1970 UTC."""
    upload: str = ""
    part: int = 0
    part_bytes: int = 0
    key_id: str | None = None
    """The key that was proven for it, a person's or a deploy key."""

    @property
    def parts(self) -> list[int]:
        """The size of each part of the upload."""
        whole, rest = divmod(self.size, self.part_bytes)
        return [self.part_bytes] * whole + ([rest] if rest else [])


class Grants:
    """Makes grants into text and back. `secret` is the hub's own."""

    def __init__(self, secret: bytes, clock: Clock = now) -> None:
        self._secret = secret
        self._clock = clock

    def expiry(self, seconds: int) -> int:
        """The moment so many seconds from now, as a grant has it."""
        return self._clock() // 1_000_000 + seconds

    def sign(self, grant: Grant) -> str:
        """The text form, fit for a URL."""
        return self._written(msgspec.json.encode(grant))

    def check(self, text: str, verb: Verb, sha256: str) -> Grant:
        """Read a grant for this verb and content. Raises Forbidden if it is not one, was changed, or has expired."""
        try:
            body = decode(text.partition(".")[0])
            genuine = hmac.compare_digest(self._written(body).encode(), text.encode())
            grant = msgspec.json.decode(body, type=Grant) if genuine else None
        except ValueError:
            grant = None
        if grant is None or grant.verb != verb or grant.sha256 != sha256:
            raise Forbidden("This link was not made by this hub for this request. Ask for a new one.")
        if grant.expires < self._clock() // 1_000_000:
            raise Forbidden("This link has expired. Ask for a new one.")
        return grant

    def _written(self, body: bytes) -> str:
        return f"{encode(body)}.{encode(hmac.digest(self._secret, body, 'sha256'))}"
