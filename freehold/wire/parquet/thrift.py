"""Thrift's compact protocol, read without a schema: a struct becomes a dictionary by field number."""

import struct
from collections.abc import Callable, Iterator
from typing import Any

from freehold.base.errors import Invalid

MAX_DEPTH = 32
MAX_VALUES = 500_000
"""Of one document: lists announce their length, and would be believed."""

Struct = dict[int, Any]

_BROKEN = "This is not a Parquet file: its description is damaged."
_DOUBLE = struct.Struct("<d")


class Reader:
    """Reads values from `data`; `at` is where the next one begins."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at
        self._left = MAX_VALUES

    def struct(self, depth: int = 0) -> Struct:
        """The next struct. Raises Invalid for anything else."""
        if depth > MAX_DEPTH:
            raise Invalid(_BROKEN)
        return {field: self._field(kind, depth) for field, kind in self._heads()}

    def up_to(self, last: int) -> Struct:
        """A struct up to its field `last`, or whole if it has none."""
        found: Struct = {}
        for field, kind in self._heads():
            found[field] = self._field(kind, 0)
            if field == last:
                break
        return found

    def opening(self, last: int) -> tuple[Struct, int]:
        """A struct up to its list `last`, of which only the first element is read; and how many that list has."""
        found: Struct = {}
        for field, kind in self._heads():
            if field == last and kind == 9:
                of = self._byte()
                size = of >> 4 if of >> 4 < 15 else self._varint()
                found[field] = [self._value(of & 15, 1)] if size else []
                return found, size
            found[field] = self._field(kind, 0)
        return found, 0

    def _heads(self) -> Iterator[tuple[int, int]]:
        """Number and type of each field of the struct that begins here; the caller reads its value."""
        field = 0
        while head := self._byte():
            step = head >> 4
            field = field + step if step else self._zigzag()
            yield field, head & 15

    def _field(self, kind: int, depth: int) -> Any:
        return kind == 1 if kind in (1, 2) else self._value(kind, depth)

    def _value(self, kind: int, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Invalid(_BROKEN)
        read = _READERS.get(kind)
        if read is None:
            raise Invalid(_BROKEN)
        return read(self, depth + 1)

    def _list(self, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise Invalid(_BROKEN)
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._varint()
        return [self._value(head & 15, depth) for _ in range(size)]

    def _map(self, depth: int) -> list[tuple[Any, Any]]:
        if depth > MAX_DEPTH:
            raise Invalid(_BROKEN)
        size = self._varint()
        kinds = self._byte() if size else 0
        return [(self._value(kinds >> 4, depth), self._value(kinds & 15, depth)) for _ in range(size)]

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        piece = self._data[self.at : self.at + count]
        if len(piece) != count:
            raise Invalid(_BROKEN)
        self.at += count
        return piece

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise Invalid(_BROKEN)

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _double(self) -> float:
        return float(_DOUBLE.unpack(self._bytes(8))[0])


_READERS: dict[int, Callable[[Reader, int], Any]] = {
    1: lambda reader, _: reader._byte() == 1,
    2: lambda reader, _: reader._byte() == 1,
    3: lambda reader, _: reader._byte(),
    4: lambda reader, _: reader._zigzag(),
    5: lambda reader, _: reader._zigzag(),
    6: lambda reader, _: reader._zigzag(),
    7: lambda reader, _: reader._double(),
    8: lambda reader, _: reader._bytes(reader._varint()),
    9: Reader._list,
    10: Reader._list,
    11: Reader._map,
    12: Reader.struct,
}
"""How a value of each type is read, one level deeper."""
