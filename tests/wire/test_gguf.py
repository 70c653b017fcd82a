"""The GGUF header is read as the format says, and a hostile one is refused."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.gguf import read_header


def text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def pair(key, kind, raw):
    return text(key) + struct.pack("<I", kind) + raw


def texts(key, values):
    return pair(key, 9, struct.pack("<IQ", 8, len(values)) + b"".join(map(text, values)))


def a_file(pairs, tensors, version=3):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs)) + b"".join(pairs)
    for name, shape in tensors:
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, 0)
    return head + b"\0" * 64


def read(content, **limits):
    return read_header(lambda start, stop: content[start:stop], len(content), **limits)


GOOD = a_file(
    [
        pair("general.architecture", 8, text("llama")),
        pair("llama.context_length", 4, struct.pack("<I", 8192)),
        pair("tokenizer.ggml.bos_token_id", 4, struct.pack("<I", 1)),
        texts("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>"]),
        texts("tokenizer.ggml.merges", ["a b"] * 100),
        pair("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 3) + struct.pack("<3f", 1, 2, 3)),
    ],
    [("w", (4, 8)), ("b", (8,))],
)


def test_it_gives_what_the_hub_shows():
    assert read(GOOD).summary() == {
        "total": 40, "architecture": "llama", "context_length": 8192, "bos_token": "<s>",
    }  # fmt: skip


def test_it_reads_a_header_that_spans_many_pieces():
    big = a_file([texts("tokenizer.ggml.tokens", ["token" * 10] * 60_000)], [("w", (3,))])
    calls = []

    def read_range(start, stop):
        calls.append(stop - start)
        return big[start:stop]

    assert read_header(read_range, len(big)).summary()["total"] == 3
    assert len(calls) < 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GGML" + GOOD[4:],
        GOOD[:60],
        a_file([], [], version=9),
        b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60),
        a_file([pair("a", 9, struct.pack("<IQ", 4, 2**62))], []),
        a_file([pair("a", 9, struct.pack("<IQ", 9, 1))], []),
        a_file([pair("a", 77, b"")], []),
        a_file([pair("a", 8, struct.pack("<Q", 2**62))], []),
        a_file([], [("w", (1,) * 9)]),
        a_file([], [("w", (2**62,) * 8)]),
    ],
)
def test_it_refuses_what_is_malformed(content):
    with pytest.raises(Invalid):
        read(content)


def test_it_refuses_a_header_above_the_limit():
    with pytest.raises(Invalid):
        read(GOOD, limit=100)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=16))
def test_a_damaged_header_is_read_or_refused(at, noise):
    try:
        read(GOOD[:at] + noise + GOOD[at + len(noise) :]).summary()
    except Invalid as refused:
        assert refused.message
