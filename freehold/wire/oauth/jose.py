"""Signed tokens (JWT, RFC 7519) and the keys that they are signed with, by joserfc.

Only signatures with a public key are known here: a token that is signed with a shared secret, or not at all, is none.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from freehold.base.errors import Invalid
from freehold.base.ids import new_id
from freehold.base.words import later

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "Ed25519")
"""What others may sign with."""

OWN = "RS256"
"""What the hub signs with: the one algorithm that every client of OpenID Connect knows."""

LONGEST = 16 << 10
MOST_KEYS = 50
LEEWAY_S = 60
"""How far the clocks of two machines may differ."""

MOST_LIFE_S = 24 * 3600
_KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_SMALLEST_RSA = 2048

Key = RSAKey | ECKey | OKPKey
Claims = Mapping[str, Any]
Jwks = Mapping[str, Any]
"""A key set (RFC 7517): `{"keys": [{"kty": …, "kid": …}]}`."""


class Untrusted(Invalid):
    """A token that is not what it claims to be; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who made it, for whom, and that it is now, in seconds since 1970 UTC."""

    issuer: str
    audience: str
    now_s: int


def make_key() -> tuple[str, str]:
    """A new key of the hub: its id, and its private part as PEM."""
    return new_id(), RSAKey.generate_key(2048).as_pem(private=True).decode()


def public_jwk(kid: str, pem: str) -> dict[str, Any]:
    """The public part of a key, as clients want it."""
    return {**RSAKey.import_key(pem).as_dict(private=False), "kid": kid, "use": "sig", "alg": OWN}


def sign(claims: Claims, kid: str, pem: str) -> str:
    """The claims as a signed token."""
    return jwt.encode({"alg": OWN, "kid": kid}, dict(claims), RSAKey.import_key(pem), [OWN])


def half_hash(text: str) -> str:
    """`at_hash`: the left half of a SHA-256 in base64url (OpenID Connect Core, section 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


def kid_of(token: str) -> str:
    """Which key a token says it was signed with; empty if it does not. Raises Untrusted for what is no token."""
    return str(_header_of(token).get("kid", ""))


def issuer_of(token: str) -> str:
    """Whom a token names as its maker. Nothing is believed yet. Raises Untrusted."""
    issuer = _part(token, 1).get("iss")
    if not isinstance(issuer, str):
        raise Untrusted(later("The token does not say who issued it."))
    return issuer


def verify(token: str, keys: Jwks, expected: Expected) -> Claims:
    """The claims of a token that one of the keys has signed and that is meant for us, now. Raises Untrusted."""
    header = _header_of(token)
    if header.get("alg") not in ALGORITHMS:
        raise Untrusted(later(f"The token is signed by {str(header.get('alg'))[:20]!r}, which this hub does not take."))
    usable = _usable(keys, str(header["kid"]) if "kid" in header else None)
    for key in usable:
        try:
            claims = jwt.decode(token, key, list(ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError):
            continue
        _check(claims, expected)
        return claims
    raise Untrusted(later("The token's signature could not be verified."))


def _check(claims: Claims, expected: Expected) -> None:
    audiences = claims.get("aud")
    audiences = [audiences] if isinstance(audiences, str) else audiences
    if claims.get("iss") != expected.issuer:
        raise Untrusted(later("The token was issued by somebody else."))
    if not isinstance(audiences, list) or expected.audience not in audiences:
        raise Untrusted(later(f"The token is not meant for {expected.audience}."))
    if len(audiences) > 1 and claims.get("azp", expected.audience) != expected.audience:
        raise Untrusted(later("The token was made for somebody else who may show it here."))
    times = {name: claims.get(name) for name in ("exp", "iat", "nbf")}
    if not all(_is_time(value) for name, value in times.items() if value is not None or name != "nbf"):
        raise Untrusted(later("The token does not say when it was made and when it ends."))
    begins = max(int(times["iat"] or 0), int(times["nbf"] or 0))
    if int(times["exp"] or 0) <= expected.now_s - LEEWAY_S:
        raise Untrusted(later("The token has expired."))
    if begins > expected.now_s + LEEWAY_S:
        raise Untrusted(later("The token is not valid yet. Are the clocks right?"))
    if int(times["exp"] or 0) > expected.now_s + MOST_LIFE_S:
        raise Untrusted(later("The token is valid for longer than a day, which this hub does not believe."))


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 40


def _usable(keys: Jwks, kid: str | None) -> list[Key]:
    """The keys that may have signed; those that are secret, weak, or for something else are left out."""
    listed = keys.get("keys")
    found: list[Key] = []
    for entry in (listed if isinstance(listed, list) else [])[:MOST_KEYS]:
        kind = _KINDS.get(entry.get("kty", "")) if isinstance(entry, dict) else None
        if kind is None or entry.get("use", "sig") != "sig" or (kid is not None and entry.get("kid") != kid):
            continue
        if kind is RSAKey and len(str(entry.get("n", ""))) < _SMALLEST_RSA // 6:  # six bits a character
            continue
        try:
            key = kind.import_key({name: value for name, value in entry.items() if name not in {"x5c", "x5t", "x5u"}})
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey) and key.public_key.key_size < _SMALLEST_RSA:
            continue
        found.append(key)
    if not found:
        raise Untrusted(later("The issuer has no key that could have signed this token."))
    return found


def _header_of(token: str) -> dict[str, Any]:
    return _part(token, 0)


def _part(token: str, which: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise Untrusted(later("This is not a signed token."))
    try:
        raw = base64.urlsafe_b64decode(parts[which] + "=" * (-len(parts[which]) % 4))
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (ValueError, msgspec.DecodeError):
        raise Untrusted(later("This is not a signed token.")) from None
