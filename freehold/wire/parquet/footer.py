"""A Parquet file's own description: its columns, its rows, and where the first of them lie.

Format: the file ends with the description (Thrift), its length in 4 bytes, and `PAR1`
(https://parquet.apache.org/docs/file-format).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import Invalid
from freehold.wire.parquet.thrift import Reader, Struct

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_FOOTER = 4 << 20
"""How much of the description is read: it lists all row groups, and only the first is needed."""
MAX_COLUMNS = 10_000

_DAMAGED = "This is not a Parquet file: its description is damaged."
_ROW_GROUPS = 4
_TYPES = ("bool", "int32", "int64", "int96", "float", "double", "bytes", "bytes")
_CONVERTED = {
    0: "string", 4: "string", 5: "decimal", 6: "date", 7: "time", 8: "time", 9: "timestamp", 10: "timestamp",
    11: "uint8", 12: "uint16", 13: "uint32", 14: "uint64", 15: "int8", 16: "int16", 17: "int32", 18: "int64",
    19: "json", 20: "bson",
}  # fmt: skip
_LOGICAL = {
    1: "string", 4: "string", 5: "decimal", 6: "date", 7: "time", 8: "timestamp", 12: "json", 13: "bson", 14: "uuid",
    15: "float16",
}  # fmt: skip
_UNITS = {1: 1_000, 2: 1_000_000, 3: 1_000_000_000}
_DROPPED = frozenset(("list", "element", "item", "array", "bag", "array_element", "key_value"))
"""How writers call the inner levels of a list, which say nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """One leaf of the schema. `physical` is the format's number of its type; `kind` what people call it."""

    name: str
    physical: int
    kind: str
    length: int
    """Of values of fixed length, in bytes."""
    scale: int
    """Of decimals; of times and timestamps the units in a second."""
    max_definition: int
    max_repetition: int
    repeated_at: int
    """The definition level from which on a list has an element."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where the first row group has a column."""

    start: int
    size: int
    codec: int
    values: int


@dataclass(frozen=True, slots=True)
class Footer:
    """`chunks` belong to `columns`, one each; none if the file has no rows."""

    columns: Sequence[Column]
    rows: int
    groups: int
    chunks: Sequence[Chunk]


def read_footer(read_range: ReadRange, size: int) -> Footer:
    """Read the description of a file of `size` bytes. Raises Invalid if it is none."""
    end = read_range(max(0, size - 8), size)
    if size < 12 or end[4:] != b"PAR1":
        raise Invalid("This is not a Parquet file: it does not end as one (or it is encrypted).")
    start = size - 8 - int.from_bytes(end[:4], "little")
    if start < 4:
        raise Invalid(_DAMAGED)
    try:
        return _footer(*Reader(read_range(start, min(size - 8, start + MAX_FOOTER))).opening(_ROW_GROUPS))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise Invalid(_DAMAGED) from error


def _footer(found: Struct, groups: int) -> Footer:
    schema: list[Struct] = found[2]
    if len(schema) > 4 * MAX_COLUMNS:
        raise Invalid(f"This Parquet file has more than {MAX_COLUMNS} columns.")
    elements = iter(schema)
    root = next(elements)
    columns = [leaf for _ in range(root.get(5, 0)) for leaf in _leaves(elements, (), 0, 0, 0)]
    first = found.get(_ROW_GROUPS, [])
    chunks = [_chunk(one) for one in first[0][1]] if first else []
    if chunks and len(chunks) != len(columns):
        raise Invalid(_DAMAGED)
    return Footer(columns, int(found[3]), groups, chunks)


def _leaves(
    elements: Iterator[Struct], path: tuple[str, ...], definition: int, repetition: int, repeated_at: int
) -> Iterator[Column]:
    element = next(elements, None)
    if element is None or len(path) > 64:
        raise Invalid("This is not a Parquet file: its schema ends early.")
    path = (*path, _text(element[4]))
    kind = element.get(3, 0)
    definition += kind != 0
    if kind == 2:
        repetition, repeated_at = repetition + 1, definition
    if children := element.get(5, 0):
        for _ in range(children):
            yield from _leaves(elements, path, definition, repetition, repeated_at)
        return
    name, scale = _kind(element)
    yield Column(
        _name(path, bool(repetition)), int(element[1]), name, int(element.get(2, 0)), scale, definition, repetition,
        repeated_at,
    )  # fmt: skip


def _kind(element: Struct) -> tuple[str, int]:
    """What the column's values are, and their scale."""
    logical: Struct = element.get(10, {})
    which = next(iter(logical), 0)
    more: Struct = logical.get(which, {})
    plain = _TYPES[element[1]]
    name = _LOGICAL.get(which) or _CONVERTED.get(element.get(6, -1)) or plain
    if which == 10:
        name = f"{'int' if more.get(2, True) else 'uint'}{int(more.get(1, 64)) & 255}"
    if name in ("timestamp", "time"):
        unit = next(iter(more.get(2, {})), 0) if which in (7, 8) else 1 if element.get(6) in (7, 9) else 2
        return name, _UNITS.get(unit, 1_000_000)
    scale = more.get(1, 0) if which == 5 else element.get(7, 0)
    return name, int(scale) if -100 < int(scale) < 100 else 0


def _name(path: tuple[str, ...], is_list: bool) -> str:
    words = [word for place, word in enumerate(path) if place == 0 or not (is_list and word in _DROPPED)]
    return ".".join(words) + ("[]" if is_list else "")


def _chunk(found: Struct) -> Chunk:
    told: Struct = found[3]
    starts = [int(told[field]) for field in (9, 11) if told.get(field, 0) > 0]
    return Chunk(min(starts), int(told[7]), int(told[4]), int(told[5]))


def _text(raw: Any) -> str:
    return bytes(raw).decode("utf-8", "replace")
