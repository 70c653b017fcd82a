"""Streams of server-sent events about things that are counted: who follows one is woken when its number changes.

All streams of a process share one look at the numbers a second, however many they are.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from freehold.base.errors import HubError, StorageFailed, TooMany

log = structlog.get_logger("freehold")

Look = Callable[[Sequence[str]], Mapping[str, int]]
"""The numbers of the things that are followed; called in a worker thread."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long, in seconds, and how many."""

    look: float = 1.0
    ping: float = 25.0
    """Clients take a stream for dead that says nothing for 90 seconds."""
    life: float = 15 * 60.0
    most: int = 400
    """Streams of one process."""
    most_of_one: int = 20
    """Streams of one caller."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream says next; `more`: ask again at once, `last`: that was all."""

    text: bytes
    more: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One stream: of which thing, for whom, and what it says. Both are called in worker threads.

    `tell` raises HubError to end the stream; `farewell` is said when the server ends it and the client shall come back.
    """

    thing: str
    caller: str
    tell: Callable[[], Told]
    farewell: Callable[[], bytes]


@dataclass(eq=False)
class Watch:
    """One stream's place in the queue."""

    caller: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Until the number changes, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), seconds)
        self.woken.clear()


class Following:
    """The streams of one process."""

    def __init__(self, look: Look) -> None:
        self.pace = Pace()
        self._look = look
        self._watches: dict[str, set[Watch]] = {}
        self._task: asyncio.Task[None] | None = None

    def response(self, request: Request, story: Story) -> StreamingResponse:
        """The stream as an answer. Raises TooMany."""
        self._demand_room(story.caller)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        ending = request.scope.get("extensions", {}).get("freehold.ending", {}).get("event")
        return StreamingResponse(self._stream(story, ending), media_type="text/event-stream", headers=headers)

    async def _stream(self, story: Story, ending: asyncio.Event | None) -> AsyncIterator[bytes]:
        over = asyncio.get_running_loop().time() + self.pace.life
        with self._watching(story) as watch, _also(ending, watch.woken):
            # At once, so that who asks sees that it is a stream before anything has happened.
            yield b": hello\n\n"
            try:
                while not _has_come(ending) and asyncio.get_running_loop().time() < over:
                    told = await run_in_threadpool(story.tell)
                    yield told.text or b": still here\n\n"
                    if told.last:
                        return
                    if not told.more:
                        await watch.wait(self.pace.ping)
                yield await run_in_threadpool(story.farewell)
            except HubError:
                return  # it is gone, or no longer for the caller: who asks again is told so

    @contextmanager
    def _watching(self, story: Story) -> Iterator[Watch]:
        watch = Watch(story.caller)
        self._watches.setdefault(story.thing, set()).add(watch)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look_on())
        try:
            yield watch
        finally:
            self._watches[story.thing].discard(watch)
            if not self._watches[story.thing]:
                del self._watches[story.thing]

    async def _look_on(self) -> None:
        """Wake those whose number is not what it was; ends when nobody follows anything."""
        known: Mapping[str, int] = {}
        while self._watches:
            try:
                seen = await run_in_threadpool(self._look, list(self._watches))
            except StorageFailed as error:
                log.warning("followers wait", reason=error.message)
                seen = known
            for thing in [one for one in self._watches if seen.get(one) != known.get(one)]:
                for watch in self._watches[thing]:
                    watch.woken.set()
            known = seen
            await asyncio.sleep(self.pace.look)

    def _demand_room(self, caller: str) -> None:
        callers = [watch.caller for watches in list(self._watches.values()) for watch in list(watches)]
        if len(callers) >= self.pace.most or callers.count(caller) >= self.pace.most_of_one:
            raise TooMany("Too many streams of events are open. Close some, or ask again in a minute.", 60)


@contextmanager
def _also(ending: asyncio.Event | None, woken: asyncio.Event) -> Iterator[None]:
    """Let the server's end wake a stream, too."""
    if ending is None:
        yield
        return

    async def pass_on() -> None:
        await ending.wait()
        woken.set()

    task = asyncio.create_task(pass_on())
    try:
        yield
    finally:
        task.cancel()


def _has_come(ending: asyncio.Event | None) -> bool:
    return ending is not None and ending.is_set()
