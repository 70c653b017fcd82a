"""A file as the chunk ranges that it consists of, packed into 44 bytes a range."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from freehold.base.streams import Buffer
from freehold.wire.xet.shard import Term

_RECORD = np.dtype([("xorb", "V32"), ("unpacked", "<u4"), ("start", "<u4"), ("end", "<u4")])


class Terms:
    """The terms of one file in order, kept packed: a file of 1 TB has many thousands."""

    def __init__(self, packed: Buffer) -> None:
        self._records: NDArray[np.void] = np.frombuffer(packed, _RECORD)
        self._ends = np.cumsum(self._records["unpacked"], dtype=np.int64)

    @classmethod
    def of(cls, terms: Iterable[Term]) -> "Terms":
        """Pack terms that are known to be true."""
        rows = [(np.void(term.xorb), term.unpacked, term.start, term.end) for term in terms]
        return cls(np.array(rows, _RECORD).tobytes())

    def to_bytes(self) -> bytes:
        """The packed form."""
        return self._records.tobytes()

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Term]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Term:
        xorb, unpacked, start, end = self._records[index].item()
        return Term(bytes(xorb), unpacked, start, end)

    @property
    def size(self) -> int:
        """The file's length in bytes."""
        return int(self._ends[-1]) if len(self) else 0

    def xorbs(self) -> list[bytes]:
        """The xorbs named, each once, in order of first use."""
        return list(dict.fromkeys(bytes(xorb) for xorb in self._records["xorb"].tolist()))

    def overlapping(self, start: int, stop: int) -> tuple[int, int]:
        """The indices (end exclusive) of the terms that hold bytes `start <= position < stop`; they are not empty."""
        first = int(np.searchsorted(self._ends, start, side="right"))
        last = int(np.searchsorted(self._ends, stop, side="left"))
        return first, min(last + 1, len(self))

    def offset(self, index: int) -> int:
        """Where in the file the term begins."""
        return int(self._ends[index - 1]) if index else 0

    def spans_of(self, xorb: bytes) -> list[tuple[int, int]]:
        """The chunk ranges of `xorb` that the file uses."""
        rows = self._records[self._records["xorb"] == np.void(xorb)]
        return list(zip(rows["start"].tolist(), rows["end"].tolist(), strict=True))
