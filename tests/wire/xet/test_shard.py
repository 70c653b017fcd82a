"""Shards written and read back, and shards that break the format or a limit."""

import struct
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import HubError, Invalid
from freehold.base.ids import Sha256
from freehold.wire.xet.hashes import keyed
from freehold.wire.xet.shard import (
    FileInfo,
    ShardLimits,
    Term,
    parse_shard,
    write_dedup_shard,
    write_upload_shard,
)
from freehold.wire.xet.xorb import XorbLayout

HASH = st.binary(min_size=32, max_size=32).filter(lambda raw: raw != b"\xff" * 32)
KEY = bytes(range(32))


@st.composite
def layouts(draw: st.DrawFn) -> XorbLayout:
    sizes = draw(st.lists(st.integers(1, 131_072), min_size=1, max_size=6))
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes))]
    hashes = b"".join(draw(st.lists(HASH, min_size=len(sizes), max_size=len(sizes))))
    return XorbLayout(draw(HASH), hashes, array("I", ends), array("I", ends))


@st.composite
def files(draw: st.DrawFn) -> FileInfo:
    terms = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, 1000))
        terms.append(Term(draw(HASH), draw(st.integers(1, 2**32 - 1)), start, start + draw(st.integers(1, 1000))))
    proofs = b"".join(draw(HASH) for _ in terms) if draw(st.booleans()) else None
    sha256 = Sha256(draw(st.binary(min_size=32, max_size=32)).hex()) if draw(st.booleans()) else None
    return FileInfo(draw(HASH), tuple(terms), proofs, sha256)


ONE = XorbLayout(b"x" * 32, KEY + KEY[::-1], array("I", [10, 30]), array("I", [20, 50]))
FILE = FileInfo(b"f" * 32, (Term(b"x" * 32, 50, 0, 2),), b"r" * 32, Sha256("ab" * 32))
GOOD = write_upload_shard([FILE], [ONE])


@settings(max_examples=50)
@given(st.lists(files(), max_size=4), st.lists(layouts(), max_size=4))
def test_an_upload_can_be_read_back(some: list[FileInfo], described: list[XorbLayout]) -> None:
    shard = parse_shard(write_upload_shard(some, described))
    assert list(shard.files) == some
    assert [xorb.hash for xorb in shard.xorbs] == [layout.hash for layout in described]
    assert [xorb.raw_ends for xorb in shard.xorbs] == [tuple(layout.raw_ends) for layout in described]
    assert shard.footer is None


@settings(max_examples=50)
@given(st.lists(layouts(), max_size=4), st.binary(min_size=32, max_size=32))
def test_a_dedup_answer_hides_its_hashes(described: list[XorbLayout], key: bytes) -> None:
    shard = parse_shard(write_dedup_shard(described, key, 1_000, 2_000))
    assert shard.files == ()
    assert shard.footer is not None
    assert (shard.footer.key, shard.footer.created, shard.footer.expiry) == (key, 1_000, 2_000)
    for xorb, layout in zip(shard.xorbs, described, strict=True):
        assert xorb.hashes == b"".join(keyed(key, layout.hash_at(i)) for i in range(layout.n))
        assert layout.hash_at(0) not in xorb.hashes


@given(st.integers(0, len(GOOD) - 1))
def test_it_refuses_a_truncated_shard(length: int) -> None:
    with pytest.raises(Invalid):
        parse_shard(GOOD[:length])


@settings(max_examples=100)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_damaged_shard_never_breaks_it(at: int, flip: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] ^= flip
    try:
        parse_shard(damaged)
    except HubError as error:
        assert error.message.endswith(".")


def with_word(offset: int, value: int) -> bytes:
    return GOOD[:offset] + struct.pack("<I", value) + GOOD[offset + 4 :]


FILE_HEAD, TERM, XORB_HEAD = 48, 96, 48 + 4 * 48 + 48


@pytest.mark.parametrize(
    ("shard", "reason"),
    [
        pytest.param(b"", "truncated", id="nothing"),
        pytest.param(b"x" + GOOD[1:], "header is wrong", id="tag"),
        pytest.param(with_word(32, 3), "header is wrong", id="version"),
        pytest.param(GOOD + b"more", "Bytes follow", id="bytes after the end"),
        pytest.param(with_word(40, 200), "footer is missing", id="announced footer"),
        pytest.param(with_word(FILE_HEAD + 36, 2**32 - 1), "more than", id="four milliard terms"),
        pytest.param(with_word(FILE_HEAD + 36, 400_000), "truncated", id="terms that are not there"),
        pytest.param(with_word(TERM + 40, 2), "empty range", id="term without chunks"),
        pytest.param(with_word(XORB_HEAD + 36, 2**31), "truncated", id="chunks that are not there"),
        pytest.param(with_word(XORB_HEAD + 48 + 36, 21), "do not follow one another", id="overlapping chunks"),
        pytest.param(with_word(XORB_HEAD + 40, 51), "do not follow one another", id="wrong sum"),
    ],
)
def test_it_refuses_what_is_malformed(shard: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse_shard(shard)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (ShardLimits(size=100), "at most 100"),
        (ShardLimits(files=0), "too many files"),
        (ShardLimits(terms=0), "more than 0 terms"),
        (ShardLimits(xorbs=0), "too many xorbs"),
    ],
)
def test_it_keeps_to_its_limits(limits: ShardLimits, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        parse_shard(GOOD, limits)
