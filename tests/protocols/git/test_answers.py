"""What a child writes, on its way to a client that takes it, leaves or hangs."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect

from freehold.base.errors import Invalid
from freehold.protocols.git.answers import streamed
from freehold.stores.git.process import GitProcess

SCOPE = {"type": "http", "method": "POST"}


@pytest.fixture
def pending(tmp_path: Path) -> Iterator[tuple[GitProcess, ExitStack]]:
    """A git that has said something and waits for more to be asked, for as long as nobody ends it."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stdin, os.fdopen(writing, "wb", buffering=0) as asking:
        asking.write(b"absent\n")
        process = GitProcess(
            "--git-dir", str(a_repository(tmp_path)), "cat-file", "--batch", home=tmp_path, stdin=stdin
        )
        held = ExitStack()
        held.callback(process.close)
        yield process, held
        process.close()


def a_repository(folder: Path) -> Path:
    process = GitProcess("init", "--bare", "--quiet", "r", home=folder)
    process.read_all()
    process.close()
    return folder / "r"


def answered(process: GitProcess, held: ExitStack, *, leaves: bool) -> list[dict[str, object]]:
    """The messages of the answer, to a client that leaves at once or stays."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        if not leaves:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def ask() -> None:
        response = await streamed(process, held, "text/x", b"prefix ")
        await response(SCOPE, receive, send)

    asyncio.run(asyncio.wait_for(ask(), 20))
    return sent


def test_a_client_that_leaves_takes_its_git_along(pending: tuple[GitProcess, ExitStack]):
    process, held = pending
    with pytest.raises(ClientDisconnect):
        answered(process, held, leaves=True)
    assert process.wait() < 0


def test_a_whole_answer_ends_as_one(tmp_path: Path):
    process, held = GitProcess("version", home=tmp_path), ExitStack()
    released: list[bool] = []
    held.callback(released.append, True)
    sent = answered(process, held, leaves=False)
    assert b"".join(message.get("body", b"") for message in sent).startswith(b"prefix git version")
    assert "more_body" not in sent[-1] and released == [True]


def test_a_git_that_cannot_answer_is_an_error(tmp_path: Path):
    with pytest.raises(Invalid, match="does not appear to be a git repository"):
        answered(GitProcess("upload-pack", "--strict", "nowhere", home=tmp_path), ExitStack(), leaves=False)
