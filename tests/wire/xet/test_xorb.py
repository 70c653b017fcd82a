"""Xorbs that somebody damaged or made with intent, and those that are right."""

import struct

import cramjam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import HubError, Invalid, TooLarge
from freehold.wire.xet import xorb
from freehold.wire.xet.codec import MAX_CHUNK, ChunkHeader, Scheme, encode_chunk
from freehold.wire.xet.hashes import chunk_hash
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier, encode_xorb
from tests.wire.xet.client import noise, verified, weights

CHUNKS = [weights(20_000), noise(9_001), b"x" * 50_003, b"tiny"]
GOOD = encode_xorb(CHUNKS, Scheme.BG4_LZ4)
CHUNK = st.binary(min_size=1, max_size=3000) | st.binary(min_size=1, max_size=6).map(lambda b: b * 500)


@settings(max_examples=50)
@given(st.lists(CHUNK, min_size=1, max_size=8), st.sampled_from(Scheme), st.integers(1, 4000), st.booleans())
def test_any_chunks_survive_the_round_trip(chunks: list[bytes], scheme: Scheme, piece: int, footer: bool) -> None:
    stored = encode_xorb(chunks, scheme)
    layout = verified(stored, piece)
    if footer:
        assert verified(stored + layout.to_bytes(), piece) == layout
    assert XorbLayout.from_bytes(layout.to_bytes()) == layout
    assert [layout.hash_at(i) for i in range(layout.n)] == [chunk_hash(chunk) for chunk in chunks]
    assert [bytes(chunk) for chunk in xorb.decode(stored)] == chunks
    assert layout.raw_sizes() == [len(chunk) for chunk in chunks]
    assert layout.stored_span(0, layout.n) == (0, len(stored))
    assert layout.raw_span(layout.n - 1, layout.n) == (layout.raw_bytes - len(chunks[-1]), layout.raw_bytes)


@settings(max_examples=100)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_found(at: int, flip: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] ^= flip
    verifier = XorbVerifier()
    try:
        verifier.feed(damaged)
        assert verifier.finish() != verified(GOOD)
    except (Invalid, TooLarge) as error:
        assert error.message.endswith(".")


@given(st.integers(0, len(GOOD) - 1))
def test_it_refuses_a_truncated_xorb_or_finds_another_hash(length: int) -> None:
    with pytest.raises(Invalid):
        verifier = XorbVerifier()
        verifier.feed(GOOD[:length])
        verifier.finish(verified(GOOD).hash)


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from([0, 8, 40]))
def test_nonsense_never_breaks_it(data: bytes, keep: int) -> None:
    verifier = XorbVerifier()
    try:
        verifier.feed(GOOD[:keep] + data)
        verifier.finish()
    except HubError as error:
        assert error.message.endswith(".")


def test_it_refuses_an_empty_xorb() -> None:
    with pytest.raises(Invalid, match="empty"):
        XorbVerifier().finish()


def test_it_refuses_another_hash_than_the_one_announced() -> None:
    verifier = XorbVerifier()
    verifier.feed(GOOD)
    with pytest.raises(Invalid, match="does not match its hash"):
        verifier.finish(bytes(32))


def frame(content: bytes) -> bytes:
    return bytes(cramjam.lz4.compress(content))


def block(content: bytes) -> bytes:
    """A frame of the form that clients write."""
    packed = bytes(cramjam.lz4.compress_block(content, store_size=False))
    return bytes.fromhex("04224d18604082") + struct.pack("<I", len(packed)) + packed + bytes(4)


