"""How Ollama proves that it holds a key: it signs the address that it asks for (its `auth` and `server/auth.go`)."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from freehold.base.errors import BadCredentials

_ED25519 = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
_NOTHING = base64.b64encode(hashlib.sha256(b"").hexdigest().encode()).decode()
"""What is signed in the place of a body."""

INVALID = "The signature is not one of this request by an ed25519 key. Ask again, or sign in with a token of this hub."


def is_signature(header: str) -> bool:
    """Whether an `Authorization` header is a key and a signature, which have no scheme before them."""
    return " " not in header and ":" in header


def proven_key(header: str, url: str) -> bytes:
    """The key, as SSH writes it in binary, that signed a GET of `url`. Raises BadCredentials."""
    key, _, signature = header.partition(":")
    try:
        blob, signed = base64.b64decode(key, validate=True), base64.b64decode(signature, validate=True)
        if not blob.startswith(_ED25519):
            raise BadCredentials(INVALID)
        public = Ed25519PublicKey.from_public_bytes(blob[len(_ED25519) :])
        public.verify(signed, f"GET,{url},{_NOTHING}".encode())
    except (binascii.Error, ValueError, InvalidSignature):
        raise BadCredentials(INVALID) from None
    return blob
