"""A feed as an answer, and the ids that its entries keep whatever they are called later."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import fresh
from freehold.asgi.urls import base_url
from freehold.wire import atom

PAGE = 30


def answer(request: Request, feed: atom.Feed) -> Response:
    """The feed, or 304."""
    return fresh.answer(request, atom.encode(feed), atom.MEDIA_TYPE, changed=feed.updated)


def tag(request: Request, *parts: str) -> str:
    """A tag URI (RFC 4151) of this hub: it names a thing by its row, which never changes."""
    return f"tag:{urlsplit(base_url(request)).hostname},2026:{quote('/'.join(parts))}"


def here(request: Request) -> str:
    """The feed's own address, with what it was asked."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{base_url(request)}{quote(request.scope['path'].removeprefix(request.scope.get('root_path', '')))}{query}"
