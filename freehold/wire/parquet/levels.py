"""Numbers of few bits as Parquet packs them: runs of one value, and groups of eight."""

import numpy as np
from numpy.typing import NDArray

from freehold.base.errors import Invalid

Numbers = NDArray[np.int64]

_BROKEN = "A page of this Parquet file is damaged."


def unpacked(data: bytes, width: int, count: int) -> Numbers:
    """The first `count` numbers of `width` bits each. Raises Invalid."""
    if not 0 <= width <= 32:
        raise Invalid(_BROKEN)
    found: list[Numbers] = []
    at = have = 0
    while have < count and width:
        head, at = _varint(data, at)
        if head & 1:
            size = (head >> 1) * width
            needed = (count - have + 7) // 8 * width
            numbers = _group(data[at : at + min(size, needed)], width)
            at += size
        else:
            size = (width + 7) // 8
            value = int.from_bytes(data[at : at + size], "little")
            at += size
            numbers = np.full(min(head >> 1, count - have), value, np.int64)
        if not len(numbers):
            break
        found.append(numbers)
        have += len(numbers)
    whole = np.concatenate(found) if found else np.zeros(0, np.int64)
    return whole[:count] if width else np.zeros(count, np.int64)


def _group(piece: bytes, width: int) -> Numbers:
    bits = np.unpackbits(np.frombuffer(piece, np.uint8), bitorder="little")
    rows = bits[: len(bits) // width * width].reshape(-1, width)
    return np.asarray(rows.astype(np.int64) @ (1 << np.arange(width, dtype=np.int64)))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 35:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise Invalid(_BROKEN)
