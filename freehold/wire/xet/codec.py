"""One chunk's payload, in the three ways a xorb stores it: as it is, LZ4, and LZ4 over byte planes."""

import struct
from enum import IntEnum
from typing import NamedTuple

import cramjam
import numpy as np
from numpy.typing import NDArray

from freehold.base.errors import Invalid

MAX_CHUNK = 128 << 10
"""The longest chunk in raw bytes."""

MAX_PAYLOAD = MAX_CHUNK + 1024
"""The longest payload in stored bytes: a chunk that LZ4 could not shrink, and its frame."""

HEADER_BYTES = 8
FOOTER_IDENT = b"XETBLOB"

# LZ4 frames as clients write them: independent blocks of at most 64 or 256 KiB, no sums, no size.
_FRAME_SMALL, _FRAME_LARGE = bytes.fromhex("04224d18 604082"), bytes.fromhex("04224d18 6050fb")
_FRAME_BYTES = 7
_BLOCK_START = _FRAME_BYTES + 4
_END_MARK = bytes(4)
_U32 = struct.Struct("<I")


class Scheme(IntEnum):
    """How a payload is stored; the value is the wire's."""

    NONE = 0
    LZ4 = 1
    BG4_LZ4 = 2


class ChunkHeader(NamedTuple):
    """What precedes a payload of `stored` bytes that holds a chunk of `raw` bytes."""

    stored: int
    scheme: int
    raw: int

    @staticmethod
    def parse(header: bytes) -> "ChunkHeader":
        """Read 8 bytes: version 0, stored length (3 bytes), scheme, raw length (3 bytes). Raises Invalid."""
        word = int.from_bytes(header, "little")
        parsed = ChunkHeader(word >> 8 & 0xFFFFFF, word >> 32 & 0xFF, word >> 40)
        if word & 0xFF or parsed.scheme > Scheme.BG4_LZ4:
            raise Invalid("The xorb is damaged: a chunk header has an unknown version or compression scheme.")
        if not 0 < parsed.raw <= MAX_CHUNK or not 0 < parsed.stored <= MAX_PAYLOAD:
            raise Invalid(f"A chunk of the xorb is empty or longer than {MAX_CHUNK} bytes.")
        return parsed

    def to_bytes(self) -> bytes:
        """The 8 bytes."""
        return (self.stored << 8 | self.scheme << 32 | self.raw << 40).to_bytes(HEADER_BYTES, "little")


class ChunkDecoder:
    """Turns payloads into raw chunks in buffers of its own, so that no payload can make it grow."""

    def __init__(self) -> None:
        self._unpacked = memoryview(bytearray(MAX_CHUNK))
        self._planes = np.frombuffer(self._unpacked, np.uint8)
        self._regrouped = np.empty(MAX_CHUNK, np.uint8)

    def decode(self, header: ChunkHeader, payload: memoryview) -> memoryview:
        """The raw chunk, valid until the next call; raises Invalid for anything but exactly `header.raw` bytes."""
        if header.scheme == Scheme.NONE:
            if header.stored != header.raw:
                raise Invalid("An uncompressed chunk of the xorb has two different lengths.")
            return payload
        raw = header.raw
        unpacked = self._unpacked[:raw]
        try:
            written = _decompress(payload, unpacked)
        except cramjam.DecompressionError as error:
            raise Invalid("A chunk of the xorb does not decompress to the length that its header gives.") from error
        if written != raw:
            raise Invalid("A chunk of the xorb decompresses to fewer bytes than its header says.")
        if header.scheme == Scheme.LZ4:
            return unpacked
        _regroup(self._planes[:raw], self._regrouped[:raw])
        return self._regrouped[:raw].data


def _decompress(payload: memoryview, out: memoryview) -> int:
    """Decompress an LZ4 frame into `out` and return the length; never writes beyond `out`.

    Clients write frames of one block without sums; the block decoder is twice as fast as the frame decoder.
    """
    if payload[:_FRAME_BYTES] in (_FRAME_SMALL, _FRAME_LARGE) and payload[-4:] == _END_MARK:
        block = payload[_BLOCK_START:-4]
        if _U32.unpack_from(payload, _FRAME_BYTES)[0] == len(block):
            return int(cramjam.lz4.decompress_block_into(block, out))
    return int(cramjam.lz4.decompress_into(payload, out))


def _regroup(planes: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Undo the grouping of bytes by their index modulo 4; the first planes are longer if 4 does not divide.

    One strided copy for each plane takes 0.3 ns a byte; transposing a matrix takes three times as long, and
    widening planes into words only a tenth less.
    """
    start = 0
    for k in range(4):
        stop = start + (len(planes) - k + 3) // 4
        out[k::4] = planes[start:stop]
        start = stop


def encode_chunk(raw: bytes, scheme: Scheme) -> bytes:
    """Header and payload of a chunk; stored as it is where compression would not shrink it."""
    payload = raw
    if scheme is not Scheme.NONE:
        grouped = raw if scheme is Scheme.LZ4 else b"".join(raw[k::4] for k in range(4))
        block = bytes(cramjam.lz4.compress_block(grouped, store_size=False))
        payload = _FRAME_LARGE + _U32.pack(len(block)) + block + _END_MARK
    if len(payload) >= len(raw):
        scheme, payload = Scheme.NONE, raw
    return ChunkHeader(len(payload), scheme, len(raw)).to_bytes() + payload
