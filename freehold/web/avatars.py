"""Pictures that stand for accounts, drawn from the name alone: no upload, no third party, the same on every visit."""

import hashlib

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import check_name

_KEPT = "public, max-age=604800"
_SHAPES = (
    '<circle cx="52" cy="10" r="26"/>',
    '<path d="M0 64 64 0v64z"/>',
    '<path d="M0 40q32-26 64 0v24H0z"/>',
    '<rect x="34" width="30" height="64"/>',
    '<circle cx="32" cy="66" r="30"/>',
    '<path d="M0 0h64L32 44z"/>',
)


def route() -> Route:
    """`/-/avatar/{name}`. Asks no database, so it does not tell whether there is such an account."""
    return Route("/-/avatar/{name:seg}", _serve, needs=Need.NOTHING, name="avatar")


def draw(name: str) -> str:
    """The picture as SVG: the initial on two tones of one hue, which the name chooses along with a shape."""
    digest = hashlib.sha256(name.lower().encode()).digest()
    hue, shape = int.from_bytes(digest[:2], "big") % 360, _SHAPES[digest[2] % len(_SHAPES)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<rect width="64" height="64" fill="hsl({hue},38%,86%)"/><g fill="hsl({hue},42%,78%)">{shape}</g>'
        '<text x="32" y="43" text-anchor="middle" font-family="system-ui,sans-serif" font-size="31"'
        f' font-weight="650" fill="hsl({hue},55%,24%)">{escape(name[:1].upper())}</text></svg>'
    )


def _serve(request: Request) -> Response:
    body = draw(check_name(request.path_params["name"]))
    return Response(body, media_type="image/svg+xml", headers={"Cache-Control": _KEPT})
