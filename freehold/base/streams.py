"""Where bytes are and how to get them, said without knowing HTTP: `Located = Here | Made | Elsewhere`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Buffer = bytes | bytearray | memoryview

PIECE = 1 << 20
"""The size in bytes of one read or write: large enough that Python's share of the work vanishes."""


@dataclass(frozen=True, slots=True)
class Here:
    """`length` bytes at `offset` of a local file: the kernel can send them."""

    path: Path
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Made:
    """`length` bytes that must be produced; each call of `pieces` starts from the beginning.

    A piece is valid only until the next one is asked for (buffers are reused).
    """

    length: int
    pieces: Callable[[], Iterator[Buffer]]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The bytes can be fetched without credentials from `url`, which expires."""

    url: str
    length: int


Located = Here | Made | Elsewhere
