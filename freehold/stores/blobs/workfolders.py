"""Folders for work in progress, beside what is kept; those of processes that died are known and removed."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from freehold.stores.blobs.store import as_hub_errors

_LOCK = "lock"


class WorkFolders:
    """All of them, under `root`. Several processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def folder(self, purpose: str) -> Iterator[Path]:
        """An empty folder that only this user may enter; gone with the block."""
        path = self.root / f"{purpose}-{secrets.token_hex(4)}"
        with as_hub_errors():
            self.root.mkdir(parents=True, exist_ok=True)
            # The lock is there before the folder has the name by which a sweep would find it.
            made = self.root / f".{path.name}"
            made.mkdir(mode=0o700)
            lock = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            made.rename(path)
        try:
            yield path
        finally:
            os.close(lock)
            shutil.rmtree(path, ignore_errors=True)

    def tidy(self) -> int:
        """Remove the folders whose process does not live any more; how many."""
        gone = 0
        for path in self.root.glob("[!.]*"):
            with suppress(FileNotFoundError, BlockingIOError, NotADirectoryError), (path / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
                gone += 1
        return gone
