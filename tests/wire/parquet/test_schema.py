"""Parquet footers are read under limits, and say what pyarrow wrote."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.parquet.schema import Column, parse_footer, read_footer


def number(value):
    """A zigzag varint."""
    value = (value << 1) ^ (value >> 63)
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def element(name, *, kind=None, children=None, text=False):
    out = b"" if kind is None else b"\x15" + number(kind)
    out += bytes([(3 if kind is not None else 4) << 4 | 8, len(name)]) + name.encode()
    if children is not None:
        out += b"\x15" + number(children)
    if text:
        out += b"\x25" + number(0)
    return out + b"\0"


def footer(*elements, rows):
    schema = b"\x19" + bytes([len(elements) << 4 | 12]) + b"".join(elements)
    return b"\x15" + number(2) + schema + b"\x16" + number(rows) + b"\0"


TABLE = footer(
    element("schema", children=3),
    element("bird", kind=6, text=True),
    element("picture", children=2),
    element("bytes", kind=6),
    element("path", kind=6, text=True),
    element("length", kind=2),
    rows=7,
)


def file(raw):
    whole = b"PAR1" + b"rows" + raw + len(raw).to_bytes(4, "little") + b"PAR1"
    return (lambda start, stop: whole[start:stop]), len(whole)


def test_it_reads_rows_and_columns():
    found = read_footer(*file(TABLE))
    assert found.rows == 7
    assert found.columns == (
        Column("bird", "text"),
        Column("picture", "group", (Column("bytes", "bytes"), Column("path", "text"))),
        Column("length", "int"),
    )


@pytest.mark.parametrize("cut", range(len(TABLE) - 1))
def test_a_footer_cut_short_is_refused(cut):
    with pytest.raises(Invalid):
        parse_footer(TABLE[:cut])


@given(st.binary(max_size=300))
def test_odd_bytes_are_refused_or_read(raw):
    with suppress(Invalid):
        read_footer(*file(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"\x15\x80" + b"\xff" * 20,
        b"\x1c" * 200,
        b"\x19\xfc\xff\xff\xff\x7f",
        b"\x1b\xff\xff\xff\xff\x07\x88" + b"\0" * 9,
    ],
)
def test_bombs_are_refused(raw):
    with pytest.raises(Invalid):
        parse_footer(raw)
