"""The footer of a Parquet file: how many rows, and which columns of which type, without reading a row.

Format: https://parquet.apache.org/docs/file-format/ (the footer is a Thrift struct in the compact protocol).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from freehold.base.errors import Invalid
from freehold.wire.parquet.thrift import Reader, Struct

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
    found = Reader(raw).up_to(_ROWS)
    rows, schema = found.get(_ROWS), found.get(_SCHEMA, [])
    if not isinstance(rows, int) or rows < 0 or not isinstance(schema, list):
        raise Invalid("The Parquet footer does not say how many rows there are.")
    if len(schema) > MAX_COLUMNS or not all(isinstance(one, dict) for one in schema):
        raise Invalid(f"The Parquet schema has {len(schema)} columns, more than is allowed.")
    flat = iter([_element(one) for one in schema])
    root = next(flat, None)
    return Footer(rows, tuple(_nest(flat, root[2], 0)) if root else ())


def _nest(flat: Iterator[tuple[str, str, int]], many: int, depth: int) -> Iterator[Column]:
    if depth > _MAX_DEPTH:
        raise Invalid("The Parquet schema is nested too deeply.")
    for _ in range(many):
        found = next(flat, None)
        if found is None:
            raise Invalid("The Parquet schema is cut short.")
        name, kind, children = found
        yield Column(name, kind, tuple(_nest(flat, children, depth + 1)))


def _element(told: Struct) -> tuple[str, str, int]:
    """Name, type, and how many of the following elements lie in this one."""
    code, children, converted, logical = told.get(1), told.get(5, 0), told.get(6), told.get(10)
    kind = "group"
    if isinstance(code, int):
        kind = _TYPES[code] if 0 <= code < len(_TYPES) else "bytes"
    kind = _CONVERTED.get(converted, kind) if isinstance(converted, int) else kind
    for number in logical if isinstance(logical, dict) else ():
        kind = _LOGICAL.get(number, kind)
    name = told.get(4, b"")
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
    return text, kind, children if isinstance(children, int) else 0
