"""Counts of requests in windows of time, in a table of fixed size that all processes of a machine share.

The table is memory that is mapped from a file: sets of four slots, each a 64-bit tag, an end and a count. Who finds
neither their tag nor a slot whose window is over takes the one that counts least, so a flood of callers costs no memory
and at worst forgets counts. Processes take turns: one that was put to sleep between reading a count and writing it
would else undo all that the others had counted meanwhile. The turn ends with its process, however that ends.
"""

import fcntl
import hashlib
import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SLOT = struct.Struct("<QII")
_WAYS = 4
_SETS = 16_384
_SIZE = _SETS * _WAYS * _SLOT.size


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands: requests left in this window (-1: this one is too many), seconds until the next."""

    left: int
    reset_s: int


class Tally:
    """`secret` keeps callers from choosing whose slot they share; `file` is None where one process counts alone."""

    def __init__(self, secret: bytes, window_s: int, file: Path | None = None) -> None:
        self.window_s = window_s
        self._secret = secret[:64]
        self._file = _opened(file) if file is not None else None
        self._table = mmap.mmap(self._file.fileno() if self._file else -1, _SIZE)

    def count(self, key: str, quota: int, at_s: int) -> Standing:
        """Count one request of `key` at a moment, in seconds, and say how it stands."""
        digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=16, key=self._secret).digest()
        tag, where = struct.unpack("<QQ", digest)
        # Each caller's windows begin at another moment, or all would come back at once.
        phase = where % self.window_s
        end = at_s + self.window_s - (at_s + phase) % self.window_s
        at = where % _SETS * _WAYS * _SLOT.size
        with self._turn():
            slot, seen = self._slot(at, tag, end, at_s)
            if seen >= quota:
                return Standing(-1, end - at_s)
            _SLOT.pack_into(self._table, slot, tag, end & 0xFFFFFFFF, seen + 1)
        return Standing(quota - seen - 1, end - at_s)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._file is None:
            yield
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _slot(self, at: int, tag: int, end: int, at_s: int) -> tuple[int, int]:
        """Where to count, and how much has been counted there in this window."""
        victim, least = at, 1 << 63
        for slot in range(at, at + _WAYS * _SLOT.size, _SLOT.size):
            there, until, seen = _SLOT.unpack_from(self._table, slot)
            if there == tag:
                return slot, seen if until == end & 0xFFFFFFFF else 0
            weight = seen if until > at_s else -1
            if weight < least:
                victim, least = slot, weight
        return victim, 0


def _opened(file: Path) -> BinaryIO:
    file.parent.mkdir(parents=True, exist_ok=True)
    table = file.open("a+b")
    table.truncate(_SIZE)
    return table
