"""Who is asking, from what the request carries: a token as bearer or Basic password, a pass, or a session cookie."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi.narrow import REFUSED, is_own
from freehold.asgi.routing import raw_path
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, Forbidden
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.accounts.passes import PREFIX
from freehold.core.accounts.tokens import INVALID

SESSION_COOKIE = "freehold_session"
CREDENTIALS_KEY = "freehold.credentials"
ACTOR_KEY = "freehold.actor"


def no_passes(_text: str, _path: str) -> Actor:
    """What a hub says to passes that makes none."""
    raise BadCredentials(INVALID)


@dataclass(frozen=True, slots=True)
class Credentials:
    """How the kinds of secrets become actors; each raises BadCredentials for one that is not valid."""

    by_token: Callable[[str], Actor]
    by_session: Callable[[str], Actor]
    by_pass: Callable[[str, str], Actor] = no_passes
    """A pass and the path that it is shown at."""


def with_credentials(app: ASGIApp, credentials: Credentials) -> ASGIApp:
    """The application, whose endpoints can ask for the `identity` of a caller."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        scope[CREDENTIALS_KEY] = credentials
        await app(scope, receive, send)

    return wrapped


def identity(request: HTTPConnection) -> Actor:
    """The caller. ANONYMOUS if no credential was sent; BadCredentials if one was and is not valid.

    Forbidden for a narrow credential at an address that is its holder's own.
    Asks the database, so call it from a worker thread. The answer is kept for the request.
    """
    actor: Actor | None = request.scope.get(ACTOR_KEY)
    if actor is None:
        actor = _identify(request, request.scope[CREDENTIALS_KEY])
        if actor.scope is not None and is_own(raw_path(request.scope)):
            raise Forbidden(REFUSED)
        request.scope[ACTOR_KEY] = actor
    return actor


def identity_anew(request: HTTPConnection) -> Actor:
    """The caller as of now, for answers that take long: a credential may have been revoked since they began."""
    request.scope.pop(ACTOR_KEY, None)
    return identity(request)


def token_in(request: HTTPConnection) -> str | None:
    """The token that the `Authorization` header carries, in either form; None if there is no such header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        return _basic_password(rest.strip())
    raise BadCredentials(INVALID)


def pass_in(request: HTTPConnection) -> str | None:
    """What somebody shows who has proven a key; it counts for one address only, so it is no token."""
    _, _, rest = request.headers.get("authorization", "").strip().partition(" ")
    return rest.strip() if rest.strip().startswith(PREFIX) else None


def _basic_password(text: str) -> str:
    try:
        user, _, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise BadCredentials(INVALID) from None
    return password or user  # some tools put the token where the user name belongs


def _identify(request: HTTPConnection, credentials: Credentials) -> Actor:
    if (shown := pass_in(request)) is not None:
        return credentials.by_pass(shown, raw_path(request.scope))
    token = token_in(request)
    if token is not None:
        return credentials.by_token(token)
    session = request.cookies.get(SESSION_COOKIE)
    if not session or not _counts(request):
        return ANONYMOUS
    try:
        return credentials.by_session(session)
    except BadCredentials:
        return ANONYMOUS  # an expired session is a signed-out person, not an attack


def _counts(request: HTTPConnection) -> bool:
    """Whether a cookie counts: always for reading, for a change only when the hub's own page sent it."""
    return request.scope.get("method") in {"GET", "HEAD", "OPTIONS"} or from_own_page(request) is True


def from_own_page(request: HTTPConnection) -> bool | None:
    """Whether one of the hub's own pages sent this; None where the browser does not tell."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    here = urlsplit(base_url(request))
    return None if origin is None else origin == f"{here.scheme}://{here.netloc}"
