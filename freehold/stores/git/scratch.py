"""Folders in which git works for one request: a view of a repository to be served, a quarantine for a push.

Each is a repository of its own that borrows the objects of the real one, so no request sees another's refs
change under it, and nothing that is pushed is in the repository before the hub has looked at it.
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pygit2

from freehold.base.errors import Unprocessable
from freehold.base.ids import Oid
from freehold.stores.blobs.store import as_hub_errors
from freehold.stores.git.objects import Objects, TreeCache
from freehold.stores.git.process import GitProcess
from freehold.wire.git.refs import MAIN, packed_refs

ABANDONED_S = 24 * 3600
"""A folder of this age belongs to a process that died."""

_CONFIG = (
    "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
    "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = false\n"
    '[uploadpackfilter "sparse:oid"]\n\tallow = false\n'
    "[transfer]\n\thideRefs = refs/hub\n\tfsckObjects = true\n"
)
_FANOUT = 8 + 256 * 4
_TREES = 20_000


class Scratch:
    """All such folders, under `root`, which may be deleted whenever the hub does not run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def folder(self, borrowed: Path, refs: Mapping[str, Oid]) -> Iterator[Path]:
        """A repository with these refs and the objects of the repository `borrowed`; gone with the block."""
        path = self.root / secrets.token_hex(12)
        with as_hub_errors():
            for folder in ("objects/pack", "objects/info", "refs"):
                (path / folder).mkdir(parents=True)
            (path / "objects/info/alternates").write_text(f"{(borrowed / 'objects').absolute()}\n")
            (path / "config").write_text(_CONFIG)
            (path / "packed-refs").write_bytes(packed_refs(refs))
            (path / "HEAD").write_text(f"ref: {MAIN}\n")
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what processes left that died."""
        for path in self.root.glob("*"):
            with suppress(FileNotFoundError):  # its request ended while we looked
                if path.stat().st_mtime < time.time() - ABANDONED_S:
                    shutil.rmtree(path, ignore_errors=True)


class Quarantine:
    """What was pushed, before it is part of the repository: first as it came in `incoming`, then as a checked pack."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.incoming = path / "incoming"
        self.pack: Path | None = None
        """The pack without its suffix, its index beside it; None: nothing new came."""

    def index(self, pack: IO[bytes]) -> None:
        """Have git check a pack (a file that is to be read from where it is, or a pipe) and complete it with an index.

        git reads every object, verifies that its links lead to objects that are there, and refuses what could
        harm whoever checks it out. Raises Unprocessable with git's own words.
        """
        if pack.seekable():
            os.lseek(pack.fileno(), pack.tell(), os.SEEK_SET)  # git knows nothing of what Python has read ahead
        words = ("index-pack", "--stdin", "--fix-thin", "--strict")
        process = GitProcess("--git-dir", str(self.path), *words, home=self.path, stdin=pack)
        try:
            told = process.read_all().decode().split()
            if process.wait() != 0 or len(told) != 2:
                raise Unprocessable(_why(process.said()))
        finally:
            process.close()
        self.pack = self.path / "objects/pack" / f"pack-{told[1]}"

    def new_objects(self) -> list[str]:
        """The ids of the objects in the pack (gitformat-pack, index version 2)."""
        if self.pack is None:
            return []
        with self.pack.with_suffix(".idx").open("rb") as file:
            head = file.read(_FANOUT)
            ids = file.read(20 * int.from_bytes(head[-4:], "big"))
        return [ids[at : at + 20].hex() for at in range(0, len(ids), 20)]

    @contextmanager
    def objects(self) -> Iterator[Objects]:
        """The objects of the repository and those that came, for this thread."""
        repository = pygit2.Repository(str(self.path))
        try:
            yield Objects(repository, TreeCache(_TREES))
        finally:
            repository.free()


def _why(said: str) -> str:
    lines = [line.partition(": ")[2] for line in said.splitlines() if line.startswith(("error: ", "fatal: "))]
    reason = "; ".join(dict.fromkeys(lines)) or "git could not read it"
    if "Not all child objects" in reason or "unresolved delta" in reason or "bad object" in reason:
        reason += ". If your clone is shallow, run `git fetch --unshallow` and push again"
    return f"git refuses what you pushed: {reason[:800]}."
