"""The footer of a Parquet file: how many rows, and which columns of which type, without reading a row.

Format: https://parquet.apache.org/docs/file-format/ (the footer is a Thrift struct in the compact protocol).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from freehold.base.errors import Invalid

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_HEAD = 4 << 20
"""Of the footer in bytes; what is read here, schema and row count, stands at its beginning."""
MAX_COLUMNS = 50_000

_MAGIC = b"PAR1"
_MAX_DEPTH = 16
_SCHEMA, _ROWS = 2, 3
_TYPES = ("boolean", "int", "int", "timestamp", "float", "float", "bytes", "bytes")
_CONVERTED = {0: "text", 4: "text", 6: "date", 9: "timestamp", 10: "timestamp", 19: "json"}
_LOGICAL = {1: "text", 4: "text", 6: "date", 8: "timestamp", 12: "json"}


@dataclass(frozen=True, slots=True)
class Column:
    """A node of the schema: a `group`, or `text`, `int`, `float`, `boolean`, `bytes`, `date`, `timestamp`, `json`."""

    name: str
    type: str
    children: tuple["Column", ...] = ()


@dataclass(frozen=True, slots=True)
class Footer:
    """What a file says of itself."""

    rows: int
    columns: tuple[Column, ...]


def read_footer(read_range: ReadRange, size: int) -> Footer:
    """Read the footer of a file of `size` bytes. Raises Invalid if it is not Parquet or its schema is beyond limits."""
    if size < 12:
        raise Invalid("This is not a Parquet file: it is too short.")
    tail = read_range(size - 8, size)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MAGIC or length > size - 12:
        raise Invalid("This is not a Parquet file: its last bytes do not say so.")
    start = size - 8 - length
    return parse_footer(read_range(start, start + min(length, MAX_HEAD)))


def parse_footer(raw: bytes) -> Footer:
    """Parse a footer's beginning, as far as the row count. Raises Invalid."""
    thrift = _Thrift(raw)
    columns: tuple[Column, ...] = ()
    for number, kind in thrift.fields():
        if number == _SCHEMA and kind == _LIST:
            columns = _columns(thrift)
        elif number == _ROWS and kind == _I64:
            rows = thrift.integer()
            if rows < 0:
                break
            return Footer(rows, columns)
        else:
            thrift.skip(kind)
    raise Invalid("The Parquet footer does not say how many rows there are.")


def _columns(thrift: "_Thrift") -> tuple[Column, ...]:
    count, kind = thrift.list_head()
    if count > MAX_COLUMNS or kind != _STRUCT:
        raise Invalid(f"The Parquet schema has {count} columns, more than is allowed.")
    flat = iter([_element(thrift) for _ in range(count)])
    root = next(flat, None)
    return tuple(_nest(flat, root[2], 0)) if root else ()


def _nest(flat: Iterator[tuple[str, str, int]], many: int, depth: int) -> Iterator[Column]:
    if depth > _MAX_DEPTH:
        raise Invalid("The Parquet schema is nested too deeply.")
    for _ in range(many):
        found = next(flat, None)
        if found is None:
            raise Invalid("The Parquet schema is cut short.")
        name, kind, children = found
        yield Column(name, kind, tuple(_nest(flat, children, depth + 1)))


def _element(thrift: "_Thrift") -> tuple[str, str, int]:
    """Name, type, and how many of the following elements lie in this one."""
    name, kind, children = "", "group", 0
    for number, field in thrift.fields():
        if number == 1 and field == _I32:
            code = thrift.integer()
            kind = _TYPES[code] if 0 <= code < len(_TYPES) else "bytes"
        elif number == 4 and field == _BINARY:
            name = thrift.binary().decode("utf-8", "replace")
        elif number == 5 and field == _I32:
            children = thrift.integer()
        elif number == 6 and field == _I32:
            kind = _CONVERTED.get(thrift.integer(), kind)
        elif number == 10 and field == _STRUCT:
            for logical, inner in thrift.fields():
                kind = _LOGICAL.get(logical, kind)
                thrift.skip(inner)
        else:
            thrift.skip(field)
    return name, kind, children


_BINARY, _LIST, _SET, _MAP, _STRUCT, _I32, _I64 = 8, 9, 10, 11, 12, 5, 6


class _Thrift:
    """A place in a struct of Thrift's compact protocol."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of each field of the struct that begins here; the caller takes or skips each."""
        number = 0
        while (head := self._byte()) != 0:
            step = head >> 4
            number = number + step if step else self.integer()
            yield number, head & 15

    def list_head(self) -> tuple[int, int]:
        """How many items of which kind follow."""
        head = self._byte()
        count = head >> 4
        return (self._unsigned() if count == 15 else count), head & 15

    def integer(self) -> int:
        """A signed number, zigzag as the protocol writes it."""
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def binary(self) -> bytes:
        """A text or bytes."""
        length = self._unsigned()
        self._at += length
        if self._at > len(self._raw):
            raise Invalid("The Parquet footer is cut short.")
        return self._raw[self._at - length : self._at]

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > _MAX_DEPTH:
            raise Invalid("The Parquet footer is nested too deeply.")
        if kind in (4, 5, 6):
            self._unsigned()
        elif kind in (3, 7):
            self._move(1 if kind == 3 else 8)
        elif kind == _BINARY:
            self.binary()
        elif kind in (_LIST, _SET):
            count, inner = self.list_head()
            self._skip_items(count, (inner,), depth)
        elif kind == _MAP:
            count = self._unsigned()
            both = self._byte() if count else 0
            self._skip_items(count, (both >> 4, both & 15), depth)
        elif kind == _STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind not in (1, 2):
            raise Invalid("The Parquet footer holds a value of unknown kind.")

    def _skip_items(self, count: int, kinds: tuple[int, ...], depth: int) -> None:
        if count > len(self._raw):
            raise Invalid("The Parquet footer is cut short.")
        for _ in range(count):
            for kind in kinds:
                # In a list a truth value takes a byte; as a field it lies in the field's head.
                self.skip(3 if kind in (1, 2) else kind, depth + 1)

    def _move(self, length: int) -> None:
        self._at += length
        if self._at > len(self._raw):
            raise Invalid("The Parquet footer is cut short.")

    def _byte(self) -> int:
        self._move(1)
        return self._raw[self._at - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise Invalid("The Parquet footer holds a number that is too long.")
