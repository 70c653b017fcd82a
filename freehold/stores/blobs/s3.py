"""Blobs in an S3-compatible object store: streamed as multipart uploads, which show only when they are complete."""

import secrets
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from freehold.base.clock import Clock, now
from freehold.base.errors import StorageFailed
from freehold.base.streams import PIECE, Buffer, Elsewhere, Located, Made, Unfinished
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.signing import Bucket, Presigned, presign
from freehold.stores.blobs.store import BlobMissing

PART = 32 << 20
"""Bytes of one part of a multipart upload; S3 allows 10,000 parts, which makes 312 GiB."""

STAGING = "staging"
ABANDONED = timedelta(days=1)
"""After this long an unfinished upload is nobody's: a writer that lives sends a part far more often."""

_PATIENCE = timedelta(seconds=10)
_REDIRECT_S = 60  # the right to a blob is looked up when the link is made, and may end a moment later


class S3Blobs:
    """A BlobStore in one bucket. `redirect`: clients can reach it, and fetch what they may from the store itself."""

    def __init__(self, bucket: Bucket, *, redirect: bool = False, clock: Clock = now) -> None:
        self._bucket = bucket
        self._redirect = redirect
        self._clock = clock
        self.store = S3Store(
            bucket.name,
            prefix=bucket.prefix.strip("/") or None,
            endpoint=bucket.endpoint,
            region=bucket.region,
            access_key_id=bucket.access_key,
            secret_access_key=bucket.secret_key,
            virtual_hosted_style_request=False,
            client_options={"allow_http": True, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(hours=1)},
            retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
        )

    def writer(self, expected: BlobKey | None = None) -> "S3Writer":
        """Begin a blob: in its place if the key is known, else aside, to be copied by the store when it is."""
        return S3Writer(self.store, expected.path if expected else f"{STAGING}/{secrets.token_hex(16)}")

    def put(self, key: BlobKey, data: Buffer) -> None:
        """Store a small blob with one request."""
        with _as_hub_errors():
            obstore.put(self.store, key.path, bytes(data), use_multipart=False)

    def read(self, key: BlobKey, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of a span, cut at the end of the blob."""
        return b"".join(self.pieces(key, start, stop))

    def pieces(self, key: BlobKey, start: int = 0, stop: int | None = None) -> Iterator[Buffer]:
        """The span, in pieces as they arrive."""
        # A span that is empty or begins beyond the end has no range that S3 would accept.
        size = self.size(key) if start or stop == start else None
        if size is not None and (start >= size or stop == start):
            return
        with _as_hub_errors(key):
            if stop is not None:
                answer = obstore.get(self.store, key.path, options={"range": (start, stop)})
            else:
                answer = obstore.get(self.store, key.path, options={"range": {"offset": start}} if start else {})
            arriving = iter(answer.stream(min_chunk_size=PIECE))
        while True:
            with _as_hub_errors(key):
                piece = next(arriving, None)
            if piece is None:
                return
            whole = memoryview(piece)
            for position in range(0, len(whole), PIECE):
                yield whole[position : position + PIECE]

    def locate(self, key: BlobKey, start: int, stop: int) -> Located:
        """Where the store answers for itself, its URL for the whole blob; a client sends its range there, too."""
        pieces = partial(self.pieces, key, start, stop)
        if self._redirect:
            return Elsewhere(self._sign("GET", key.path, _REDIRECT_S), stop - start, pieces)
        return Made(stop - start, pieces)

    def size(self, key: BlobKey) -> int | None:
        """The length in bytes, or None when there is no such blob."""
        try:
            with _as_hub_errors(key):
                return int(obstore.head(self.store, key.path)["size"])
        except BlobMissing:
            return None

    def delete(self, key: BlobKey) -> None:
        """Remove the blob if it is there."""
        with _as_hub_errors():
            try:
                obstore.delete(self.store, key.path)
            except FileNotFoundError:
                return

    def keys(self, prefix: str) -> Iterator[tuple[BlobKey, int]]:
        """Every key under the folder `prefix` with its length."""
        with _as_hub_errors():
            for page in obstore.list(self.store, prefix=prefix):
                for item in page:
                    yield BlobKey(item["path"]), int(item["size"])

    def local_path(self, key: BlobKey) -> Path | None:  # noqa: ARG002 - the answer is the same for every key
        """There is no file."""
        return None

    def sign_get(self, key: BlobKey, start: int, stop: int, ttl_s: int) -> str | None:
        """A URL for this span alone, where clients reach the store: they send `Range: bytes={start}-{stop - 1}`."""
        if not self._redirect:
            return None
        return self._sign("GET", key.path, ttl_s, headers={"range": f"bytes={start}-{stop - 1}"})

    def tidy(self) -> None:
        """Abort multipart uploads and remove staged blobs that were left unfinished for a day."""
        before = datetime.fromtimestamp(self._clock() / 1_000_000, UTC) - ABANDONED
        for path, upload in self._unfinished(before):
            self._ask("DELETE", path, {"uploadId": upload})
        with _as_hub_errors():
            for page in obstore.list(self.store, prefix=STAGING):
                obstore.delete(self.store, [item["path"] for item in page if item["last_modified"] < before])

    def _unfinished(self, before: datetime) -> list[tuple[str, str]]:
        prefix = self._bucket.prefix.strip("/")
        listing = ET.fromstring(self._ask("GET", "", {"uploads": "", "prefix": prefix}))  # noqa: S314 - our own store
        space = listing.tag.partition("}")[0] + "}" if listing.tag.startswith("{") else ""
        found = []
        for item in listing.iter(f"{space}Upload"):
            begun = datetime.fromisoformat(item.findtext(f"{space}Initiated", "").replace("Z", "+00:00"))
            if begun < before:
                key = item.findtext(f"{space}Key", "")
                found.append((key.removeprefix(prefix).lstrip("/"), item.findtext(f"{space}UploadId", "")))
        return found

    def _ask(self, method: str, key: str, query: dict[str, str]) -> bytes:
        url = self._sign(method, key, 60, query=query)
        try:
            request = urllib.request.Request(url, method=method)  # noqa: S310 - the configured endpoint
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
                return bytes(answer.read())
        except (OSError, urllib.error.URLError) as error:
            raise _failed() from error

    def _sign(
        self,
        method: str,
        key: str,
        ttl_s: int,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> str:
        return presign(self._bucket, Presigned(method, key, ttl_s, query or {}, headers or {}), self._clock())


class S3Writer(Unfinished):
    """A BlobWriter that gathers what fits in one request and streams the rest as parts."""

    def __init__(self, store: S3Store, path: str) -> None:
        self._store = store
        self._path = path
        self._gathered = bytearray()
        self._stream: obstore.WritableFile | None = None

    def write(self, data: Buffer) -> None:
        """Append a copy of `data`; waits while too many parts are on their way."""
        if self._stream is None:
            self._gathered += data
            if len(self._gathered) <= PART:
                return
            data = self._begin()
        with _as_hub_errors():
            assert self._stream is not None  # noqa: S101 - `_begin` opened it
            self._stream.write(bytes(data))

    def commit(self, key: BlobKey) -> None:
        """Complete the upload, and bring it to its place if that was not known."""
        if self._stream is None:
            with _as_hub_errors():
                obstore.put(self._store, key.path, bytes(self._gathered), use_multipart=False)
            self._gathered = bytearray()
            return
        with _as_hub_errors():
            self._stream.close()
            self._stream = None
            if self._path != key.path:
                obstore.copy(self._store, self._path, key.path)
                obstore.delete(self._store, self._path)

    def abort(self) -> None:
        """Stop; parts that were sent never show, and `tidy` has the store drop them."""
        self._stream = None
        self._gathered = bytearray()

    def _begin(self) -> bytes:
        with _as_hub_errors():
            self._stream = obstore.open_writer(self._store, self._path, buffer_size=PART, max_concurrency=3)
        gathered, self._gathered = bytes(self._gathered), bytearray()
        return gathered


@contextmanager
def _as_hub_errors(key: BlobKey | None = None) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if key is None:
            raise _failed() from error
        raise BlobMissing(key) from error
    except (BaseError, OSError) as error:
        raise _failed() from error


def _failed() -> StorageFailed:
    return StorageFailed("The hub's object store did not answer as it should. Try again in a moment.")
