"""Xorbs, the containers of chunks: verified as they stream in, described by a layout, decoded and written."""

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from freehold.base.errors import Invalid, TooLarge
from freehold.base.streams import Buffer
from freehold.wire.xet.codec import (
    FOOTER_IDENT,
    HEADER_BYTES,
    ChunkDecoder,
    ChunkHeader,
    Scheme,
    encode_chunk,
)
from freehold.wire.xet.hashes import HASH_BYTES, chunk_hash, merkle

MAX_RAW = 64 << 20
"""Raw bytes in a xorb."""

MAX_STORED = MAX_RAW + (1 << 20)
"""Stored bytes in a xorb: incompressible chunks cost a header each, so it may exceed the raw length."""

MAX_CHUNKS = 32 << 10

_FOOTER_HEAD = struct.Struct("<7sB32s")
_SECTION = struct.Struct("<7sBI")
_FOOTER_TAIL = struct.Struct("<3I16s")
_FOOTER_OVERHEAD = _FOOTER_HEAD.size + 2 * _SECTION.size + _FOOTER_TAIL.size + 4


@dataclass(frozen=True, slots=True)
class XorbLayout:
    """Where each chunk of a xorb lies and what it hashes to.

    `hashes` are the chunk hashes end to end; `ends` and `raw_ends` are the offsets at which each chunk ends,
    headers counted, in the stored and in the raw bytes.
    """

    hash: bytes
    hashes: bytes
    ends: "array[int]"
    raw_ends: "array[int]"

    @property
    def n(self) -> int:
        """How many chunks."""
        return len(self.ends)

    @property
    def raw_bytes(self) -> int:
        """Length of the content."""
        return self.raw_ends[-1]

    @property
    def stored_bytes(self) -> int:
        """Length of the stored object."""
        return self.ends[-1]

    def hash_at(self, index: int) -> bytes:
        """The hash of one chunk."""
        return self.hashes[HASH_BYTES * index : HASH_BYTES * (index + 1)]

    def stored_span(self, start: int, end: int) -> tuple[int, int]:
        """The stored bytes, as (offset, end), of chunks `start` to `end` (exclusive)."""
        return (self.ends[start - 1] if start else 0), self.ends[end - 1]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw bytes, as (offset, end), of chunks `start` to `end` (exclusive)."""
        return (self.raw_ends[start - 1] if start else 0), self.raw_ends[end - 1]

    def raw_sizes(self, start: int = 0, end: int | None = None) -> list[int]:
        """The raw lengths of chunks `start` to `end` (exclusive)."""
        stop = self.n if end is None else end
        offsets = [self.raw_ends[start - 1] if start else 0, *self.raw_ends[start:stop]]
        return [after - before for before, after in pairwise(offsets)]

    def to_bytes(self) -> bytes:
        """The footer of version 1 with its length, as xorb files carry it at their end: 96 bytes and 40 a chunk."""
        hashes = _SECTION.pack(b"XBLBHSH", 0, self.n) + self.hashes
        ends = _SECTION.pack(b"XBLBBND", 1, self.n) + _little(self.ends) + _little(self.raw_ends)
        tail_bytes = _FOOTER_TAIL.size
        offsets = (self.n, len(hashes) + len(ends) + tail_bytes, len(ends) + tail_bytes, bytes(16))
        info = _FOOTER_HEAD.pack(FOOTER_IDENT, 1, self.hash) + hashes + ends + _FOOTER_TAIL.pack(*offsets)
        return info + struct.pack("<I", len(info))

    @staticmethod
    def from_bytes(data: Buffer) -> "XorbLayout":
        """Read what `to_bytes` wrote; raises Invalid."""
        return _parse_footer(memoryview(data).cast("B"))


def _parse_footer(view: memoryview) -> XorbLayout:
    """The layout in a footer; every length and order is checked, the hashes are taken as they are."""
    head, section = _FOOTER_HEAD.size, _SECTION.size
    count = (len(view) - _FOOTER_OVERHEAD) // (HASH_BYTES + 8)
    if count < 1 or count > MAX_CHUNKS:
        raise Invalid("The xorb's footer has an impossible length.")
    ident, version, digest = _FOOTER_HEAD.unpack_from(view)
    at = head + section
    hashes, at = bytes(view[at : at + HASH_BYTES * count]), at + HASH_BYTES * count + section
    ends, at = _words(view[at : at + 4 * count]), at + 4 * count
    raw_ends = _words(view[at : at + 4 * count])
    layout = XorbLayout(digest, hashes, ends, raw_ends)
    if (ident, version) != (FOOTER_IDENT, 1) or not _rising(ends) or not _rising(raw_ends):
        raise Invalid("The xorb's footer is damaged: its offsets do not rise.")
    # The four random bytes that other writers leave near the end are the only ones that may differ.
    if view[:-24] != memoryview(layout.to_bytes())[:-24] or view[-4:] != layout.to_bytes()[-4:]:
        raise Invalid("The xorb's footer is damaged.")
    return layout


def _rising(offsets: "array[int]") -> bool:
    return all(before < after for before, after in pairwise((0, *offsets)))


def _little(words: "array[int]") -> bytes:
    """As little-endian u32 on the wire, whatever the machine."""
    return np.asarray(words, "<u4").tobytes()


def _words(data: memoryview) -> "array[int]":
    return array("I", np.frombuffer(data, "<u4").tolist())


class XorbVerifier:
    """Checks a xorb while it streams in, holding at most one chunk: headers, lengths, compression, hashes.

    Call `feed` with the pieces in order, then `finish`. A footer after the chunks, as older clients send it,
    is passed over; `body_length` says where the chunks end.
    """

    def __init__(self) -> None:
        self.body_length = 0
        self._decoder = ChunkDecoder()
        self._carry = bytearray()
        self._hashes: list[bytes] = []
        self._ends, self._raw_ends = array("I"), array("I")
        self._raw_length = 0
        self._in_footer, self._footer_left = False, 0

    def feed(self, data: Buffer) -> None:
        """Take the next piece, of any length; it may be reused after the return. Raises Invalid or TooLarge."""
        view = memoryview(data).cast("B")
        at = self._join(view) if self._carry else 0
        at = self._take(view, at)
        if self._in_footer:
            self._skip_footer(len(view) - at)
        else:
            self._carry += view[at:]

    def finish(self, expected: bytes | None = None) -> XorbLayout:
        """The layout of the whole; raises Invalid if it is truncated, empty or does not hash to `expected`."""
        if self._carry:
            raise Invalid("The xorb is truncated: it ends in the middle of a chunk. Send it again.")
        if not self._ends:
            raise Invalid("The xorb is empty.")
        hashes = b"".join(self._hashes)
        layout = XorbLayout(b"", hashes, self._ends, self._raw_ends)
        root = merkle(hashes, layout.raw_sizes())
        if expected not in (None, root):
            raise Invalid("The xorb's content does not match its hash. It was damaged on the way: send it again.")
        return replace(layout, hash=root)

    def _take(self, view: memoryview, at: int) -> int:
        """Work through the whole chunks of `view` from `at`; returns where the first incomplete one starts."""
        size = len(view)
        while size - at >= HEADER_BYTES and not self._in_footer:
            header = bytes(view[at : at + HEADER_BYTES])
            if header.startswith(FOOTER_IDENT):
                self._in_footer, self._footer_left = True, _FOOTER_OVERHEAD + (HASH_BYTES + 8) * len(self._ends)
                break
            chunk = ChunkHeader.parse(header)
            payload, end = at + HEADER_BYTES, at + HEADER_BYTES + chunk.stored
            if end > size:
                break
            self._add(chunk, view[payload:end])
            at = end
        return at

    def _join(self, view: memoryview) -> int:
        """Complete the chunk that the last piece left unfinished; returns how much of `view` that took."""
        at = 0
        for _ in range(2):  # first the header, then the payload that it announces
            wanted = HEADER_BYTES
            if len(self._carry) >= HEADER_BYTES and not self._carry.startswith(FOOTER_IDENT):
                wanted += ChunkHeader.parse(bytes(self._carry[:HEADER_BYTES])).stored
            missing = max(wanted - len(self._carry), 0)
            self._carry += view[at : at + missing]
            at = min(at + missing, len(view))
        carry, self._carry = self._carry, bytearray()
        done = self._take(memoryview(carry), 0)
        if self._in_footer:
            self._skip_footer(len(carry) - done)
        else:
            self._carry += memoryview(carry)[done:]
        return at

    def _add(self, header: ChunkHeader, payload: memoryview) -> None:
        raw = self._decoder.decode(header, payload)
        self._hashes.append(chunk_hash(raw))
        self._raw_length += header.raw
        self.body_length += HEADER_BYTES + header.stored
        self._ends.append(self.body_length)
        self._raw_ends.append(self._raw_length)
        if self._raw_length > MAX_RAW or self.body_length > MAX_STORED or len(self._ends) > MAX_CHUNKS:
            raise TooLarge(f"The xorb is too large: at most {MAX_RAW} bytes in {MAX_CHUNKS} chunks are accepted.")

    def _skip_footer(self, size: int) -> None:
        self._footer_left -= size
        if self._footer_left < 0:
            raise Invalid("Bytes follow the end of the xorb.")


def decode(stored: Buffer, decoder: ChunkDecoder | None = None) -> Iterator[memoryview]:
    """The raw chunks of a run of whole stored chunks; each is valid until the next. Raises Invalid."""
    view, decoder, at = memoryview(stored).cast("B"), decoder or ChunkDecoder(), 0
    while at < len(view):
        if len(view) - at < HEADER_BYTES:
            raise Invalid("The run of chunks is truncated.")
        header = ChunkHeader.parse(bytes(view[at : at + HEADER_BYTES]))
        start, at = at + HEADER_BYTES, at + HEADER_BYTES + header.stored
        if at > len(view):
            raise Invalid("The run of chunks is truncated.")
        yield decoder.decode(header, view[start:at])


def encode_xorb(chunks: Iterable[bytes], scheme: Scheme = Scheme.LZ4) -> bytes:
    """The stored form of `chunks`, as a client would upload it."""
    return b"".join(encode_chunk(chunk, scheme) for chunk in chunks)
