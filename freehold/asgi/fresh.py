"""Answers that are made anew each time, sent only to those who do not have them yet."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bytes import matches

SHARED = "public, max-age=300"
"""For what is the same for everybody."""
_PERSONAL = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


def answer(request: Request, body: bytes, media_type: str, *, changed: int = 0, shared: bool = False) -> Response:
    """`body`, or 304 to whoever names its ETag, or without one a time since which nothing `changed` (microseconds)."""
    headers = {"Cache-Control": SHARED} if shared else dict(_PERSONAL)
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers["ETag"] = f'"{etag}"'
    if changed:
        headers["Last-Modified"] = format_datetime(datetime.fromtimestamp(changed // 1_000_000, UTC), usegmt=True)
    if _is_known(request, etag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _is_known(request: Request, etag: str, changed: int) -> bool:
    named = request.headers.get("if-none-match")
    if named is not None:
        return matches(named, etag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return bool(changed) and changed // 1_000_000 <= since.timestamp()
    except (TypeError, ValueError, OverflowError):
        return False
