"""Receipts of grants: a text that says who was let in where under which terms, and a signature that proves it."""

import base64
import binascii
import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freehold.base.errors import Invalid

MAX_FILE = 1 << 20


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is signed. Times are `2026-11-22T01:02:03.456Z`; `terms` is the SHA-256 of the terms' canonical text."""

    grant: str
    repository: str
    """Its web path when the grant was made."""
    repository_id: str
    grantee: str
    grantee_id: str
    terms: str
    terms_version: int
    granted_at: str
    agreed_at: str | None = None
    """When the grantee agreed to the terms; None: they were let in without having been asked."""
    granted_by: str = ""
    """Empty: the gate let in by itself."""
    purpose: str = ""
    expires_at: str | None = None
    scope: str = "repo"
    commit: str = ""
    """Where the terms were first seen."""
    agreed_by: str = ""
    """Who agreed for the grantee, where that is an organisation; its members are whom the grant lets in."""
    identity: int | None = None
    """The level of identity that the grantee had: 0 a mail address, 1 a domain, 2 vouched for, 3 checked outside."""
    vouched_by: str = ""
    """The organisation that vouches for the grantee, and which of its administrators said so."""

    @property
    def document(self) -> str:
        """The text that is signed: JSON with sorted keys, without spaces."""
        return msgspec.json.encode({"freehold_receipt": 1, **msgspec.to_builtins(self)}, order="sorted").decode()


class ReceiptFile(msgspec.Struct, frozen=True):
    """What both sides keep: the signed text, its signature, the hub's public key, and the terms word for word."""

    document: str
    signature: str
    key: str
    terms: str


def public_key(seed: bytes) -> str:
    """The public key of the private one that `seed` (32 bytes) is, in base64."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_document(key: str) -> dict[str, str]:
    """The public key `key` (base64) as a JWK (RFC 8037), as the hub publishes it."""
    x = base64.urlsafe_b64encode(base64.b64decode(key)).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": x}


def read_keys(content: bytes) -> list[str]:
    """The public keys, in base64, of a JWK set that a hub has published. Raises Invalid."""
    try:
        found = msgspec.json.decode(content, type=_Keys).keys
        raw = [base64.urlsafe_b64decode(one.x + "=" * (-len(one.x) % 4)) for one in found if one.crv == "Ed25519"]
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise Invalid(f"This is no set of a hub's public keys: {error}") from None
    return [base64.b64encode(one).decode() for one in raw]


class _Key(msgspec.Struct):
    crv: str = ""
    x: str = ""


class _Keys(msgspec.Struct):
    keys: list[_Key]


def sign(seed: bytes, document: str) -> str:
    """The signature of a text, in base64."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(document.encode())).decode()


def read_file(content: bytes) -> ReceiptFile:
    """A receipt's file. Raises Invalid."""
    if len(content) > MAX_FILE:
        raise Invalid(f"A receipt has at most {MAX_FILE} bytes.")
    try:
        return msgspec.json.decode(content, type=ReceiptFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"This is not a receipt: {error}") from None


def verify(file: ReceiptFile, key: str) -> Receipt:
    """What the receipt proves, if the hub with the public key `key` (base64) signed it. Raises Invalid if not."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.strip(), validate=True))
        signature = base64.b64decode(file.signature, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("A key is 32 bytes in base64, a signature 64.") from None
    try:
        public.verify(signature, file.document.encode())
    except InvalidSignature:
        raise Invalid("The signature is not that of this key over this text: the receipt proves nothing.") from None
    try:
        receipt = msgspec.json.decode(file.document, type=Receipt)
    except msgspec.DecodeError as error:
        raise Invalid(f"The signed text is not a receipt: {error}") from None
    if hashlib.sha256(file.terms.encode()).hexdigest() != receipt.terms:
        raise Invalid("The terms in this file are not those that the receipt names.")
    return receipt
