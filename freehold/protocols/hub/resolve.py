"""A file of a revision, by HEAD and GET: the address that every download goes through."""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bytes import send
from freehold.asgi.networks import network_of
from freehold.asgi.urls import base_url
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.counting import is_robot
from freehold.core.repos.entries import File
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.protocols.hub.answer import flag
from freehold.protocols.hub.gate import Gate

_INERT = {
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/plain; charset=utf-8",
    ".py": "text/plain; charset=utf-8",
    ".yaml": "text/plain; charset=utf-8",
    ".yml": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    # May hold script, which the sandbox of every such answer keeps from running; as an image it never does.
    ".svg": "image/svg+xml",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
"""What a browser may be told a file is: only types that cannot run as a page of this hub."""


_OLD = re.compile(r"\bhf_hub/[01]\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resolve:
    """`/resolve/{rev}/{path}` and `/raw/{rev}/{path}`."""

    gate: Gate
    catalog: Catalog

    def resolve(self, request: Request) -> Response:
        """The content: a large file's own bytes."""
        reader, file = self._file(request)
        if _is_download(request):
            self.catalog.downloads.note(reader, file.path, network_of(request))
        headers = file_headers(file, saved=flag(request, "download"))
        if file.entry.large is not None and file.entry.large.xet_hash is not None:
            headers |= xet_headers(request, reader, file.commit, file.entry.large.xet_hash)
        return _send(request, reader, file, headers)

    def raw(self, request: Request) -> Response:
        """What git holds: a large file's pointer."""
        reader, file = self._file(request)
        kept = as_kept(file)
        return _send(request, reader, kept, file_headers(kept))

    def _file(self, request: Request) -> tuple[RepoReader, File]:
        reader = self.gate.reader(request)
        file = reader.file(request.path_params["rev"], request.path_params["path"])
        if request.method == "GET" and file.path not in ALWAYS_OPEN:
            reader.fetched("file", file.path, file.commit)
        return reader, file


def _is_download(request: Request) -> bool:
    """Whether somebody fetches a file, rather than looks what is there: newer clients say so (`X-HF-Download-Counter`).

    Older ones ask by HEAD ahead of each file, and by HEAD alone when they have it already, which the Hub counts too.
    """
    agent = request.headers.get("user-agent", "")
    if is_robot(agent):
        return False
    marked = request.headers.get("x-hf-download-counter") == "1"
    return marked or request.method == "GET" or _OLD.search(agent) is not None


def _send(request: Request, reader: RepoReader, file: File, headers: dict[str, str]) -> Response:
    return send(
        request,
        lambda start, stop: reader.located(file, start, stop),
        file.size,
        etag=file.etag,
        headers=headers,
        media_type=media_type(file.path),
    )


def as_kept(file: File) -> File:
    """The file that git holds: for a large one its pointer, for any other itself."""
    large = file.entry.large
    if large is None:
        return file
    entry = replace(file.entry, large=None, size=large.pointer_size)
    return File(entry, file.commit, entry.oid, entry.size)


def file_headers(file: File, *, saved: bool = False) -> dict[str, str]:
    """What every answer about a file says of it, whether or not its bytes follow."""
    return {
        "X-Repo-Commit": file.commit,
        "X-Linked-Size": str(file.size),
        "X-Linked-Etag": f'"{file.etag}"',
        "Content-Disposition": content_disposition(file.path, saved=saved),
    }


def content_disposition(path: str, *, saved: bool = False) -> str:
    """Under which name a browser saves the file at `path`, and whether it may show it (not if it is to be `saved`)."""
    shown = "inline" if PurePosixPath(path.lower()).suffix in _INERT and not saved else "attachment"
    name = PurePosixPath(path).name
    plain = name.encode("ascii", "replace").decode().translate({34: "_", 92: "_", 63: "_"})
    return f"{shown}; filename*=UTF-8''{quote(name, safe='')}; filename=\"{plain}\";"


def media_type(path: str, claimed: str | None = None) -> str:
    """What a browser is told that a file is: by its name, else as `claimed` if that can do no harm."""
    by_name = _INERT.get(PurePosixPath(path.lower()).suffix)
    return by_name or (claimed if claimed in _INERT.values() else None) or "application/octet-stream"


def xet_headers(request: Request, reader: RepoReader, commit: str, xet_hash: str) -> dict[str, str]:
    """What switches a client to the CAS, and where it gets its token."""
    repo = reader.repo.repo_id
    route = f"{base_url(request)}/api/{repo.kind.plural}/{repo.full}/xet-read-token/{commit}"
    return {"X-Xet-Hash": xet_hash, "X-Xet-Refresh-Route": route, "Link": f'<{route}>; rel="xet-auth"'}
