"""Pages of a list: an opaque cursor in the query and the next page's address in a `Link` header."""

from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from freehold.asgi.urls import base_url
from freehold.base import base64url
from freehold.base.errors import Invalid

MAX_LIMIT = 1000

Mark = tuple[Annotated[int, msgspec.Meta(ge=0, le=2**62)], str]
"""Where a page ends that is ordered by a number: that number, which must fit into a database, and a row's id."""


def encode_cursor(value: Any) -> str:
    """A JSON value as URL-safe text."""
    return base64url.encode(msgspec.json.encode(value))


def decode_cursor(text: str, kind: type | Any = str) -> Any:
    """The value of a cursor; Invalid if it was not made by this hub or is not of `kind`."""
    try:
        return msgspec.json.decode(base64url.decode(text), type=kind)
    except (ValueError, msgspec.DecodeError):
        raise Invalid("The cursor is not one that this hub gave. Start again from the first page.") from None


def cursor(request: Request, kind: type | Any = str) -> Any:
    """The decoded `cursor` of the query, or None on the first page."""
    text = request.query_params.get("cursor")
    return None if text is None else decode_cursor(text, kind)


def limit(request: Request, default: int, most: int = MAX_LIMIT) -> int:
    """The `limit` of the query, between 1 and `most`; Invalid if it is no number."""
    text = request.query_params.get("limit")
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid(f"limit must be a number from 1 to {most}.")
    return max(1, min(int(text), most))


def next_link(request: Request, value: Any) -> str:
    """The `Link` header for the page that starts after `value`: same path and query, another cursor."""
    query = [(key, text) for key, text in request.query_params.multi_items() if key != "cursor"]
    query.append(("cursor", encode_cursor(value)))
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.decode("latin-1")
    prefix = request.scope.get("root_path", "")
    path = path.removeprefix(prefix) if prefix and path.startswith(prefix + "/") else path
    return f'<{base_url(request)}{path}?{urlencode(query)}>; rel="next"'
