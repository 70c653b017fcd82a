"""Shards on their way in: checked in a worker thread while the client is told how far that is."""

import asyncio
import mmap
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from freehold.asgi.bytes import receive_into
from freehold.asgi.errors import INTERNAL
from freehold.base.errors import HubError, Invalid, StorageFailed, StorageFull
from freehold.base.ids import RepoKind
from freehold.core.repos.large import RepoObjects
from freehold.protocols.xet.entrance import Entrance, Visit
from freehold.stores.db.database import Transaction
from freehold.stores.xet.shards import MissingXorbs, Registered
from freehold.stores.xet.store import XetStore
from freehold.wire.xet.shard import ShardLimits

_TELL_S = 10.0
"""The longest silence while a shard is checked; clients wait for minutes, proxies often for one."""

log = structlog.get_logger("freehold")


@dataclass(slots=True)
class _Work:
    """A shard being checked, and how many of its files are done."""

    visit: Visit
    body: IO[bytes]
    done: int = 0
    total: int = 0

    def progress(self, done: int, total: int) -> None:
        """Called in the thread that checks."""
        self.done, self.total = done, total


@dataclass(frozen=True, slots=True)
class ShardEndpoints:
    """`POST /v1/shards` and `POST /v2/shards`."""

    entrance: Entrance
    objects: RepoObjects
    xet: XetStore
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def v1(self, request: Request) -> Response:
        """One answer at the end; errors are HTTP errors."""
        with tempfile.TemporaryFile() as body:
            work = await self._take(request, body)
            await self._register(work)
        return JSONResponse({"result": 1})

    async def v2(self, request: Request) -> Response:
        """Frames of NDJSON; the last one is the result, or an error whose message the user sees."""
        body = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the frames, which outlive this call
        try:
            work = await self._take(request, body)
        except BaseException:
            body.close()
            raise
        return StreamingResponse(self._frames(work), media_type="application/x-ndjson")

    async def _take(self, request: Request, body: IO[bytes]) -> _Work:
        """The whole shard in a file without a name: it may have 64 MiB, and many may come at once."""
        visit = await run_in_threadpool(self.entrance.writer, request)

        def write(piece: memoryview) -> None:
            body.write(piece)

        await receive_into(request, write, ShardLimits().size)
        return _Work(visit, body)

    async def _frames(self, work: _Work) -> AsyncIterator[bytes]:
        """Progress until the check is over, then its outcome."""
        task = asyncio.ensure_future(self._register(work))
        try:
            yield _frame("validating", verified=0, total=0)
            while not (await asyncio.wait({task}, timeout=_TELL_S))[0]:
                yield _frame("validating", verified=work.done, total=work.total)
            yield _outcome(task)
        finally:
            # The client may have gone; what was begun is finished all the same, and a retry finds it done.
            task.add_done_callback(lambda done: (done.exception(), work.body.close()))

    async def _register(self, work: _Work) -> None:
        async with self.turns:
            await run_in_threadpool(self._check, work)

    def _check(self, work: _Work) -> None:
        work.body.flush()
        if not work.body.tell():
            raise Invalid("The shard is empty.")
        visit = work.visit
        # Not closed by name: while an error is on its way up, its traceback still points into the map.
        data = memoryview(mmap.mmap(work.body.fileno(), 0, access=mmap.ACCESS_READ))
        try:
            self.xet.shards.register(visit.caller, visit.repo.repo.id, data, self._binder(visit), work.progress)
        except MissingXorbs:
            # The client's cache names what is gone or not its own: a new address makes it start a new cache.
            if visit.actor.principal is not None:
                self.entrance.people.bump_xet_epoch(visit.actor.principal)
            raise

    def _binder(self, visit: Visit) -> Any:
        repo = visit.repo.repo
        if repo.kind is RepoKind.BUCKET:
            # Files of a bucket are known by their Xet hash alone; a batch gives them their paths.
            return lambda tx, files: self.entrance.repos.buckets.expect(tx, repo, files, visit.permit)

        def bind(tx: Transaction, files: Sequence[Registered]) -> None:
            """Write the contents into the repository's books, unless its namespace has no room for them."""
            self.objects.lock(tx, repo.id)
            visit.permit.confirm(tx)
            named = {file.sha256: file for file in files if file.sha256 is not None}
            held = self.objects.held(repo, list(named))
            self.objects.check_room(repo, [file.size for sha256, file in named.items() if sha256 not in held])
            for sha256, file in named.items():
                self.objects.link_xet(tx, repo.id, sha256, file.size, file.hash)

        return bind


def _outcome(task: "asyncio.Future[None]") -> bytes:
    error = task.exception()
    if error is None:
        return _frame("result")
    if isinstance(error, HubError):
        retryable = isinstance(error, StorageFailed) and not isinstance(error, StorageFull)
        return _frame("error", message=error.message, retryable=retryable)
    log.error("shard failed", exc_info=error)
    return _frame("error", message=INTERNAL, retryable=False)


def _frame(kind: str, **fields: Any) -> bytes:
    return msgspec.json.encode({"type": kind, **fields}) + b"\n"
