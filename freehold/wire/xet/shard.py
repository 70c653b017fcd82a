"""Shards, the documents that say which chunks make up which file: parsed under limits, and written."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from freehold.base.errors import Invalid
from freehold.base.ids import Sha256
from freehold.base.streams import Buffer
from freehold.wire.xet.hashes import HASH_BYTES, keyed, sha_from_wire, sha_to_wire
from freehold.wire.xet.xorb import XorbLayout

_TAG = b"HFRepoMetaData\0" + bytes.fromhex("5569 6745 6a7b 8157 83a5 bdd9 5ccd d14a a9")
_HEADER_VERSION, _FOOTER_VERSION = 2, 1
_RECORD = 48
_FOOTER_BYTES = 200
_BOOKEND_HASH = b"\xff" * HASH_BYTES
_BOOKEND = _BOOKEND_HASH + bytes(_RECORD - HASH_BYTES)
_VERIFIED, _WITH_SHA256 = 1 << 31, 1 << 30  # flags of a file record
_GLOBAL = 1 << 31  # flag of a chunk that others may ask for

_HEAD = struct.Struct("<32s4I")
_HEADER = struct.Struct("<32sQQ")
_FOOTER = struct.Struct("<9Q32sQQ48x4Q")
_CHUNKS = np.dtype([("hash", "V32"), ("start", "<u4"), ("length", "<u4"), ("flags", "<u4"), ("unused", "<u4")])


@dataclass(frozen=True, slots=True)
class ShardLimits:
    """What a shard may ask of us: its length in bytes and how many records of each kind it may hold."""

    size: int = 64 << 20
    files: int = 200_000
    terms: int = 500_000
    xorbs: int = 20_000


@dataclass(frozen=True, slots=True)
class Term:
    """Chunks `start` to `end` (exclusive) of a xorb, `unpacked` raw bytes in all."""

    xorb: bytes
    unpacked: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file as terms in order; `range_hashes` are their proofs end to end, or None where the shard has none."""

    hash: bytes
    terms: tuple[Term, ...]
    range_hashes: bytes | None = None
    sha256: Sha256 | None = None

    @property
    def size(self) -> int:
        """The file's length in bytes, as the shard claims it."""
        return sum(term.unpacked for term in self.terms)


@dataclass(frozen=True, slots=True)
class XorbInfo:
    """A xorb as the shard describes it: chunk hashes end to end, raw end offsets, and bytes on disk (often 0)."""

    hash: bytes
    hashes: bytes
    raw_ends: tuple[int, ...]
    stored_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ShardFooter:
    """What a stored or dedup shard says of itself: the key of its chunk hashes (ZERO: plain), times in Unix seconds."""

    key: bytes
    created: int
    expiry: int


@dataclass(frozen=True, slots=True)
class Shard:
    """A parsed shard; an uploaded one has no footer."""

    files: tuple[FileInfo, ...]
    xorbs: tuple[XorbInfo, ...]
    footer: ShardFooter | None = None


def parse_shard(data: Buffer, limits: ShardLimits | None = None) -> Shard:
    """Read a shard; raise Invalid with a sentence where it breaks the format or a limit.

    Only the form is checked here: whether hashes and proofs are true is for the one who knows the xorbs.
    """
    limits = limits or ShardLimits()
    view = memoryview(data).cast("B")
    if len(view) > limits.size:
        raise Invalid(f"The shard has {len(view)} bytes; at most {limits.size} are accepted. Split the upload.")
    reader = _Reader(view)
    tag, version, footer_bytes = _HEADER.unpack(reader.take(_RECORD))
    if tag != _TAG or version != _HEADER_VERSION:
        raise Invalid("This is not a shard of version 2: its header is wrong.")
    files = tuple(_files(reader, limits))
    xorbs = tuple(_xorbs(reader, limits))
    return Shard(files, xorbs, _footer(reader, footer_bytes))


class _Reader:
    """A cursor over the shard's bytes that never reads past the end."""

    def __init__(self, view: memoryview) -> None:
        self.view, self.at = view, 0

    def take(self, size: int) -> memoryview:
        """The next `size` bytes."""
        if self.left < size:
            raise Invalid("The shard is truncated: it ends in the middle of a record.")
        piece = self.view[self.at : self.at + size]
        self.at += size
        return piece

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self.view) - self.at

    def heads(self, limit: int, what: str) -> Iterator[tuple[bytes, int, int, int, int]]:
        """Section by section: (hash, four words) of each head record up to the bookend."""
        while (head := _HEAD.unpack(self.take(_RECORD)))[0] != _BOOKEND_HASH:
            limit -= 1
            if limit < 0:
                raise Invalid(f"The shard names too many {what}. Split the upload.")
            yield head


def _files(reader: _Reader, limits: ShardLimits) -> Iterator[FileInfo]:
    """The file section. A hash that many terms share is kept once."""
    budget, known = limits.terms, dict[bytes, bytes]()
    for digest, flags, count, _, _ in reader.heads(limits.files, "files"):
        budget -= count
        if budget < 0:
            raise Invalid(f"The shard has more than {limits.terms} terms. Split the upload.")
        terms = tuple(_terms(reader.take(_RECORD * count), known))
        proofs = _hash_column(reader.take(_RECORD * count)) if flags & _VERIFIED else None
        sha256 = sha_from_wire(reader.take(_RECORD)[:HASH_BYTES]) if flags & _WITH_SHA256 else None
        yield FileInfo(digest, terms, proofs, sha256)


