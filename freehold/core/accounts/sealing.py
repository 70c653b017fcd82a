"""Sealing: what must be read again and may not be read from a stolen database, under a key kept outside of it.

A sealed text is `v1.` and, in base64url, a nonce of 12 bytes and the AES-256-GCM ciphertext. What it belongs to (its
`context`, such as `totp:` and the account's id) is authenticated with it, so that a row cannot be put in another's
place.
"""

import binascii
import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freehold.base.base64url import decode, encode
from freehold.base.errors import Corrupt, Invalid
from freehold.core.accounts.secrets import hub_secret
from freehold.stores.db.database import Database

KEY_BYTES = 32
FILE = "seal.key"
_VERSION = "v1."
_NONCE = 12


class Sealer:
    """Seals and opens under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, secret: bytes, context: str) -> str:
        """`secret`, sealed for `context`."""
        nonce = secrets.token_bytes(_NONCE)
        return _VERSION + encode(nonce + AESGCM(self._key).encrypt(nonce, secret, context.encode()))

    def open(self, sealed: str, context: str) -> bytes:
        """What was sealed for `context`. Raises Corrupt if it was not, or was under another key."""
        try:
            body = decode(sealed.removeprefix(_VERSION))
            if not sealed.startswith(_VERSION) or len(body) < _NONCE:
                raise ValueError("not sealed")
            return AESGCM(self._key).decrypt(body[:_NONCE], body[_NONCE:], context.encode())
        except (ValueError, InvalidTag) as error:
            raise Corrupt("A sealed secret does not open. The hub's seal key is not the one it was sealed with.") from (
                error
            )


def open_sealer(db: Database, data: Path, setting: str = "") -> Sealer:
    """The hub's sealer, by the setting `seal_key` (64 hexadecimal digits) or the file in the data folder.

    The file is made where there is neither. Raises Invalid for a malformed key, and for another than was used before:
    each process must have the same.
    """
    key = _parsed(setting) if setting else _from_file(data / FILE)
    # The database remembers a fingerprint, so that a lost or foreign key is told at the start and not at a sign-in.
    known = hub_secret(db, "seal-fingerprint", first=sha256(b"freehold seal " + key).digest())
    if not hmac.compare_digest(known, sha256(b"freehold seal " + key).digest()):
        raise Invalid(
            f"The seal key is not the one that this database's secrets are sealed with. Give every process the same"
            f" `seal_key`, or bring back the file {FILE} from a backup of the data folder."
        )
    return Sealer(key)


def _parsed(text: str) -> bytes:
    try:
        key = binascii.unhexlify(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Invalid(f"The seal key must be {2 * KEY_BYTES} hexadecimal digits; `openssl rand -hex 32` makes one.")
    return key


def _from_file(path: Path) -> bytes:
    """The key in the file, made by whichever process comes first; only its owner may read it."""
    if not path.exists():
        fresh = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)  # unlike a rename, it never replaces the key that another process has just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _parsed(path.read_text("ascii"))
