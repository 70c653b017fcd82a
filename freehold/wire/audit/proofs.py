"""A proof that one line is in the audit: the line, a signed checkpoint, and the hashes between the two (RFC 6962)."""

from dataclasses import dataclass

import msgspec

from freehold.base.errors import Invalid
from freehold.wire.audit.checkpoints import Checkpoint, open_note
from freehold.wire.audit.lines import Line, canonical, personal_hash
from freehold.wire.audit.merkle import root_by

MAX_PROOF = 1 << 20


class Proof(msgspec.Struct, frozen=True):
    """`path` leads from the line's hash to the checkpoint's root, from the bottom up, in hexadecimal."""

    line: Line
    path: list[str]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Proven:
    """A line that is in the audit, and what signs it."""

    line: Line
    checkpoint: Checkpoint


def verify_proof(text: bytes, key: str) -> Proven:
    """What a proof proves by the hub's public key (base64). Raises Invalid if it proves nothing."""
    try:
        proof = msgspec.json.decode(text[:MAX_PROOF], type=Proof)
        path = [bytes.fromhex(step) for step in proof.path]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Invalid(f"This is not a proof of a line of an audit: {error}") from None
    line, checkpoint = proof.line, open_note(proof.checkpoint, key)
    if line.computed != line.hash:
        raise Invalid("The line was changed: its hash is not that of what it says.")
    if line.personal is not None and not (
        line.salt and _is_hex(line.salt) and personal_hash(line.salt, canonical(line.personal)) == line.personal_hash
    ):
        raise Invalid("The line was changed: its personal part is not the one that was recorded.")
    root = root_by(bytes.fromhex(line.hash), line.seq - 1, checkpoint.size, path)
    if root != checkpoint.root:
        raise Invalid(f"The checkpoint of {checkpoint.at} does not sign this line.")
    return Proven(line, checkpoint)


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True
