"""The header of a safetensors file: names, types and shapes of its tensors, without reading one.

Format: 8 bytes little-endian header length, a JSON object of that length, then the tensors' bytes
(https://huggingface.co/docs/safetensors).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from freehold.base.errors import Invalid

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_HEADER = 100_000_000
"""The format's own limit in bytes."""
MAX_TENSORS = 1_000_000
MAX_RANK = 64


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: `start` and `stop` count bytes from the end of the header."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself: its tensors, and the free text under `__metadata__`."""

    tensors: tuple[Tensor, ...]
    metadata: Mapping[str, str]


class _Entry(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def read_header(read_range: ReadRange, size: int, limit: int = MAX_HEADER) -> Header:
    """Read the header of a file of `size` bytes. Raises Invalid if it is not safetensors or exceeds `limit` bytes."""
    if size < 8:
        raise Invalid("This is not a safetensors file: it is shorter than 8 bytes.")
    length = int.from_bytes(read_range(0, 8), "little")
    if length > min(size - 8, limit):
        raise Invalid(f"This is not a safetensors file: its header would be {length} bytes long.")
    return parse_header(read_range(8, 8 + length), size - 8 - length)


def parse_header(raw: bytes, data_bytes: int) -> Header:
    """Parse the JSON part, for tensors that share `data_bytes`. Raises Invalid."""
    try:
        entries = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(entries.pop("__metadata__", msgspec.Raw(b"{}")), type=dict[str, str] | None)
        if len(entries) > MAX_TENSORS:
            raise Invalid(f"The safetensors header lists more than {MAX_TENSORS:,} tensors.")
        decoder = msgspec.json.Decoder(_Entry)
        tensors = tuple(_tensor(name, decoder.decode(entry), data_bytes) for name, entry in entries.items())
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid("The safetensors header is not the JSON that the format asks for.") from error
    return Header(tensors, metadata or {})


def _tensor(name: str, entry: _Entry, data_bytes: int) -> Tensor:
    start, stop = entry.data_offsets
    bad_shape = len(entry.shape) > MAX_RANK or any(length < 0 for length in entry.shape)
    # No type is narrower than a bit, so a shape cannot ask for more elements than its bytes have bits.
    if bad_shape or not 0 <= start <= stop <= data_bytes or math.prod(entry.shape) > 8 * (stop - start):
        raise Invalid(f"The safetensors header places the tensor {name[:100]!r} outside the file.")
    return Tensor(name, entry.dtype, tuple(entry.shape), start, stop)
