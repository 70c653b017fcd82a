"""Packs and their indexes as bytes: every write to a repository is one of them.

Formats: gitformat-pack, pack version 2 and index version 2, without deltas.
"""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from freehold.base.ids import Oid
from freehold.wire.git.objects import Kind, object_id

_TYPES: dict[Kind, int] = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_LEVEL = 1
_FAR = 1 << 31
"""Offsets from here on take eight bytes in the index."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack: its bytes in pieces, and the index that belongs to it."""

    pieces: Sequence[bytes]
    index: bytes
    objects: int

    @property
    def size(self) -> int:
        """The pack's length in bytes."""
        return sum(map(len, self.pieces))


class PackWriter:
    """Collects objects, each once, and writes them as one pack. Compressed bodies are held in memory."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self._positions: dict[bytes, int] = {}

    def fork(self) -> "PackWriter":
        """A writer that has the same objects and goes its own way."""
        other = PackWriter()
        other._bodies = self._bodies.copy()
        other._positions = self._positions.copy()
        return other

    def __len__(self) -> int:
        return len(self._bodies)

    def __contains__(self, oid: bytes) -> bool:
        return oid in self._positions

    def add(self, kind: Kind, body: bytes) -> bytes:
        """Put an object in; returns its 20-byte id."""
        oid = object_id(kind, body)
        if oid not in self._positions:
            self._positions[oid] = len(self._bodies)
            self._bodies.append(_header(_TYPES[kind], len(body)) + zlib.compress(body, _LEVEL))
        return oid

    def add_text(self, kind: Kind, body: bytes) -> Oid:
        """As `add`; returns the id as text."""
        return Oid(self.add(kind, body).hex())

    def finish(self) -> Pack:
        """The pack of everything added."""
        head = struct.pack(">4sII", b"PACK", 2, len(self._bodies))
        digest = hashlib.sha1(head, usedforsecurity=False)
        for body in self._bodies:
            digest.update(body)
        trailer = digest.digest()
        return Pack([head, *self._bodies, trailer], self._index(trailer), len(self._bodies))

    def _index(self, trailer: bytes) -> bytes:
        offsets = list(accumulate(map(len, self._bodies), initial=12))
        ordered = sorted(self._positions.items())
        places = [place for _, place in ordered]
        near, far = _offset_tables([offsets[place] for place in places])
        body = b"".join(
            [
                b"\xfftOc\0\0\0\2",
                _fanout([oid[0] for oid, _ in ordered]),
                b"".join([oid for oid, _ in ordered]),
                struct.pack(f">{len(places)}I", *[zlib.crc32(self._bodies[place]) for place in places]),
                near,
                far,
                trailer,
            ]
        )
        return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _header(kind: int, size: int) -> bytes:
    # Four bits of the size go with the type, seven into each byte that follows, the lowest first.
    byte = kind << 4 | size & 15
    size >>= 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte = size & 0x7F
        size >>= 7
    out.append(byte)
    return bytes(out)


def _fanout(first_bytes: Sequence[int]) -> bytes:
    counts = [0] * 256
    for byte in first_bytes:
        counts[byte] += 1
    return struct.pack(">256I", *accumulate(counts))


def _offset_tables(offsets: Sequence[int]) -> tuple[bytes, bytes]:
    far = [offset for offset in offsets if offset >= _FAR]
    ranks = {offset: rank for rank, offset in enumerate(far)}
    near = [offset if offset < _FAR else _FAR | ranks[offset] for offset in offsets]
    return struct.pack(f">{len(near)}I", *near), struct.pack(f">{len(far)}Q", *far)
