"""The Xet protocol's hashes: BLAKE3 under five keys, the Merkle tree over chunks, and their text form."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from blake3 import blake3

from freehold.base.errors import Invalid
from freehold.base.ids import Sha256, XetHash, is_digest
from freehold.base.streams import Buffer

HASH_BYTES = 32
ZERO = bytes(HASH_BYTES)
"""The hash of nothing: an empty tree, and an empty file."""

_CHUNK_KEY = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_RANGE_KEY = bytes.fromhex("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3")

_GROUP = 9  # children of a node: at least 3 (but for the last), at most 9


def chunk_hash(data: Buffer) -> bytes:
    """The hash of one chunk's raw bytes."""
    return blake3(data, key=_CHUNK_KEY).digest()


def range_hash(hashes: Buffer) -> bytes:
    """The hash that a shard gives as proof of a term; `hashes` are its chunk hashes end to end."""
    return blake3(hashes, key=_RANGE_KEY).digest()


def keyed(key: bytes, chunk: Buffer) -> bytes:
    """A chunk hash hidden under `key`, as a dedup answer carries it."""
    return blake3(chunk, key=key).digest()


def file_hash(hashes: Buffer, sizes: Sequence[int]) -> bytes:
    """The hash of a file from its chunks: `hashes` end to end, `sizes` in raw bytes. An empty file has ZERO."""
    return blake3(merkle(hashes, sizes), key=ZERO).digest() if len(sizes) else ZERO


def merkle(hashes: Buffer, sizes: Sequence[int]) -> bytes:
    """The root over nodes given as `hashes` (32 bytes each, end to end) and `sizes` (raw bytes each).

    The root over a xorb's chunks is the xorb's hash. No nodes give ZERO, one node is its own root.
    """
    if len(hashes) != HASH_BYTES * len(sizes):
        raise Invalid("The number of hashes and the number of sizes differ.")
    while len(sizes) > 1:
        hashes, sizes = _parents(hashes, sizes)
    return bytes(hashes) or ZERO


def _parents(hashes: Buffer, sizes: Sequence[int]) -> tuple[bytes, list[int]]:
    """One level up: a parent hashes the lines `"{child hash} : {child size}\\n"`; its size is their sum."""
    text = _texts(hashes)
    lines = [f"{text[64 * i : 64 * i + 64]} : {size}\n" for i, size in enumerate(sizes)]
    above, sums = [], []
    for start, stop in pairwise(_cuts(hashes)):
        above.append(blake3("".join(lines[start:stop]).encode(), key=_NODE_KEY).digest())
        sums.append(sum(sizes[start:stop]))
    return b"".join(above), sums


def _cuts(hashes: Buffer) -> list[int]:
    """Where groups of siblings begin and end: after the third or a later hash whose last word divides by 4."""
    enders = (np.frombuffer(hashes, np.uint8)[24::HASH_BYTES] & 3 == 0).tobytes()
    cuts, count = [0], len(enders)
    while (start := cuts[-1]) < count:
        limit = min(start + _GROUP, count)
        at = enders.find(1, start + 2, limit)
        cuts.append(limit if at < 0 else at + 1)
    return cuts


def _texts(hashes: Buffer) -> str:
    """The text form of many hashes, end to end."""
    return np.frombuffer(hashes, "<u8").byteswap().tobytes().hex()


def to_text(raw: Buffer) -> XetHash:
    """The text form of one hash: four little-endian words of 64 bits, each printed as 16 digits."""
    if len(raw) != HASH_BYTES:
        raise Invalid(f"A hash has 32 bytes; this one has {len(raw)}.")
    return XetHash(_swapped(bytes(raw)).hex())


def from_text(text: str) -> bytes:
    """The bytes of a hash given in text form; raises Invalid."""
    if not is_digest(text):
        raise Invalid(f"Not a Xet hash: {text[:80]!r}. It must be 64 lower-case hexadecimal digits.")
    return _swapped(bytes.fromhex(text))


def sha_to_wire(sha256: Sha256) -> bytes:
    """A SHA-256 as shards store it: its hexadecimal digits read as if they were a Xet hash."""
    return from_text(sha256)


def sha_from_wire(raw: Buffer) -> Sha256:
    """The SHA-256 that a shard stores as `raw`."""
    return Sha256(to_text(raw))


def _swapped(raw: bytes) -> bytes:
    """Each group of eight bytes reversed; its own inverse."""
    return raw[7::-1] + raw[15:7:-1] + raw[23:15:-1] + raw[31:23:-1]
