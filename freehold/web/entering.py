"""What the pages of signing in share: where a visitor comes from, the cookies of the way in, how a refusal is told."""

import ipaddress
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, Forbidden, HubError, NotReached, TooMany
from freehold.core.accounts.sessions import SESSION_LIFE, Opened, Sessions
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.accounts.signing_in.passkeys import Party
from freehold.core.accounts.signing_in.signing_in import HALFWAY_LIFE, Halfway
from freehold.web.forms import COOKIE
from freehold.web.links import is_local
from freehold.web.site import Site

HALFWAY_COOKIE = "freehold_halfway"
"""Holds what signing in has come to when a second factor is owed; no other page looks at it."""


def visitor(request: Request) -> Visitor:
    """Where this request comes from, as far as trusted proxies tell."""
    return Visitor(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def party_of(request: Request, hub_name: str) -> Party | None:
    """The hub as passkeys know it; None where browsers have none: without HTTPS, or at a bare IP address."""
    parts = urlsplit(base_url(request))
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not local:
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Party(host, f"{parts.scheme}://{parts.netloc}", hub_name)
    return None


def target_of(path: str) -> str:
    """Where a sign-in leads: a path of this hub that is no part of signing in."""
    return path if is_local(path) and not path.startswith(("/login", "/logout", "/signup")) else "/"


def go_on(site: Site, sessions: Sessions, request: Request, came: Opened | Halfway, target: str) -> Response:
    """Set the cookies of what came of a proof, and lead on: in, or to the second half of the way."""
    if isinstance(came, Opened):
        response = site.redirect(request, target)
        return let_in(site, sessions, request, response, came)
    page = "/login/enrol" if came.must_enrol else "/login/second"
    response = site.redirect(request, f"{page}?next={quote(target, safe='')}")
    site.set_cookie(request, response, HALFWAY_COOKIE, came.secret, HALFWAY_LIFE // 1_000_000)
    return response


def let_in(site: Site, sessions: Sessions, request: Request, response: Response, opened: Opened) -> Response:
    """Give `response` the cookie of a fresh session; the one that the browser came with, whosever it was, ends."""
    if before := request.cookies.get(SESSION_COOKIE):
        sessions.close(before)
    site.set_cookie(request, response, SESSION_COOKIE, opened.secret, SESSION_LIFE // 1_000_000)
    for cookie in (COOKIE, HALFWAY_COOKIE):
        site.set_cookie(request, response, cookie, "", 0)
    return response


def status_of(refused: HubError) -> int:
    """The status of a form that comes back with a refusal."""
    match refused:
        case TooMany():
            return 429
        case BadCredentials():
            return 401
        case Forbidden():
            return 403
        case NotReached():
            return 502
    return 400


def with_wait(response: Response, refused: HubError) -> Response:
    """Tell programs how long to wait, where that is why."""
    if isinstance(refused, TooMany):
        response.headers["Retry-After"] = str(refused.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response
