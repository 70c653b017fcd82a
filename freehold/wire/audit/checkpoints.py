"""Signed checkpoints: how long the audit was at a moment and what it held, as C2SP's tlog-checkpoint writes it.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note: origin, size and Merkle root, then two lines of
our own (the chain's hash, the time), and an Ed25519 signature.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freehold.base.errors import Invalid

MAX_NOTE = 4096
_ED25519 = b"\1"
_FORM = re.compile(
    r"(?P<origin>\S+)\n(?P<size>[1-9]\d{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"head (?P<head>[0-9a-f]{64})\ntime (?P<at>[0-9TZ:.-]{20,30})\n",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: after `size` lines the last one's hash is `head`, and the Merkle root of all hashes `root`."""

    size: int
    root: bytes
    head: str
    at: str

    def text(self, origin: str) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{origin}\n{self.size}\n{root}\nhead {self.head}\ntime {self.at}\n"


def sign(seed: bytes, checkpoint: Checkpoint) -> str:
    """The signed note; `seed` is the private key's 32 bytes."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    origin = origin_of(public)
    text = checkpoint.text(origin)
    signature = base64.b64encode(_key_id(origin, public) + private.sign(text.encode())).decode()
    return f"{text}\n— {origin} {signature}\n"


def open_note(note: str, key: str) -> Checkpoint:
    """What the hub with the public key `key` (base64) signed. Raises Invalid if it did not sign this."""
    try:
        raw = base64.b64decode(key.strip(), validate=True)
        public = Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise Invalid("A public key is 32 bytes in base64.") from None
    text, separator, rest = note[:MAX_NOTE].replace("\r\n", "\n").partition("\n\n")
    text += "\n"
    found = _FORM.fullmatch(text)
    if not separator or found is None:
        raise Invalid("This is not a checkpoint of an audit.")
    origin = origin_of(raw)
    if found["origin"] != origin or not any(_signs(line, origin, raw, public, text) for line in rest.splitlines()):
        raise Invalid("The checkpoint is not signed by this key: it proves nothing.")
    return Checkpoint(int(found["size"]), base64.b64decode(found["root"]), found["head"], found["at"])


def origin_of(public: bytes) -> str:
    """The log's name: it follows from its key, so that it needs no configuration and never changes."""
    return f"freehold/audit/{hashlib.sha256(public).hexdigest()[:16]}"


def _key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _signs(line: str, origin: str, raw: bytes, public: Ed25519PublicKey, text: str) -> bool:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if mark != "—" or name != origin:
        return False  # a witness's, perhaps
    try:
        blob = base64.b64decode(encoded, validate=True)
        public.verify(blob[4:], text.encode())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return blob[:4] == _key_id(origin, raw)
