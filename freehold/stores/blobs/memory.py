"""Blobs in a dictionary: for tests, and as the shortest statement of the promise."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from freehold.base.streams import PIECE, Buffer, Located, Made, Unfinished
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.store import BlobMissing


class MemoryBlobs:
    """A BlobStore that forgets everything with its process."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def writer(self, expected: BlobKey | None = None) -> "MemoryWriter":  # noqa: ARG002 - nothing to prepare
        """Begin a blob."""
        return MemoryWriter(self._blobs)

    def put(self, key: BlobKey, data: Buffer) -> None:
        """Store a blob."""
        self._blobs[key.path] = bytes(data)

    def read(self, key: BlobKey, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of a span, cut at the end of the blob."""
        try:
            return self._blobs[key.path][start:stop]
        except KeyError as error:
            raise BlobMissing(key) from error

    def pieces(self, key: BlobKey, start: int = 0, stop: int | None = None) -> Iterator[Buffer]:
        """The span in pieces."""
        span = memoryview(self.read(key, start, stop))
        for position in range(0, len(span), PIECE):
            yield span[position : position + PIECE]

    def locate(self, key: BlobKey, start: int, stop: int) -> Located:
        """The span, to be read out."""
        return Made(stop - start, partial(self.pieces, key, start, stop))

    def size(self, key: BlobKey) -> int | None:
        """The length in bytes, or None when there is no such blob."""
        blob = self._blobs.get(key.path)
        return None if blob is None else len(blob)

    def delete(self, key: BlobKey) -> None:
        """Remove the blob if it is there."""
        self._blobs.pop(key.path, None)

    def keys(self, prefix: str) -> Iterator[tuple[BlobKey, int]]:
        """Every key under the folder `prefix` with its length."""
        for path, blob in list(self._blobs.items()):
            if path.startswith(f"{prefix}/"):
                yield BlobKey(path), len(blob)

    def local_path(self, key: BlobKey) -> Path | None:  # noqa: ARG002 - the answer is the same for every key
        """There is no file."""
        return None

    def sign_get(self, key: BlobKey, start: int, stop: int, ttl_s: int) -> str | None:  # noqa: ARG002 - as above
        """Memory answers no URLs."""
        return None

    def tidy(self) -> None:
        """Nothing outlives its writer here."""


class MemoryWriter(Unfinished):
    """A BlobWriter that gathers its bytes until `commit`."""

    def __init__(self, blobs: dict[str, bytes]) -> None:
        self._blobs = blobs
        self._gathered = bytearray()

    def write(self, data: Buffer) -> None:
        """Append a copy of `data`."""
        self._gathered += data

    def commit(self, key: BlobKey) -> None:
        """Make the bytes visible."""
        self._blobs[key.path] = bytes(self._gathered)

    def abort(self) -> None:
        """Forget the bytes."""
        self._gathered.clear()
