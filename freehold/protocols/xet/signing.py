"""Small signed texts: the access tokens of the CAS, upload grants, and links to byte ranges."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeVar

import msgspec

from freehold.base.base64url import decode, encode
from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, HubError
from freehold.base.ids import XetHash
from freehold.stores.blobs.key import BlobKey

TOKEN_S = 3600
"""How long an access token is announced to hold, in seconds. A download in progress asks for a new one in time."""

GRANT_S = 3600
LINK_S = 2 * 3600
_LINK_STEP_S = 600  # links made within ten minutes are the same text, so clients' caches can hold their bytes

STORE_S = 60
"""How long the store's own link to one range opens it, once the hub has looked at the right to it."""

GRACE_S = 300
"""How much longer everything is honoured: clients refresh by their own clocks, and a refused token ends their work."""


Scope = Literal["read", "write"]


class Access(msgspec.Struct, frozen=True, array_like=True):
    """What a CAS token allows: `scope` on one repository, for a person or (`system`) for the hub itself.

    The person's right is looked up again whenever the token is used.
    """

    scope: Scope
    repo_id: str
    ref: str
    account_id: str | None
    token_id: str | None
    expires: int
    """Seconds since 1970 UTC."""
    proposes: bool = False
    """The upload is for a pull request, so the right to propose is enough."""
    system: bool = False
    """The hub acts for the account, which may be an organisation."""
    owner_id: str = ""
    """The namespace of the repository, which what is uploaded counts for."""
    key_id: str | None = None
    """The key that was proven for it, a person's or a deploy key."""

    @property
    def principal(self) -> str | None:
        """Whose uploads and caches these are: the account, or a deploy key, which has none."""
        return self.account_id or self.key_id


class Holder(msgspec.Struct, frozen=True, array_like=True):
    """Whom a link was made for, so that their right can be looked up again; by itself it opens nothing.

    Without an account or a key it is for everybody, as long as the repository is open to everybody.
    """

    repo_id: str
    account_id: str | None
    token_id: str | None
    expires: int
    system: bool = False
    made: int = 0
    """Seconds since 1970 UTC; 0: it does not say."""
    key_id: str | None = None


class UploadGrant(msgspec.Struct, frozen=True, array_like=True):
    """The permission to send one xorb of `length` bytes, as long as the credential holds that it was asked for with."""

    xorb: XetHash
    account_id: str
    length: int
    expires: int
    owner_id: str = ""
    repo_id: str = ""
    token_id: str | None = None
    key_id: str | None = None


_Value = TypeVar("_Value", Access, Holder, UploadGrant)


class Signer:
    """Makes values into text and back under the hub's own secret."""

    def __init__(self, secret: bytes, clock: Clock = now, epochs: Callable[[], Sequence[int]] = lambda: (0,)) -> None:
        self._secret, self._clock, self._epochs = secret, clock, epochs

    def now_s(self) -> int:
        """Seconds since 1970 UTC."""
        return self._clock() // 1_000_000

    def sign(self, value: Access | Holder | UploadGrant) -> str:
        """The text form, fit for a header and a URL segment."""
        body = msgspec.json.encode(value)
        return f"xet_{encode(body)}.{encode(self._mac(type(value).__name__, body))}"

    def access(self, text: str) -> Access:
        """Read a CAS token. Raises BadCredentials."""
        return self._read(text, Access, BadCredentials("This is not a valid access token. Ask the hub for a new one."))

    def holder(self, text: str) -> Holder:
        """Read whom a link was made for. Raises Forbidden."""
        return self._read(text, Holder, Forbidden("This link has expired. Ask for the reconstruction again."))

    def grant(self, text: str) -> UploadGrant:
        """Read an upload grant. Raises Forbidden, upon which clients ask for a new one."""
        return self._read(text, UploadGrant, Forbidden("This grant is not valid, or no longer. Ask for a new one."))

    def _read(self, text: str, kind: type[_Value], refusal: HubError) -> _Value:
        body, _, mac = text.removeprefix("xet_").partition(".")
        try:
            raw = decode(body)
            if not hmac.compare_digest(self._mac(kind.__name__, raw), decode(mac)):
                raise refusal
            value = msgspec.json.decode(raw, type=kind)
        except ValueError:
            raise refusal from None
        if value.expires + GRACE_S < self.now_s():
            raise refusal
        return value

    def link_until(self) -> int:
        """When a link that is made now expires, in seconds since 1970 UTC."""
        return (self.now_s() + LINK_S) // _LINK_STEP_S * _LINK_STEP_S

    def link(self, key: BlobKey, first: int, stop: int, holder: str) -> str:
        """The query that opens bytes `first` to `stop` (exclusive) of a blob, and no others.

        `holder` is the signed Holder whose right is looked up again when the link is used.
        """
        until, span = self.link_until(), f"{first}-{stop - 1}"
        signature = self._link_mac(key, span, until, f"{holder} {self._epochs()[0]}")
        return f"range={span}&until={until}&signature={signature}&holder={holder}"

    def check_link(self, key: BlobKey, query: Mapping[str, str]) -> tuple[int, int]:
        """The bytes, as (first, stop), that a link opens. Raises Forbidden, upon which clients ask for fresh links."""
        span, until, holder = query.get("range", ""), query.get("until", ""), query.get("holder", "")
        signature = query.get("signature", "").encode()
        if not (until.isascii() and until.isdigit() and len(until) < 20) or not any(
            hmac.compare_digest(self._link_mac(key, span, int(until), f"{holder} {epoch}").encode(), signature)
            for epoch in self._epochs()
        ):
            raise Forbidden("This link was changed or called back. Ask for the reconstruction again.")
        if int(until) + GRACE_S < self.now_s():
            raise Forbidden("This link has expired. Ask for the reconstruction again.")
        first, _, last = span.partition("-")
        return int(first), int(last) + 1

    def _link_mac(self, key: BlobKey, span: str, until: int, rest: str) -> str:
        return encode(self._mac("link", f"{key.path} {span} {until} {rest}".encode()))

    def _mac(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, purpose.encode() + b"\0" + body, hashlib.sha256)