def chunk(scheme: int, payload: bytes, raw: int) -> bytes:
    return ChunkHeader(len(payload), scheme, raw).to_bytes() + payload


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        pytest.param(chunk(1, frame(bytes(100 << 20)), MAX_CHUNK), "longer than", id="bomb"),
        pytest.param(chunk(1, frame(bytes(10 << 20)), MAX_CHUNK), "does not decompress", id="small bomb"),
        pytest.param(chunk(1, block(bytes(10 << 20)), MAX_CHUNK), "does not decompress", id="bomb in one block"),
        pytest.param(chunk(1, block(bytes(1000)), 999), "does not decompress", id="one byte too many"),
        pytest.param(chunk(1, block(bytes(1000)), 1001), "fewer bytes", id="one byte too few"),
        pytest.param(chunk(1, frame(b"abc"), 4), "fewer bytes", id="announces more than it holds"),
        pytest.param(chunk(2, frame(b"abc")[:-6], 3), "does not decompress", id="cut frame"),
        pytest.param(chunk(1, frame(b"abc") + b"more", 3), "does not decompress", id="bytes after the frame"),
        pytest.param(chunk(1, b"not a frame at all", 5), "does not decompress", id="no frame"),
        pytest.param(chunk(0, b"abc", 4), "two different lengths", id="two lengths"),
        pytest.param(chunk(0, b"", 0), "empty", id="empty chunk"),
        pytest.param(chunk(0, bytes(MAX_CHUNK + 1), MAX_CHUNK + 1), "longer than", id="long chunk"),
        pytest.param(chunk(3, b"abc", 3), "unknown version or compression", id="unknown scheme"),
        pytest.param(b"\1" + chunk(0, b"abc", 3)[1:], "unknown version or compression", id="unknown version"),
        pytest.param(GOOD + b"XETBLOB" + bytes(5000), "Bytes follow", id="endless footer"),
    ],
)
def test_it_refuses_what_is_malformed(stored: bytes, reason: str) -> None:
    verifier = XorbVerifier()
    with pytest.raises(Invalid, match=reason):
        verifier.feed(stored)
        verifier.finish()


def test_other_frames_than_the_clients_are_read_too() -> None:
    content = b"many words " * 10_000
    assert verified(chunk(1, frame(content), len(content))).hash == chunk_hash(content)


def test_it_refuses_more_content_than_a_xorb_may_hold() -> None:
    piece = encode_chunk(bytes(MAX_CHUNK), Scheme.LZ4)
    verifier = XorbVerifier()
    with pytest.raises(TooLarge, match="at most 67108864 bytes"):
        for _ in range(513):
            verifier.feed(piece)


def test_it_refuses_more_chunks_than_a_xorb_may_hold() -> None:
    verifier = XorbVerifier()
    with pytest.raises(TooLarge, match="32768 chunks"):
        verifier.feed(encode_chunk(b"x", Scheme.NONE) * 32_769)


def test_incompressible_content_may_exceed_the_limit_by_its_headers() -> None:
    block = noise(MAX_CHUNK)
    verifier = XorbVerifier()
    for _ in range(512):
        verifier.feed(encode_chunk(block, Scheme.NONE))
    assert verifier.finish().stored_bytes == (64 << 20) + 512 * 8


def test_it_holds_no_more_than_one_chunk() -> None:
    verifier = XorbVerifier()
    for start in range(0, len(GOOD), 10):
        verifier.feed(GOOD[start : start + 10])
        assert len(verifier._carry) <= 8 + MAX_CHUNK + 1024


@pytest.mark.parametrize("length", [1, 7, 8, 100])
def test_a_run_of_chunks_must_be_whole(length: int) -> None:
    with pytest.raises(Invalid, match="truncated"):
        list(xorb.decode(GOOD[:length]))


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_sidecar_is_refused_or_differs(data: st.DataObject) -> None:
    layout = verified(GOOD)
    sidecar = bytearray(layout.to_bytes())
    sidecar[data.draw(st.integers(0, len(sidecar) - 25))] ^= data.draw(st.integers(1, 255))
    try:
        assert XorbLayout.from_bytes(sidecar) != layout
    except Invalid as error:
        assert error.message.endswith(".")


@given(st.binary(max_size=300))
def test_nonsense_is_no_sidecar(data: bytes) -> None:
    with pytest.raises(Invalid):
        XorbLayout.from_bytes(data)
