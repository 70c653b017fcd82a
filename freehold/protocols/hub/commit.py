"""The endpoint that commits: an NDJSON body, read as it arrives, becomes one git commit."""

from dataclasses import dataclass

from msgspec import UNSET
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.urls import path_url
from freehold.base.errors import Invalid
from freehold.base.ids import Oid, Sha256, is_digest, is_oid
from freehold.base.streams import PIECE
from freehold.core.repos import requests as core
from freehold.core.repos.writer import RepoWriter
from freehold.protocols.hub.answer import flag, json
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.preupload import writer_or_proposer
from freehold.wire.hub import models
from freehold.wire.hub.commit import (
    CommitReader,
    DeletedFile,
    DeletedFolder,
    LfsFileValue,
    Operation,
    ReceivedCommit,
    SmallFile,
)


@dataclass(frozen=True, slots=True)
class Commits:
    """`POST /commit/{rev}`."""

    gate: Gate

    async def commit(self, request: Request) -> Response:
        """The right to commit is asked for before the body is read."""
        writer = await run_in_threadpool(writer_or_proposer, self.gate, request)
        received = await _receive(request)
        return await run_in_threadpool(self._commit, request, writer, received)

    def _commit(self, request: Request, writer: RepoWriter, received: ReceivedCommit) -> Response:
        done = writer.commit(request.path_params["rev"], asked(received), create_pr=flag(request, "create_pr"))
        repo_url = path_url(request, writer.repo.repo_id.path)
        pull = f"{repo_url}/discussions/{done.pull_number}" if done.pull_number is not None else UNSET
        return json(models.CommitAnswer(f"{repo_url}/commit/{done.oid}", done.oid, pull_request_url=pull))


async def _receive(request: Request) -> ReceivedCommit:
    """Pieces are gathered to a useful size, then read in a worker thread: base64 must not hold up other requests."""
    reader = CommitReader()
    gathered = bytearray()
    async for piece in request.stream():
        gathered += piece
        if len(gathered) >= PIECE:
            await run_in_threadpool(reader.feed, gathered)
            gathered = bytearray()
    return await run_in_threadpool(_finish, reader, gathered)


def _finish(reader: CommitReader, last: bytearray) -> ReceivedCommit:
    reader.feed(last)
    return reader.finish()


def asked(received: ReceivedCommit) -> core.CommitRequest:
    """What was sent, as what a repository is asked to do. Raises Invalid for an id of the wrong form."""
    header = received.header
    parent = header.parent_commit
    if parent is not None and not is_oid(parent):
        raise Invalid("parentCommit must be the id of a commit: 40 lower-case hexadecimal digits.")
    return core.CommitRequest(
        summary=header.summary,
        description=header.description or "",
        parent=Oid(parent) if parent is not None else None,
        operations=[_operation(one) for one in received.operations],
    )


def _operation(sent: Operation) -> core.Operation:
    match sent:
        case SmallFile(path, content):
            return core.AddFile(path, content)
        case LfsFileValue(path=path, oid=oid, size=size):
            if not is_digest(oid):
                raise Invalid(f"The oid of {path!r} is not a SHA-256: send 64 lower-case hexadecimal digits.")
            return core.AddLarge(path, Sha256(oid), size)
        case DeletedFile(value):
            return core.DeleteFile(value.path.rstrip("/"))
        case DeletedFolder(value):
            return core.DeleteFolder(value.path.rstrip("/"))
