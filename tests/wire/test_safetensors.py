"""The safetensors header is read as the format says, and a hostile one is refused."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.safetensors import read_header


def a_file(header, data=b"\0" * 64):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + data


def read(content, **limits):
    return read_header(lambda start, stop: content[start:stop], len(content), **limits)


GOOD = {
    "__metadata__": {"format": "pt"},
    "w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "i": {"dtype": "I64", "shape": [], "data_offsets": [24, 32]},
}


def test_it_reads_types_and_shapes():
    header = read(a_file(GOOD))
    assert header.metadata == {"format": "pt"}
    assert [(tensor.dtype, tensor.elements) for tensor in header.tensors] == [("F32", 6), ("I64", 1)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 64,
        struct.pack("<Q", 10**9) + b"{}",
        a_file(b"[]"),
        a_file(b"{" * 100_000),
        a_file(b'{"a":' * 50_000),
        a_file({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 1000]}}),
        a_file({"w": {"dtype": "F32", "shape": [2**60] * 60, "data_offsets": [0, 8]}}),
        a_file({"w": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}),
        a_file({"w": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}),
        a_file({"w": {"dtype": 3, "shape": [2], "data_offsets": [0, 8]}}),
        a_file({"__metadata__": {"a": {"b": 1}}}),
        a_file(b'{"\xff\xfe": 1}'),
    ],
)
def test_it_refuses_what_is_malformed(content):
    with pytest.raises(Invalid):
        read(content)


def test_it_refuses_a_header_above_the_limit():
    with pytest.raises(Invalid, match="header"):
        read(a_file(GOOD), limit=16)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise):
    for content in (noise, a_file(noise)):
        try:
            read(content)
        except Invalid as refused:
            assert refused.message
