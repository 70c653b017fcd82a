"""A WebAuthn authenticator in software: one P-256 passkey that answers as its maker tells it to."""

import hashlib
import json
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from freehold.base.base64url import decode, encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """`answer` and `register` give what a browser would send; every part of it can be made wrong."""

    origin: str
    rp_id: str
    credential_id: bytes = b"passkey of alice"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    """Whether the counter goes up, as in hardware; that of a passkey which is synced stays at 0."""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, question: str) -> str:
        """The answer to an invitation."""
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        made = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(cose)
        said = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + made}
        response = {"attestationObject": encode(cbor2.dumps(said))}
        return self._message(response, self._client("webauthn.create", question))

    def answer(self, question: str) -> str:
        """The answer to a question."""
        self.count += self.counts
        client, data = self._client("webauthn.get", question), self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._message({"authenticatorData": encode(data), "signature": encode(signed)}, client)

    def _client(self, kind: str, question: str) -> bytes:
        challenge = encode(decode(json.loads(question)["challenge"]))
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _message(self, response: dict[str, str], client: bytes) -> str:
        name = encode(self.credential_id)
        body = {"clientDataJSON": encode(client), **response}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": body})
