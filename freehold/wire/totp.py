"""One-time codes of authenticator apps: RFC 6238 over RFC 4226, SHA-1, six digits, thirty seconds, as all apps take."""

import base64
import hmac
from urllib.parse import quote, urlencode

SECRET_BYTES = 20
DIGITS = 6
STEP_S = 30
DRIFT = 1
"""Steps that a clock may be off, either way."""


def code_at(secret: bytes, step: int) -> str:
    """The code of a step, which is the time in seconds since 1970 divided by 30 (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, seconds: int, after: int = -1) -> int | None:
    """The step around `seconds` whose code this is, later than the step `after`; None if there is none."""
    given = "".join(code.split()).encode("utf-8", "replace")
    here = seconds // STEP_S
    found = None
    for step in range(max(here - DRIFT, 0), here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), given) and step > after:
            found = step
    return found


def base32(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def provisioning_url(issuer: str, account: str, secret: bytes) -> str:
    """What the QR code says to an app (Google Authenticator's key URI format, which all follow)."""
    label = quote(f"{issuer.replace(':', ' ')}:{account}", safe="")
    return f"otpauth://totp/{label}?" + urlencode({"secret": base32(secret), "issuer": issuer}, quote_via=quote)
