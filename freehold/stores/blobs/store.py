"""The promise of a blob store: bytes under a key, durable when the call returns, visible whole or not at all."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from freehold.base.errors import StorageFailed, StorageFull
from freehold.base.streams import Buffer, Located
from freehold.stores.blobs.key import BlobKey


class BlobMissing(StorageFailed):
    """A blob that some row names is not in the store: damage, never `not found`."""

    def __init__(self, key: BlobKey) -> None:
        super().__init__(f"The hub has lost stored bytes ({key.path}). Tell its operator to run `freehold check`.")
        self.key = key


class BlobWriter(Protocol):
    """One blob being written. Leaving the block without `commit` leaves nothing behind."""

    def write(self, data: Buffer) -> None:
        """Append; the caller may reuse `data` as soon as this returns."""

    def commit(self, key: BlobKey) -> None:
        """Make everything written durable and visible as `key`; an existing blob of that key is replaced."""

    def abort(self) -> None:
        """Forget everything written; harmless after `commit`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class BlobStore(Protocol):
    """Bytes under keys. Every method raises StorageFull or StorageFailed when the store cannot do it."""

    def writer(self, expected: BlobKey | None = None) -> BlobWriter:
        """Begin a blob. Who knows its key already tells it: a remote store can then stream to the final place."""

    def put(self, key: BlobKey, data: Buffer) -> None:
        """Store a small blob, durably."""

    def read(self, key: BlobKey, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of `start <= position < stop`, cut at the end of the blob. Raises BlobMissing."""

    def pieces(self, key: BlobKey, start: int = 0, stop: int | None = None) -> Iterator[Buffer]:
        """The same bytes in pieces of at most 1 MiB, each valid until the next. Raises BlobMissing."""

    def locate(self, key: BlobKey, start: int, stop: int) -> Located:
        """Where the span lies; the caller knows that the blob exists and reaches as far as `stop`."""

    def size(self, key: BlobKey) -> int | None:
        """The length in bytes, or None when there is no such blob."""

    def delete(self, key: BlobKey) -> None:
        """Remove the blob if it is there."""

    def keys(self, prefix: str) -> Iterator[tuple[BlobKey, int]]:
        """Every key under the folder `prefix` (`xorbs`, `git/<id>.git`, …) with its length, in no order."""

    def local_path(self, key: BlobKey) -> Path | None:
        """The file that holds the blob, for a store on local disk."""

    def sign_get(self, key: BlobKey, start: int, stop: int, ttl_s: int) -> str | None:
        """A URL that gives exactly this span without credentials for `ttl_s` seconds, if the store can."""

    def tidy(self) -> None:
        """Remove what writers left that died before they could."""


@contextmanager
def as_hub_errors() -> Iterator[None]:
    """Turn the system's complaints into StorageFull and StorageFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The hub's disk is full. Ask its operator to free some space, then try again.") from error
        raise StorageFailed("The hub's storage did not answer. Try again in a moment.") from error
