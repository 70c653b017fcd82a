"""The first rows of a Parquet file: of each column the first pages, opened into buffers of a known size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

import cramjam
import numpy as np

from freehold.base.errors import Invalid
from freehold.wire.parquet.footer import Chunk, Column, Footer, ReadRange
from freehold.wire.parquet.levels import Numbers, unpacked
from freehold.wire.parquet.thrift import Reader, Struct
from freehold.wire.parquet.values import Value, plain, shown

MAX_PAGE = 16 << 20
"""Of one page when it is opened, in bytes."""
MAX_READ = 2 << 20
"""Of one column, in bytes as they are stored."""
MAX_LEVELS = 200_000
MAX_PAGES = 20

Cell = Value | list[Value]
"""A value, or the values of a list, nested ones one after another; None where there is none."""

_BROKEN = "A page of this Parquet file is damaged."
_DICTIONARY = (2, 8)


def first_rows(footer: Footer, read_range: ReadRange, columns: int, rows: int) -> list[list[Cell] | None]:
    """For each of the first `columns` its first values; None where they are packed in a way that is not read here."""
    found: list[list[Cell] | None] = []
    for column, chunk in islice(zip(footer.columns, footer.chunks, strict=False), columns):
        try:
            found.append(_Pages(column, chunk, read_range).rows(rows))
        except (Invalid, KeyError, TypeError, ValueError, IndexError, OverflowError, cramjam.DecompressionError):
            found.append(None)
    return found


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's values: `encoding` says how `body` is to be read, the levels where there are values."""

    repetition: Numbers
    definition: Numbers
    encoding: int
    body: bytes


class _Pages:
    """One column's pages, from its first."""

    def __init__(self, column: Column, chunk: Chunk, read_range: ReadRange) -> None:
        if chunk.start < 0 or chunk.size <= 0:
            raise Invalid(_BROKEN)
        self._column, self._chunk = column, chunk
        self._data = read_range(chunk.start, chunk.start + min(chunk.size, MAX_READ))
        self._dictionary: Sequence[Value] = ()

    def rows(self, wanted: int) -> list[Cell]:
        """The first rows, as many as are wanted or are in what was read."""
        rows: list[Cell] = []
        at = 0
        for _ in range(MAX_PAGES):
            if at >= len(self._data) or len(rows) >= wanted:
                break
            reader = Reader(self._data, at)
            header = reader.struct()
            at = reader.at + int(header[3])
            if at > len(self._data):
                if not rows:
                    raise Invalid("The first page is longer than what is read of a column.")
                break
            self._take(header, self._data[reader.at : at], rows, wanted)
        return rows[:wanted]

    def _take(self, header: Struct, stored: bytes, rows: list[Cell], wanted: int) -> None:
        if header[1] == 2:
            count = min(int(header[7][1]), MAX_LEVELS)
            self._dictionary = plain(self._column, self._opened(stored, int(header[2])), count)
        elif header[1] in (0, 3):
            page = self._page_one(header, stored) if header[1] == 0 else self._page_two(header, stored)
            self._add(page, rows, wanted)

    def _page_one(self, header: Struct, stored: bytes) -> _Page:
        told: Struct = header[5]
        count = min(int(told[1]), MAX_LEVELS)
        body = self._opened(stored, int(header[2]))
        repetition, body = _levels(body, self._column.max_repetition, count)
        definition, body = _levels(body, self._column.max_definition, count)
        return _Page(repetition, definition, int(told[2]), body)

    def _page_two(self, header: Struct, stored: bytes) -> _Page:
        told: Struct = header[8]
        count = min(int(told[1]), MAX_LEVELS)
        middle, start = int(told[6]), int(told[6]) + int(told[5])
        repetition = _numbers(stored[:middle], self._column.max_repetition, count)
        definition = _numbers(stored[middle:start], self._column.max_definition, count)
        body = stored[start:]
        if told.get(7, True):
            body = self._opened(body, int(header[2]) - start)
        return _Page(repetition, definition, int(told[4]), body)

    def _add(self, page: _Page, rows: list[Cell], wanted: int) -> None:
        """Lay the page's values out as rows."""
        column, missing = self._column, wanted - len(rows)
        starts = np.flatnonzero(page.repetition == 0)
        stop = int(starts[missing]) if len(starts) > missing else len(page.repetition)
        definition = page.definition[:stop]
        values = iter(self._values(page, int((definition == column.max_definition).sum())))
        for again, level in zip(page.repetition[:stop].tolist(), definition.tolist(), strict=True):
            value = shown(column, next(values)) if level == column.max_definition else None
            if not column.max_repetition:
                rows.append(value)
                continue
            if again == 0:
                rows.append([] if level >= column.repeated_at - 1 else None)
            last = rows[-1] if rows else None
            if isinstance(last, list) and level >= column.repeated_at:
                last.append(value)

    def _values(self, page: _Page, count: int) -> Sequence[Value]:
        if page.encoding == 0:
            return plain(self._column, page.body, count)
        if page.encoding in _DICTIONARY:
            places = unpacked(page.body[1:], page.body[0], count) if count else ()
            return [self._dictionary[place] for place in places]
        if page.encoding == 3 and self._column.physical == 0:
            return [bool(bit) for bit in unpacked(page.body[4:], 1, count)]
        raise Invalid("These values are packed in a way that is not read here.")

    def _opened(self, stored: bytes, size: int) -> bytes:
        if not 0 <= size <= MAX_PAGE:
            raise Invalid("A page of this Parquet file is longer than what is opened here.")
        if self._chunk.codec == 0:
            return stored
        unpack = _CODECS.get(self._chunk.codec)
        if unpack is None:
            raise Invalid("This Parquet file is compressed in a way that is not read here.")
        if not size:
            return b""
        room = bytearray(size)
        if unpack(stored, room) != size:
            raise Invalid(_BROKEN)
        return bytes(room)


_CODECS: dict[int, Callable[[bytes, bytearray], int]] = {
    1: cramjam.snappy.decompress_raw_into,
    2: cramjam.gzip.decompress_into,
    4: cramjam.brotli.decompress_into,
    6: cramjam.zstd.decompress_into,
    7: cramjam.lz4.decompress_block_into,
}


def _levels(body: bytes, most: int, count: int) -> tuple[Numbers, bytes]:
    """Levels that stand before the values, after their length."""
    if not most:
        return np.zeros(count, np.int64), body
    stop = 4 + int.from_bytes(body[:4], "little")
    return _numbers(body[4:stop], most, count), body[stop:]


def _numbers(data: bytes, most: int, count: int) -> Numbers:
    found = unpacked(data, most.bit_length(), count)
    if len(found) != count:
        raise Invalid(_BROKEN)
    return found


def text_of(cell: Cell, limit: int) -> str:
    """A cell in a few words."""
    if isinstance(cell, list):
        inside = ", ".join(text_of(value, limit) for value in cell[:limit])
        return f"[{inside}]"[: limit + 1]
    return "" if cell is None else str(cell)[: limit + 1]
