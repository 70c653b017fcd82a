"""The endpoints of git's smart HTTP (gitprotocol-http): what is there, fetching, pushing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import repo_of
from freehold.base.errors import BadCredentials, Invalid, RevisionNotFound, StorageFailed
from freehold.core.repos.pushing import PushWriter
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.protocols.git.answers import AT_ONCE, document, in_thread, streamed
from freehold.protocols.git.bodies import receive
from freehold.protocols.git.landing import MOST_PUSHED, MOST_WANTS, land, version_of, wherever_it_is
from freehold.stores.blobs.store import as_hub_errors
from freehold.stores.git.process import GitProcess
from freehold.stores.git.scratch import Quarantine
from freehold.wire.git.lsrefs import parse_ls_refs
from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.push import advertise, parse_push
from freehold.wire.git.wants import parse_wants, refusal

_UPLOAD, _RECEIVE = "git-upload-pack", "git-receive-pack"
_NEWEST = "version=2"
_SHORT = 4096


class Services:
    """All of them; each returns a response or raises a HubError."""

    def __init__(self, repos: Repos) -> None:
        self._repos = repos
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._greeting: bytes | None = None

    async def info_refs(self, request: Request) -> Response:
        """`GET …/info/refs?service=…`: what refs there are, and what the service can do."""
        service = request.query_params.get("service")
        if service == _RECEIVE:
            writer = await run_in_threadpool(self._writer, request)
            refs = await run_in_threadpool(writer.advertised)
            return document(advertise(refs), _RECEIVE, "advertisement")
        reader = await run_in_threadpool(self._reader, request)
        if service != _UPLOAD:
            raise Invalid("This hub speaks git's smart protocol only. Use git 1.6.6 or newer.")
        if _protocol(request) == _NEWEST:
            return document(await self._capabilities(request, reader), _UPLOAD, "advertisement")
        async with self._held() as held:
            view = await in_thread(partial(held.enter_context, reader.view()))
            process = await self._started(held, view, request, "--http-backend-info-refs")
            prefix = line(b"# service=git-upload-pack\n") + FLUSH
            return await streamed(process, held, f"application/x-{_UPLOAD}-advertisement", prefix)

    async def upload_pack(self, request: Request) -> Response:
        """`POST …/git-upload-pack`: git packs what the client lacks."""
        reader = await run_in_threadpool(self._reader, request)
        said = await _short(request)
        if said and _protocol(request) == _NEWEST and (asked := parse_ls_refs(said)):
            return document(await run_in_threadpool(reader.refs_told, asked), _UPLOAD, "result")
        async with self._held() as held:
            view = await in_thread(partial(held.enter_context, reader.view()))
            wants = held.enter_context((view / "request").open("w+b"))
            if said is None:
                await receive(request, wants, MOST_WANTS)
            else:
                await in_thread(partial(_keep, wants, said))
            try:
                await in_thread(partial(_check_wants, reader, wants))
                await in_thread(partial(reader.fetched, "git", "clone or fetch"))
            except RevisionNotFound as error:
                await in_thread(held.close)
                return document(refusal(error.message), _UPLOAD, "result")
            process = await self._started(held, view, request, stdin=wants)
            return await streamed(process, held, f"application/x-{_UPLOAD}-result")

    async def receive_pack(self, request: Request) -> Response:
        """`POST …/git-receive-pack`: refs to be moved, and a pack."""
        writer = await run_in_threadpool(self._writer, request)
        async with self._held() as held:
            quarantine = await in_thread(partial(held.enter_context, writer.quarantine()))
            body = held.enter_context(quarantine.incoming.open("w+b"))
            await receive(request, body, MOST_PUSHED)
            await self._turn(held)
            answer = document(await in_thread(partial(_receive, writer, quarantine, body)), _RECEIVE, "result")
            await in_thread(held.close)
            return answer

    async def _capabilities(self, request: Request, reader: RepoReader) -> bytes:
        """What git says first in protocol 2: it is the same for every repository, so git is asked once."""
        if self._greeting is None:
            async with self._held() as held:
                view = await in_thread(partial(held.enter_context, reader.view()))
                process = await self._started(held, view, request, "--http-backend-info-refs")
                said = await in_thread(process.read_all)
                if await in_thread(process.wait) or not said.endswith(FLUSH):
                    raise StorageFailed("git could not say what it can do.")
                self._greeting = said
                await in_thread(held.close)
        return self._greeting

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[ExitStack]:
        """What a request holds; let go if it fails, else by whoever sends its answer."""
        held = ExitStack()
        try:
            yield held
        except BaseException:
            await asyncio.shield(in_thread(held.close))
            raise

    async def _started(
        self, held: ExitStack, view: Path, request: Request, *words: str, stdin: IO[bytes] | None = None
    ) -> GitProcess:
        """An upload-pack at work on the view, as soon as it is this request's turn."""
        await self._turn(held)
        command = ("upload-pack", "--strict", "--stateless-rpc", *words, str(view))
        start = partial(GitProcess, *command, home=view, stdin=stdin, protocol=_protocol(request))
        process = await in_thread(start)
        held.callback(process.close)
        return process

    async def _turn(self, held: ExitStack) -> None:
        await self._turns.acquire()
        # What is held is let go in a thread, and a semaphore belongs to its loop.
        held.callback(asyncio.get_running_loop().call_soon_threadsafe, self._turns.release)

    def _reader(self, request: Request) -> RepoReader:
        reader = wherever_it_is(partial(self._repos.reader, identity(request)), repo_of(request))
        reader.require_content()
        return reader

    def _writer(self, request: Request) -> PushWriter:
        actor = identity(request)
        if not actor.signed_in:
            raise BadCredentials("Sign in to push: use a write token of this hub as the password.")
        writer = wherever_it_is(partial(self._repos.proposer, actor), repo_of(request))
        writer.require_push()
        return writer


async def _short(request: Request) -> bytes | None:
    """The body if it says that it is short, as a question for refs is and most fetches are; else None, unread."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _SHORT:
        return None
    body = BytesIO()
    await receive(request, body, MOST_WANTS)
    return body.getvalue()


def _keep(file: IO[bytes], content: bytes) -> None:
    with as_hub_errors():
        file.write(content)
        file.seek(0)


def _check_wants(reader: RepoReader, wants: IO[bytes]) -> None:
    # git itself checks this in protocols 0 and 1 only.
    reader.require_reachable(parse_wants(wants.read))
    wants.seek(0)


def _receive(writer: PushWriter, quarantine: Quarantine, body: IO[bytes]) -> bytes:
    push = parse_push(body.read)
    return land(writer, quarantine, push, body)


def _protocol(request: Request) -> str:
    return version_of(request.headers.get("git-protocol", ""))
