"""Public keys as OpenSSH writes them on one line, and which of them are strong enough (RFC 4253, 5656, 8709)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from freehold.base.errors import Invalid

FEWEST_RSA_BITS = 3072
LONGEST = 8192
"""Characters that a line may have; RSA with 16384 bits needs fewer than 3000."""

_CURVES = {b"nistp256": 65, b"nistp384": 97, b"nistp521": 133}
"""The curves, and how many bytes a point on each has."""
_KINDS = "ssh-ed25519, ecdsa-sha2-nistp256 (384, 521) or ssh-rsa with at least 3072 bits"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`blob` is the key as it goes over the wire; `comment` what its owner called it."""

    kind: str
    blob: bytes
    comment: str

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return fingerprint(self.blob)


def fingerprint(blob: bytes) -> str:
    """`SHA256:` and the hash of a key's wire form."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_public_key(text: str) -> PublicKey:
    """The key on one line of a `.pub` file. Raises Invalid for anything else, and for keys that are too weak."""
    line = text.strip()
    if "PRIVATE KEY" in line:
        raise Invalid("This is a private key, which nobody but you may see. Take the file that ends in `.pub`.")
    if len(line) > LONGEST or "\n" in line or "\r" in line:
        raise Invalid("Give one public key, which is one line of text.")
    kind, _, rest = line.partition(" ")
    data, _, comment = rest.strip().partition(" ")
    try:
        blob = base64.b64decode(data, validate=True)
        parts = _strings(blob)
    except (binascii.Error, ValueError):
        raise Invalid(f"This is no public key: it must look like `ssh-ed25519 AAAA… name`, and be {_KINDS}.") from None
    if not parts or parts[0] != kind.encode("utf-8", "replace"):
        raise Invalid(f"This is no public key: it must look like `ssh-ed25519 AAAA… name`, and be {_KINDS}.")
    _check(parts)
    return PublicKey(kind, blob, comment.strip())


def _check(parts: list[bytes]) -> None:
    match parts:
        case [b"ssh-ed25519", key] if len(key) == 32:
            return
        case [kind, curve, point] if kind == b"ecdsa-sha2-" + curve and len(point) == _CURVES.get(curve):
            return
        case [b"ssh-rsa", _, modulus]:
            bits = int.from_bytes(modulus, "big").bit_length()
            if bits >= FEWEST_RSA_BITS:
                return
            raise Invalid(
                f"An RSA key needs at least {FEWEST_RSA_BITS} bits, and this one has {bits}. Make a new key:"
                " ssh-keygen -t ed25519"
            )
        case _:
            raise Invalid(f"A key must be {_KINDS}. Make a new one: ssh-keygen -t ed25519")


def _strings(blob: bytes) -> list[bytes]:
    """The length-prefixed strings that make up `blob`. Raises ValueError unless they fill it."""
    found: list[bytes] = []
    at = 0
    while at < len(blob):
        length = int.from_bytes(blob[at : at + 4], "big")
        if at + 4 + length > len(blob) or len(found) > 3:
            raise ValueError
        found.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    return found
