"""Single values of a Parquet column: as their bytes stand in a page, and as people read them."""

import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np

from freehold.base.errors import Invalid
from freehold.wire.parquet.footer import Column

Value = None | bool | int | float | str | bytes

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTES, FIXED = range(8)
_WIDTHS = {INT32: "<i4", INT64: "<i8", FLOAT: "<f4", DOUBLE: "<f8"}
_JULIAN_1970 = 2_440_588
_LONGEST = 2000
"""Of a value that is shown, in bytes: pictures in a table are long, and nobody reads them."""


def plain(column: Column, body: bytes, count: int) -> Sequence[Value]:
    """The first `count` values of a page in which they stand one after another. Raises Invalid."""
    if kind := _WIDTHS.get(column.physical):
        size = np.dtype(kind).itemsize
        return _enough(np.frombuffer(body[: count * size // size * size], kind).tolist(), count)
    if column.physical == BOOLEAN:
        bits = np.unpackbits(np.frombuffer(body[: (count + 7) // 8], np.uint8), bitorder="little")
        return _enough([bool(bit) for bit in bits[:count]], count)
    if column.physical == BYTES:
        return _strings(body, count)
    width = 12 if column.physical == INT96 else column.length
    if width <= 0 or count * width > len(body):
        raise Invalid("A page of this Parquet file is damaged.")
    return [body[at * width : (at + 1) * width] for at in range(count)]


def _strings(body: bytes, count: int) -> Sequence[Value]:
    found: list[Value] = []
    at = 0
    for _ in range(count):
        start = at + 4
        at = start + int.from_bytes(body[at:start], "little")
        if start > len(body) or at > len(body):
            raise Invalid("A page of this Parquet file is damaged.")
        found.append(body[start:at])
    return found


def _enough(values: list[Value], count: int) -> list[Value]:
    if len(values) < count:
        raise Invalid("A page of this Parquet file is damaged.")
    return values


def shown(column: Column, value: Value) -> Value:
    """A value as people read it: a date as a date, text as text, other bytes by their number."""
    try:
        if isinstance(value, bytes):
            return _of_bytes(column, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return _of_number(column, value)
    except (OverflowError, ValueError, ArithmeticError):
        return "out of range"
    return float(f"{value:.7g}") if column.physical == FLOAT and isinstance(value, float) else value


def _of_number(column: Column, value: int) -> Value:
    match column.kind:
        case "date":
            return (date(1970, 1, 1) + timedelta(days=value)).isoformat()
        case "timestamp":
            return _moment(value / column.scale)
        case "decimal":
            return str(Decimal(value).scaleb(-column.scale))
        case "uint8" | "uint16" | "uint32":
            return value & 0xFFFFFFFF
        case "uint64":
            return value & (1 << 64) - 1
    return value


def _of_bytes(column: Column, value: bytes) -> Value:
    if column.physical == INT96:
        nanos, day = struct.unpack("<QI", value)
        return _moment((day - _JULIAN_1970) * 86400 + nanos / 1e9)
    if column.kind == "decimal":
        return str(Decimal(int.from_bytes(value, "big", signed=True)).scaleb(-column.scale))
    if column.kind == "uuid" and len(value) == 16:
        return str(UUID(bytes=value))
    if column.kind == "float16" and len(value) == 2:
        return float(np.frombuffer(value, "<f2")[0])
    try:
        text = value[:_LONGEST].decode("utf-8", "strict" if len(value) <= _LONGEST else "ignore")
    except UnicodeDecodeError:
        return f"{len(value):,} bytes"
    is_text = column.kind in ("string", "json") or text.isprintable()
    return text if is_text else f"{len(value):,} bytes"


def _moment(seconds: float) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat(" ")
