"""Where one is signed in: every session listed, each can be ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE, identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import NotFound
from freehold.base.words import later
from freehold.core.accounts.sessions import Session, Sessions, id_of
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/sessions"
_METHODS = {
    "password": later("password"), "passkey": later("passkey"), "totp": later("code"),
    "recovery": later("recovery code"), "link": later("one-time link"), "oidc": later("another provider"),
    "ldap": later("the directory"),
}  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


@dataclass(frozen=True, slots=True)
class Line:
    """One session; `is_this`: the browser that looks at the page."""

    id: str
    browser: str
    ways: str
    session: Session
    is_this: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """All of them, the one used last first."""

    lines: Sequence[Line]


def routes(site: Site, sessions: Sessions) -> list[Route]:
    """`/settings/sessions` and its forms."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        this = id_of(request.cookies.get(SESSION_COOKIE, ""))
        lines = [_line(one, this) for one in sessions.list(actor.account_id or "")]
        return site.page(request, "pages/sessions/page.html", SessionsPage(lines))

    def end(request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        try:
            sessions.end(actor, account_id, form.get("id", ""))
        except NotFound:  # it has ended meanwhile, as was wished
            return site.redirect(request, PATH)
        return site.redirect(request, PATH)

    def end_others(request: Request, _form: Form) -> Response:
        actor, account_id = signed_in(request)
        sessions.end_all(actor, account_id, but=request.cookies.get(SESSION_COOKIE, ""))
        return site.redirect(request, PATH)

    return [
        Route(PATH, show, needs=Need.ACCOUNT, name="sessions"),
        Route(f"{PATH}/end", site.csrf.posted(end), needs=Need.ACTING, methods=["POST"], name="end-session"),
        Route(
            f"{PATH}/end-others",
            site.csrf.posted(end_others),
            needs=Need.ACTING,
            methods=["POST"],
            name="end-other-sessions",
        ),
    ]


def _line(session: Session, this: str) -> Line:
    ways = ", ".join(say(_METHODS.get(method, method)) for method in session.methods)
    return Line(session.id, browser_of(session.user_agent), ways, session, session.id == this)


def browser_of(user_agent: str) -> str:
    """A `User-Agent` in words: enough to recognise one's own devices by."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return say("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or user_agent[:60] or say("Unknown browser")
