"""A line of the audit: its canonical text, its hash, and what of it may be taken away without breaking the chain.

The format is written down for others in docs/audit.md; a change of it is a change of that page.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from freehold.base.errors import Invalid

GENESIS = "0" * 64
"""What stands for the hash of the line before the first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OUTSIDE = frozenset({"hash", "salt", "personal"})


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line, as it is exported. Hashes are SHA-256 in lower-case hexadecimal."""

    seq: int
    """Counts from 1, without a gap."""
    id: str
    at: str
    """When it was recorded, `2026-11-22T01:02:03.456789Z`; the chain's order is that of commits, which may differ."""
    actor_id: str | None
    actor: str
    action: str
    subject: str
    namespace: str
    """Whose the subject is: the name of a person or an organisation in lower case, or empty."""
    detail: dict[str, Any]
    personal_hash: str
    """Of the salt's bytes followed by the canonical text of `personal`; empty: there never was anything personal."""
    prev: str
    hash: str = ""
    salt: str | None = None
    """16 random bytes in hexadecimal; with `personal` the part that may be taken away."""
    personal: dict[str, Any] | None = None

    @property
    def canonical(self) -> str:
        """What `hash` is the SHA-256 of: all but `hash`, `salt` and `personal`."""
        return canonical({name: getattr(self, name) for name in _HASHED})

    @property
    def around(self) -> tuple[str, str]:
        """The canonical text before and behind what only the chain can say: `prev`'s value, `","seq":` and `seq`."""
        before = canonical({name: getattr(self, name) for name in _HASHED if name < "prev"})
        after = canonical({name: getattr(self, name) for name in _HASHED if name > "seq"})
        return f'{before[:-1]},"prev":"', f",{after[1:]}"

    @property
    def computed(self) -> str:
        """What `hash` must be."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


_HASHED = tuple(name for name in Line.__struct_fields__ if name not in _OUTSIDE)


def canonical(value: Mapping[str, Any]) -> str:
    """JSON as RFC 8785 (JCS) writes it: sorted keys, no spaces, nothing escaped that need not be. Numbers are whole."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def linked(around: tuple[str, str], prev: str, seq: int) -> str:
    """The hash of a line that is linked to the chain at this place."""
    before, after = around
    return hashlib.sha256(f'{before}{prev}","seq":{seq}{after}'.encode()).hexdigest()


def personal_hash(salt: str, personal: str) -> str:
    """The commitment to a canonical text that can be taken away: without the salt it cannot be guessed at."""
    return hashlib.sha256(bytes.fromhex(salt) + personal.encode()).hexdigest()


def moment(micros: int) -> str:
    """Microseconds since 1970 UTC in the form of a line."""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_line(text: bytes) -> Line:
    """A line of an exported file. Raises Invalid."""
    try:
        return msgspec.json.decode(text, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"This is not a line of an audit: {error}") from None
