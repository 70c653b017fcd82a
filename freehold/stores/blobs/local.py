"""Blobs as files of one folder: written aside, made durable, then renamed into place."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from freehold.base.streams import PIECE, Buffer, Here, Located, Unfinished
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.store import BlobMissing, as_hub_errors

STAGING = "staging"
"""The folder of unfinished files; the name can be no key's."""


class LocalBlobs:
    """A BlobStore under `root`, where a key's path is the file's path. Several processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.staging = self.root / STAGING
        self._durable: set[Path] = set()
        with as_hub_errors():
            self.staging.mkdir(parents=True, exist_ok=True)
        self.tidy()

    def writer(self, expected: BlobKey | None = None) -> "LocalWriter":  # noqa: ARG002 - a rename needs no warning
        """Begin a blob in the staging folder."""
        return LocalWriter(self)

    def put(self, key: BlobKey, data: Buffer) -> None:
        """Store a small blob, durably."""
        with self.writer() as writer:
            writer.write(data)
            writer.commit(key)

    def read(self, key: BlobKey, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of a span, cut at the end of the blob."""
        return b"".join(bytes(piece) for piece in self.pieces(key, start, stop))

    def pieces(self, key: BlobKey, start: int = 0, stop: int | None = None) -> Iterator[Buffer]:
        """The span in pieces of one reused buffer."""
        with as_hub_errors():
            file = _open(self.root / key.path, key)
        try:
            with as_hub_errors():
                left = os.fstat(file).st_size if stop is None else stop
            left = max(0, left - start)
            buffer = memoryview(bytearray(min(PIECE, left)))
            while left > 0:
                with as_hub_errors():
                    got = os.preadv(file, [buffer[:left]], start)
                if not got:
                    return
                yield buffer[:got]
                start, left = start + got, left - got
        finally:
            os.close(file)

    def locate(self, key: BlobKey, start: int, stop: int) -> Located:
        """A span of the file."""
        return Here(self.root / key.path, start, stop - start)

    def size(self, key: BlobKey) -> int | None:
        """The length in bytes, or None when there is no such blob."""
        with as_hub_errors():
            try:
                return (self.root / key.path).stat().st_size
            except FileNotFoundError:
                return None

    def delete(self, key: BlobKey) -> None:
        """Remove the file if it is there."""
        with as_hub_errors():
            (self.root / key.path).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[tuple[BlobKey, int]]:
        """Every file under the folder `prefix`; one that vanishes meanwhile is passed over."""
        for folder, _, names in os.walk(self.root / prefix):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    yield BlobKey(path.relative_to(self.root).as_posix()), path.stat().st_size

    def local_path(self, key: BlobKey) -> Path | None:
        """The file itself."""
        return self.root / key.path

    def sign_get(self, key: BlobKey, start: int, stop: int, ttl_s: int) -> str | None:  # noqa: ARG002 - always None
        """A disk answers no URLs."""
        return None

    def tidy(self) -> None:
        """Remove staged files that no process is writing: a live writer holds a lock on its file."""
        with as_hub_errors():
            for path in self.staging.iterdir():
                with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()

    def settle(self, staged: Path, key: BlobKey) -> None:
        """Rename a durable staged file into place and make the name durable too."""
        target = self.root / key.path
        self._make_folder(target.parent)
        staged.replace(target)
        _sync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        # A folder that another process has just made may not be durable yet, so each process syncs the way
        # to every folder once.
        if folder in self._durable:
            return
        folder.mkdir(parents=True, exist_ok=True)
        above = folder
        while above != self.root:
            above = above.parent
            _sync_folder(above)
        self._durable.add(folder)


class LocalWriter(Unfinished):
    """A BlobWriter on one staged file; the calls go straight to the kernel, without another buffer."""

    def __init__(self, store: LocalBlobs) -> None:
        self._store = store
        self._path, self._file = _stage(store.staging)
        self._open = True

    def write(self, data: Buffer) -> None:
        """Append all of `data`."""
        rest = memoryview(data).cast("B")
        with as_hub_errors():
            while rest:
                rest = rest[os.write(self._file, rest) :]

    def commit(self, key: BlobKey) -> None:
        """Sync the file, rename it, sync the folder."""
        with as_hub_errors():
            os.fsync(self._file)
            self._store.settle(self._path, key)
        self._close()

    def abort(self) -> None:
        """Remove the staged file."""
        if self._open:
            with as_hub_errors():
                self._path.unlink(missing_ok=True)
            self._close()

    def _close(self) -> None:
        self._open = False
        os.close(self._file)


def _stage(folder: Path) -> tuple[Path, int]:
    while True:
        path = folder / secrets.token_hex(16)
        with as_hub_errors():
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o644)
            fcntl.flock(file, fcntl.LOCK_EX)
            # Between the two calls a starting process may have taken the file for an abandoned one.
            if os.fstat(file).st_nlink:
                return path, file
            os.close(file)


def _open(path: Path, key: BlobKey) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise BlobMissing(key) from error


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
