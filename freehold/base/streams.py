"""Where bytes are and how to get them, said without knowing HTTP, and what bytes on their way in must keep."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

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
    """The bytes can be fetched without credentials from `url`, which expires; `pieces` are for who may not go there."""

    url: str
    length: int
    pieces: Callable[[], Iterator[Buffer]]


Located = Here | Made | Elsewhere
"""Where the bytes of a span are."""


class Unfinished(ABC):
    """Bytes on their way in. Leaving the block before they are complete and durable leaves nothing behind."""

    @abstractmethod
    def abort(self) -> None:
        """Forget everything; harmless when all is complete, or was forgotten before."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()
