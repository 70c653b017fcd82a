"""What a file's page shows within itself: the picture, sound, film or document, and pictures of a notebook.

They come from the page's own address, sandboxed, so that looking is not counted as a download, and the store is never
the reader's business.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bytes import send
from freehold.base.errors import EntryNotFound, Invalid
from freehold.base.streams import Elsewhere, Located, Made
from freehold.core.repos.entries import File
from freehold.core.repos.reader import RepoReader
from freehold.web.pages.file.views import MAX_NOTEBOOK
from freehold.wire.notebook import picture

_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".avif": "image/avif", ".bmp": "image/bmp", ".ico": "image/x-icon", ".svg": "image/svg+xml",
    ".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".flac": "audio/flac", ".opus": "audio/ogg",
    ".m4a": "audio/mp4", ".mp4": "video/mp4", ".webm": "video/webm", ".mov": "video/mp4", ".pdf": "application/pdf",
}  # fmt: skip
_HEADERS = {
    # Script that an SVG or a PDF may hold runs nowhere, and nobody else's page may frame it.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Content-Disposition": "inline",
}


def embedded(request: Request, reader: RepoReader, file: File) -> Response:
    """The file as its own page shows it, by ranges. Raises EntryNotFound for what is not shown so."""
    kind = _TYPES.get(PurePosixPath(file.path).suffix.lower())
    if kind is None:
        raise EntryNotFound("This file is not shown in a page. Download it instead.", file.commit)

    def located(start: int, stop: int) -> Located:
        found = reader.located(file, start, stop)
        return Made(found.length, found.pieces) if isinstance(found, Elsewhere) else found

    return send(request, located, file.size, etag=file.etag, headers=_HEADERS, media_type=kind)


def notebook_picture(reader: RepoReader, file: File, query: Mapping[str, str]) -> Response:
    """A picture among a notebook's outputs. Raises Invalid if there is none."""
    cell, _, output = query["picture"].partition(".")
    if not (cell.isascii() and cell.isdigit() and output.isascii() and output.isdigit()) or len(cell + output) > 8:
        raise Invalid("A picture is named by its cell and its output, as in `picture=3.0`.")
    if file.size > MAX_NOTEBOOK:
        raise Invalid("This notebook is too long to be shown.")
    kind, content = picture(reader.read_range(file, 0, file.size), int(cell), int(output))
    return Response(content, headers=_HEADERS | {"ETag": f'"{file.etag}-{cell}-{output}"'}, media_type=kind)
