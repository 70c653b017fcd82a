"""Turns contents that came whole, by LFS or in a commit, into Xet files that deduplicate like all others.

The native client does the chunking in a process of its own; it talks to this hub's own CAS over a private
socket, so that what it sends is checked like everybody's.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from freehold.asgi.errors import Errors
from freehold.asgi.routing import Router
from freehold.base.errors import NotFound, RepoNotFound, StorageFailed
from freehold.base.ids import XetHash
from freehold.base.streams import Buffer
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.backing import Backing, Whole
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.repo import Repo
from freehold.protocols.xet import sender
from freehold.protocols.xet.entrance import Entrance
from freehold.protocols.xet.routes import cas_routes
from freehold.protocols.xet.signing import Access, Signer
from freehold.stores.blobs.key import object_key
from freehold.stores.blobs.workfolders import WorkFolders
from freehold.stores.xet.store import XetStore

_BATCH_FILES = 500
_BATCH_BYTES = 2 << 30
_PATIENCE_S = 20
_TOKEN_S = 24 * 3600
_LONGEST = 100  # bytes of a socket's folder: with its name it may have 107


@dataclass(frozen=True, slots=True)
class Conversions:
    """The job `object.convert`. It takes everything that waits in a repository, so later jobs find it done."""

    entrance: Entrance
    objects: RepoObjects
    xet: XetStore
    backing: Backing
    folders: WorkFolders

    def convert(self, payload: dict[str, Any]) -> None:
        """Give chunks to every content of `payload["repo_id"]` that has none, in batches."""
        try:
            repo = self.entrance.repos.by_row_id(SYSTEM, str(payload["repo_id"])).repo
        except RepoNotFound:
            return  # deleted since
        while batch := _first(self.backing.waiting(repo.id, _BATCH_FILES)):
            for content, file in zip(batch, self._send(repo, batch), strict=True):
                self.backing.adopt(repo.id, content, file)

    def _send(self, repo: Repo, batch: Sequence[Whole]) -> list[XetHash]:
        """Send contents as the repository's owner would; their Xet hashes in order."""
        signer = Signer(secrets.token_bytes(32))
        expires = signer.now_s() + _TOKEN_S
        token = signer.sign(
            Access("write", repo.id, "", repo.owner_id, None, expires, system=True, owner_id=repo.owner_id)
        )
        # The host is no host: the client reaches it by the socket alone.
        sizes = [content.size for content in batch]
        order = {"url": f"http://hub/xet/{repo.owner_id}-e1", "token": token, "expires": expires, "sizes": sizes}
        with self.folders.folder("convert") as folder, _socket_in(folder) as socket, self._serving(signer, socket):
            return _run_sender(folder, socket, order, self._pieces(batch))

    def _pieces(self, batch: Sequence[Whole]) -> Iterator[Buffer]:
        for content in batch:
            yield from self.objects.blobs.pieces(object_key(content.sha256))

    @contextlib.contextmanager
    def _serving(self, signer: Signer, socket: Path) -> Iterator[None]:
        """This hub's CAS on a socket that only this process and its children can reach."""
        entrance = replace(self.entrance, signer=signer)
        app = Errors(Router(cas_routes(entrance, self.objects, self.xet), _missing))
        config = uvicorn.Config(
            app, uds=str(socket), loop="asyncio", lifespan="off", log_config=None, access_log=False, ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="convert-cas", daemon=True)
        thread.start()
        try:
            for _ in range(_PATIENCE_S * 100):
                if server.started or not thread.is_alive():
                    break
                thread.join(0.01)
            if not server.started:
                raise StorageFailed("The hub could not open a socket to chunk contents. Is its temporary folder full?")
            yield
        finally:
            server.should_exit = True
            thread.join(_PATIENCE_S)


@contextlib.contextmanager
def _socket_in(folder: Path) -> Iterator[Path]:
    """Where the socket can lie: the system takes short paths only."""
    if len(os.fsencode(folder)) < _LONGEST:
        yield folder / "cas"
        return
    with tempfile.TemporaryDirectory(prefix="freehold-") as short:
        yield Path(short) / "cas"


def _run_sender(folder: Path, socket: Path, order: dict[str, Any], pieces: Iterator[Buffer]) -> list[XetHash]:
    """Hand the order and the contents to the process that sends, and wait for its answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "FREEHOLD_"))}
    environment |= {
        "HF_XET_CLIENT_UNIX_SOCKET_PATH": str(socket),
        "HF_XET_CACHE": str(folder / "cache"),
        "HF_XET_FIXED_UPLOAD_CONCURRENCY": "2",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    # Isolated and by its file: it needs nothing of the hub, and the hub nothing of what it loads.
    command = [sys.executable, "-I", sender.__file__]
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 - a constant command
            command, stdin=subprocess.PIPE, stdout=answer, stderr=complaints, env=environment
        )
        try:
            _feed(child, order, pieces)
            status = child.wait()
        finally:
            child.kill()
            child.wait()
        answer.seek(0)
        complaints.seek(0)
        if status != 0:
            raise StorageFailed(f"Chunking failed: {complaints.read()[-1000:].decode(errors='replace')}")
        return [XetHash(text) for text in json.loads(answer.read())]


def _feed(child: subprocess.Popen[bytes], order: dict[str, Any], pieces: Iterator[Buffer]) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for as a pipe
    # A process that ended early says why by its status.
    with contextlib.suppress(BrokenPipeError), child.stdin as sink:
        sink.write(json.dumps(order).encode() + b"\n")
        for piece in pieces:
            sink.write(piece)


def _first(waiting: Sequence[Whole]) -> list[Whole]:
    """As many as make a batch, at least one."""
    batch: list[Whole] = []
    total = 0
    for content in waiting:
        total += content.size
        if batch and total > _BATCH_BYTES:
            break
        batch.append(content)
    return batch


async def _missing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("No such address.")
