"""Request bodies of git: kept in a file, unpacked if they come compressed, never beyond a limit."""

import zlib
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from freehold.asgi.bytes import Sink, receive_into
from freehold.base.errors import Invalid, TooLarge
from freehold.base.streams import PIECE
from freehold.stores.blobs.store import as_hub_errors

_GZIP = 16 + zlib.MAX_WBITS


class Spool:
    """Writes a body into `file`. Raises TooLarge when what is to be kept exceeds `limit` bytes."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._limit = limit
        self._kept = 0

    def write(self, data: memoryview | bytes) -> None:
        """The next piece."""
        self._kept += len(data)
        if self._kept > self._limit:
            raise TooLarge(
                f"This is more than the {self._limit >> 20} MiB that git may send at once. Send less at once."
            )
        with as_hub_errors():
            self._file.write(data)

    def end(self) -> None:
        """Nothing more comes: make the file ready to be read from its beginning."""
        with as_hub_errors():
            self._file.seek(0)


class Unzipping(Spool):
    """The same for a compressed body: a piece is unpacked a mebibyte at a time, so that no bomb can grow in memory."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        super().__init__(file, limit)
        self._inflater = zlib.decompressobj(_GZIP)

    def write(self, data: memoryview | bytes) -> None:
        """The next compressed piece. Raises Invalid for what is no gzip."""
        left: bytes | memoryview = data
        while left:
            if self._inflater.eof:
                raise Invalid("The request goes on after the end of its compressed body.")
            try:
                out = self._inflater.decompress(left, PIECE)
            except zlib.error:
                raise Invalid("The request's body is not valid gzip.") from None
            super().write(out)
            left = self._inflater.unconsumed_tail

    def end(self) -> None:
        """As for a plain body. Raises Invalid if it is not one whole gzip."""
        if not self._inflater.eof or self._inflater.unused_data:
            raise Invalid("The request's compressed body ends too early or too late.")
        super().end()


async def receive(request: Request, file: IO[bytes], limit: int) -> None:
    """Keep the request's body in `file`, ready to be read. Raises TooLarge and Invalid."""
    coding = request.headers.get("content-encoding", "identity").lower()
    if coding not in {"identity", "gzip", "x-gzip"}:
        raise Invalid("Send the body as it is or with `Content-Encoding: gzip`.")
    spool = Spool(file, limit) if coding == "identity" else Unzipping(file, limit)
    sink: Sink = spool.write
    await receive_into(request, sink, limit)
    await run_in_threadpool(spool.end)
