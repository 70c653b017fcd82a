"""Parquet is read as far as it is well formed, and whatever else comes is refused by name and cheaply."""

import contextlib
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.parquet.footer import read_footer
from freehold.wire.parquet.levels import unpacked
from freehold.wire.parquet.rows import first_rows
from freehold.wire.parquet.thrift import Reader

I32, LIST, BINARY, STRUCT = 5, 9, 8, 12


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def number(value: int) -> bytes:
    return varint(value << 1 ^ value >> 63)


def fields(*given: tuple[int, int, bytes]) -> bytes:
    """A struct of (number, type, bytes)."""
    out, last = b"", 0
    for name, kind, body in given:
        out, last = out + bytes([(name - last) << 4 | kind]) + body, name
    return out + b"\0"


def text(word: bytes) -> bytes:
    return varint(len(word)) + word


def listed(kind: int, *items: bytes) -> bytes:
    return bytes([len(items) << 4 | kind]) + b"".join(items)


def a_file(values: list[int], *, announced: int | None = None, page_bytes: int | None = None) -> bytes:
    """One required column of 32-bit integers, as they are."""
    body = struct.pack(f"<{len(values)}i", *values)
    size = len(body) if page_bytes is None else page_bytes
    told = fields((1, I32, number(len(values) if announced is None else announced)), (2, I32, number(0)),
                  (3, I32, number(3)), (4, I32, number(3)))  # fmt: skip
    page = fields((1, I32, number(0)), (2, I32, number(size)), (3, I32, number(len(body))), (5, STRUCT, told)) + body
    root = fields((4, BINARY, text(b"schema")), (5, I32, number(1)))
    leaf = fields((1, I32, number(1)), (3, I32, number(0)), (4, BINARY, text(b"count")))
    column = fields((1, I32, number(1)), (2, LIST, listed(I32, number(0))), (3, LIST, listed(BINARY, text(b"count"))),
                    (4, I32, number(0)), (5, 6, number(len(values))), (6, 6, number(len(page))),
                    (7, 6, number(len(page))), (9, 6, number(4)))  # fmt: skip
    chunk = fields((2, 6, number(4)), (3, STRUCT, column))
    group = fields((1, LIST, listed(STRUCT, chunk)), (2, 6, number(len(page))), (3, 6, number(len(values))))
    footer = fields((1, I32, number(1)), (2, LIST, listed(STRUCT, root, leaf)), (3, 6, number(len(values))),
                    (4, LIST, listed(STRUCT, group)))  # fmt: skip
    return b"PAR1" + page + footer + struct.pack("<I", len(footer)) + b"PAR1"


def read(raw: bytes):
    def part(start: int, stop: int) -> bytes:
        return raw[start:stop]

    footer = read_footer(part, len(raw))
    return footer, first_rows(footer, part, 50, 100)


def test_it_reads_columns_and_rows():
    footer, columns = read(a_file([3, -1, 2_000_000_000]))
    assert (footer.rows, footer.groups, [(one.name, one.kind) for one in footer.columns]) == (
        3,
        1,
        [("count", "int32")],
    )
    assert columns == [[3, -1, 2_000_000_000]]


def test_it_reads_no_more_rows_than_it_is_asked_for():
    assert [len(column or ()) for column in read(a_file(list(range(5000))))[1]] == [100]


@pytest.mark.parametrize(
    "raw", [b"", b"PAR1", b"x" * 100, b"\0" * 8 + b"PAR1", b"PAR1" + b"\xff" * 50 + b"\x32\0\0\0PAR1"]
)
def test_what_is_no_parquet_is_refused(raw):
    with pytest.raises(Invalid):
        read(raw)


def test_a_column_that_lies_about_its_values_is_left_out():
    assert read(a_file([1, 2], announced=50_000_000))[1] == [None]
    assert read(a_file([1, 2], page_bytes=1 << 30))[1] == [None]


def test_a_list_that_announces_millions_costs_nothing():
    with pytest.raises(Invalid):
        Reader(b"\x19\xf1" + varint(1 << 40) + b"\1" * 100).struct()


def test_a_struct_in_a_struct_without_end_is_refused():
    with pytest.raises(Invalid):
        Reader(b"\x1c" * 100_000).struct()


def test_packed_numbers():
    assert unpacked(bytes([0b00000011, 0b10001000, 0b11000110, 0b11111010]), 3, 8).tolist() == list(range(8))
    assert unpacked(bytes([8 << 1, 5]), 3, 8).tolist() == [5] * 8
    assert unpacked(b"", 0, 4).tolist() == [0] * 4


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 200))
@example(b"\xff" * 40, 100)
def test_a_damaged_file_is_refused_or_read_but_breaks_nothing(noise, at):
    whole = a_file([1, 2, 3])
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    with contextlib.suppress(Invalid):
        read(damaged)
