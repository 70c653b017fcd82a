"""The commands that come by SSH, done by the services that HTTP has: fetching, pushing, and a pass for git-lfs."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from urllib.parse import quote

from freehold.base.errors import HubError, TooLarge
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.passes import LIFE_S, Passes
from freehold.core.repos.pushing import PushWriter
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.protocols.git.landing import MOST_PUSHED, MOST_WANTS, land, version_of, wherever_it_is
from freehold.protocols.git.talk import Line, Pipe, beside, first_of, holding, in_thread
from freehold.stores.git.process import GitProcess
from freehold.wire.git.commands import Asked, parse_command
from freehold.wire.git.pktline import FLUSH
from freehold.wire.git.push import Push, greeting, parse_push
from freehold.wire.git.wants import Wanting, refusal

AT_ONCE = 32
"""How many gits may be at work for SSH in one process; more wait their turn."""

_LONGEST_HEAD = 16 << 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is on the line: `actor` looks them up as of now and raises BadCredentials; `base` is the hub by HTTP."""

    actor: Callable[[], Actor]
    key_id: str
    base: str


class Commands:
    """All of them."""

    def __init__(self, repos: Repos, passes: Passes) -> None:
        self._repos = repos
        self._passes = passes
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def run(self, caller: Caller, text: str, version: str, line: Line) -> int:
        """Do what a command line says; the exit status. What the caller can be told is told."""
        try:
            asked = parse_command(text)
            actor = await in_thread(caller.actor)
            if asked.service == "git-lfs-authenticate":
                await line.write(await in_thread(partial(self._pass, caller, actor, asked)))
                return 0
            if asked.to_write:
                return await self._receive(await in_thread(partial(self._writer, actor, asked)), line)
            return await self._upload(await in_thread(partial(self._reader, actor, asked)), version, line)
        except HubError as error:
            await line.say(f"remote: {error.message}")
            return 1

    async def _upload(self, reader: RepoReader, version: str, line: Line) -> int:
        async with self._turns, holding() as held:
            view = await in_thread(partial(held.enter_context, reader.view()))
            await in_thread(partial(reader.fetched, "git", "clone or fetch"))
            pipe = Pipe()
            words = ("upload-pack", "--strict", str(view))
            start = partial(GitProcess, *words, home=view, stdin=pipe.reader, protocol=version_of(version))
            process = await in_thread(start)
            try:
                pipe.reader.close()  # the child has its own: when it ends, writing to it must fail
                async with beside(self._feed(reader, line, pipe)):
                    await first_of(_pump(process, line), line.until_idle())
                    # First the child, so that whoever writes to it is let go.
                    await in_thread(process.close)
            finally:
                await asyncio.shield(in_thread(process.close))
                await pipe.close()
            return min(abs(process.wait()), 128)

    async def _feed(self, reader: RepoReader, line: Line, pipe: Pipe) -> None:
        """What the client says, line by line: what it may not have is refused before git hears of it."""
        wanting, count = Wanting(), 0
        with suppress(Exception):  # however the line ends, git must hear that nothing more comes
            while data := await line.read():
                count += len(data)
                try:
                    if count > MOST_WANTS:
                        raise TooLarge("This asks for too much at once. Fetch in several steps.")
                    lines, wants = wanting.feed(data)
                    if wants:
                        await in_thread(partial(reader.require_reachable, wants))
                except HubError as error:
                    await line.write(refusal(error.message))
                    break
                await pipe.write(lines)
        await pipe.shut()

    async def _receive(self, writer: PushWriter, line: Line) -> int:
        await line.write(greeting(await in_thread(writer.advertised)))
        push = await _head(line)
        if not push.commands:
            return 0
        async with self._turns, holding() as held:
            quarantine = await in_thread(partial(held.enter_context, writer.quarantine()))
            pipe = Pipe()
            work = asyncio.ensure_future(in_thread(partial(land, writer, quarantine, push, pipe.reader)))
            try:
                async with beside(_fill(line, pipe)):
                    answer = await asyncio.shield(work)
            finally:
                # A client that has gone ends its pack; what then becomes of the push is waited for in any case,
                # since it works in the quarantine.
                shutting = asyncio.ensure_future(pipe.shut())
                await asyncio.gather(work, return_exceptions=True)
                await pipe.close()
                await shutting
        await line.write(answer)
        return 0

    def _reader(self, actor: Actor, asked: Asked) -> RepoReader:
        reader = wherever_it_is(partial(self._repos.reader, actor), asked.repo_id)
        reader.require_content()
        return reader

    def _writer(self, actor: Actor, asked: Asked) -> PushWriter:
        writer = wherever_it_is(partial(self._repos.proposer, actor), asked.repo_id)
        writer.require_push()
        return writer

    def _pass(self, caller: Caller, actor: Actor, asked: Asked) -> bytes:
        """Where git-lfs finds the repository by HTTP, and what to say there."""
        opened = self._writer(actor, asked) if asked.to_write else self._reader(actor, asked)
        below = f"/{quote(opened.repo.repo_id.path)}.git/info/lfs"
        text = self._passes.make(caller.key_id, below, may_write=asked.to_write)
        header = {"Authorization": f"Pass {text}"}
        return json.dumps({"href": caller.base + below, "header": header, "expires_in": LIFE_S}).encode()


async def _pump(process: GitProcess, line: Line) -> None:
    """What git writes, until it ends."""
    while piece := await in_thread(process.read):
        await line.write(piece)


async def _head(line: Line) -> Push:
    """The commands of a push, and its options. Raises Invalid and TooLarge."""
    head = await _section(line, b"")
    push = parse_push(BytesIO(head + FLUSH).read)
    if "push-options" in push.capabilities:
        push = parse_push(BytesIO(await _section(line, head)).read)
    return push


async def _section(line: Line, head: bytes) -> bytes:
    """The lines up to the next flush, behind `head`; what is no line is left for the parser to refuse."""
    while len(head) < _LONGEST_HEAD:
        start = await line.read_exactly(4)
        head += start
        if start == FLUSH:
            return head
        try:
            length = int(start, 16)
        except ValueError:
            return head
        if length <= 4:
            return head
        head += await line.read_exactly(length - 4)
    raise TooLarge("A push may not name so many refs. Push in several steps.")


async def _fill(line: Line, pipe: Pipe) -> None:
    """The pack, as it comes, until the client ends it, says nothing for long, or git has seen its end."""
    with suppress(Exception):  # however the line ends, git must hear that nothing more comes
        await first_of(_copy(line, pipe), line.until_idle())
    await pipe.shut()


async def _copy(line: Line, pipe: Pipe) -> None:
    count = 0
    while data := await line.read():
        count += len(data)
        if count > MOST_PUSHED:
            return await line.say(f"remote: This is more than the {MOST_PUSHED >> 20} MiB that git may send at once.")
        await pipe.write(data)
    return None
