"""git at work for a client on a line that stays open: bytes both ways, as fast as each side takes them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import IO, Any, Protocol, TypeVar

PIECE = 64 << 10

IDLE_S = 120.0
"""How long a line may be silent both ways before it is given up."""

# Of its own: each talk needs two threads, and none may wait for another's.
_threads = ThreadPoolExecutor(100, thread_name_prefix="ssh")

T = TypeVar("T")


class Source(Protocol):
    """What comes from the client."""

    async def read(self, n: int = -1) -> bytes:
        """Some bytes; none at the end."""

    async def readexactly(self, n: int) -> bytes:
        """So many bytes. Raises IncompleteReadError."""


class Target(Protocol):
    """What goes to the client."""

    def write(self, data: bytes) -> None:
        """Send."""

    async def drain(self) -> None:
        """Until the client has room for more."""


class Line:
    """One client's command: its three streams, and the moment of the last byte."""

    def __init__(self, stdin: Source, stdout: Target, stderr: Target) -> None:
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        self._last = time.monotonic()

    async def read(self) -> bytes:
        """The next bytes; none at the end."""
        data = await self._stdin.read(PIECE)
        self._last = time.monotonic()
        return data

    async def read_exactly(self, count: int) -> bytes:
        """So many bytes, or as many as there are before the end."""
        try:
            data = await self._stdin.readexactly(count)
        except asyncio.IncompleteReadError as error:
            data = error.partial
        self._last = time.monotonic()
        return data

    async def write(self, data: bytes) -> None:
        """Send, when the client has room."""
        self._stdout.write(data)
        await self._stdout.drain()
        self._last = time.monotonic()

    async def say(self, text: str) -> None:
        """A sentence for the person."""
        self._stderr.write(f"{text}\n".encode())
        with suppress(OSError):
            await self._stderr.drain()

    async def until_idle(self) -> None:
        """Return when nothing has come or gone for too long."""
        while (left := self._last + IDLE_S - time.monotonic()) > 0:  # noqa: ASYNC110 - no event tells of silence
            await asyncio.sleep(left)


class Pipe:
    """The way into a child: `reader` is its standard input."""

    def __init__(self) -> None:
        end, self._end = os.pipe()
        self.reader: IO[bytes] = os.fdopen(end, "rb", buffering=0)
        self._busy: asyncio.Future[Any] | None = None

    async def write(self, data: bytes) -> None:
        """Hand on; returns when the child has taken it. Raises BrokenPipeError when it has gone."""
        if self._end < 0:
            raise BrokenPipeError
        self._busy = asyncio.ensure_future(in_thread(lambda: _write_all(self._end, data)))
        await asyncio.shield(self._busy)

    async def shut(self) -> None:
        """Nothing more comes; returns when the child has taken what came, or cannot any more."""
        if self._busy is not None:
            with suppress(OSError):
                await asyncio.shield(self._busy)
        if self._end >= 0:
            os.close(self._end)
            self._end = -1

    async def close(self) -> None:
        """Give back both ends; a child that still runs keeps its own."""
        self.reader.close()
        await self.shut()


@asynccontextmanager
async def beside(*works: Awaitable[object]) -> AsyncIterator[None]:
    """Work that goes on during the block and ends with it; its errors are those of a line that broke."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def first_of(*works: Awaitable[object]) -> None:
    """Until one of them is done."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def holding() -> AsyncIterator[ExitStack]:
    """What a command holds, let go in a thread."""
    held = ExitStack()
    try:
        yield held
    finally:
        await asyncio.shield(in_thread(held.close))


async def in_thread(work: Callable[[], T]) -> T:
    """Do blocking work in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def _write_all(end: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(end, left) :]