def _terms(records: memoryview, known: dict[bytes, bytes]) -> Iterator[Term]:
    for xorb, _, unpacked, start, end in _HEAD.iter_unpack(records):
        if start >= end:
            raise Invalid("A term of the shard has an empty range of chunks.")
        yield Term(known.setdefault(xorb, xorb), unpacked, start, end)


def _xorbs(reader: _Reader, limits: ShardLimits) -> Iterator[XorbInfo]:
    """The xorb section; each xorb's chunks must follow one another without gaps."""
    for digest, _, count, raw_bytes, stored_bytes in reader.heads(limits.xorbs, "xorbs"):
        chunks: NDArray[np.void] = np.frombuffer(reader.take(_RECORD * count), _CHUNKS)
        ends = np.cumsum(chunks["length"], dtype=np.uint64)
        starts = ends - chunks["length"]
        if not np.array_equal(starts, chunks["start"]) or (int(ends[-1]) if count else 0) != raw_bytes:
            raise Invalid("A xorb of the shard has chunks that do not follow one another.")
        yield XorbInfo(digest, chunks["hash"].tobytes(), tuple(ends.tolist()), stored_bytes)


def _hash_column(records: memoryview) -> bytes:
    """The leading hash of each record, end to end."""
    return np.frombuffer(records, _CHUNKS)["hash"].tobytes()


def _footer(reader: _Reader, size: int) -> ShardFooter | None:
    """The footer at the very end, if the header announced one; lookup tables before it are not needed."""
    if size == 0:
        if reader.left:
            raise Invalid("Bytes follow the end of the shard.")
        return None
    if size != _FOOTER_BYTES or reader.left < size:
        raise Invalid("The shard's footer is missing or has a wrong length.")
    footer = _FOOTER.unpack(reader.view[-size:])
    if footer[0] != _FOOTER_VERSION:
        raise Invalid("The shard's footer has an unknown version.")
    return ShardFooter(key=footer[9], created=footer[10], expiry=footer[11])


def write_upload_shard(files: Iterable[FileInfo], layouts: Iterable[XorbLayout]) -> bytes:
    """A shard as clients upload it: files and the new xorbs, without footer."""
    parts = [_HEADER.pack(_TAG, _HEADER_VERSION, 0)]
    for file in files:
        parts += _file_records(file)
    parts.append(_BOOKEND)
    for layout in layouts:
        parts += _xorb_records(layout, layout.hashes, 0)
    parts.append(_BOOKEND)
    return b"".join(parts)


def write_dedup_shard(layouts: Sequence[XorbLayout], key: bytes, created: int, expiry: int) -> bytes:
    """The answer to a dedup question: xorbs whose chunk hashes are hidden under `key`; times in Unix seconds.

    `expiry` must lie in the future, or the client drops the answer at its next start. The lookup tables
    are left empty: the client makes its own.
    """
    parts = [_HEADER.pack(_TAG, _HEADER_VERSION, _FOOTER_BYTES), _BOOKEND]
    for layout in layouts:
        hidden = b"".join(keyed(key, layout.hash_at(i)) for i in range(layout.n))
        parts += _xorb_records(layout, hidden, _GLOBAL)
    parts.append(_BOOKEND)
    end = sum(map(len, parts))
    raw, stored = sum(x.raw_bytes for x in layouts), sum(x.stored_bytes for x in layouts)
    offsets = (_RECORD, 2 * _RECORD, end, 0, end, 0, end, 0)
    parts.append(_FOOTER.pack(_FOOTER_VERSION, *offsets, key, created, expiry, stored, 0, raw, end))
    return b"".join(parts)


def _file_records(file: FileInfo) -> list[bytes]:
    flags = (_VERIFIED if file.range_hashes is not None else 0) | (_WITH_SHA256 if file.sha256 else 0)
    records = [_HEAD.pack(file.hash, flags, len(file.terms), 0, 0)]
    records += [_HEAD.pack(term.xorb, 0, term.unpacked, term.start, term.end) for term in file.terms]
    proofs = file.range_hashes or b""
    records += [_HEAD.pack(proofs[i : i + HASH_BYTES], 0, 0, 0, 0) for i in range(0, len(proofs), HASH_BYTES)]
    if file.sha256:
        records.append(_HEAD.pack(sha_to_wire(file.sha256), 0, 0, 0, 0))
    return records


def _xorb_records(layout: XorbLayout, hashes: bytes, flags: int) -> list[bytes]:
    """The head and the chunks of one xorb; the numpy table writes all chunks at once."""
    chunks = np.zeros(layout.n, _CHUNKS)
    chunks["hash"] = np.frombuffer(hashes, "V32")
    ends = np.array(layout.raw_ends, np.uint32)
    chunks["start"][1:] = ends[:-1]
    chunks["length"] = ends - chunks["start"]
    chunks["flags"] = flags
    return [_HEAD.pack(layout.hash, 0, layout.n, layout.raw_bytes, layout.stored_bytes), chunks.tobytes()]
