"""Signing in by password or by a one-time link, and signing out."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE, identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import SESSION_LIFE, Opened, Sessions
from freehold.web.forms import COOKIE, Form
from freehold.web.links import is_local
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`next` is where a signed-in visitor goes on to, a path of this hub."""

    next: str
    name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Asks for a press of a button: programs that look at links ahead of people must not use this one up."""

    secret: str


def routes(site: Site, people: People, sessions: Sessions) -> list[Route]:
    """`/login`, `/login/link/{secret}`, `/logout`."""
    desk = _Desk(site, people, sessions)
    return [
        Route("/login", desk.show, needs=Need.NOTHING, name="login"),
        Route("/login", site.csrf.posted(desk.sign_in), needs=Need.NOTHING, methods=["POST"], name="sign-in"),
        Route("/login/link/{secret:seg}", desk.show_link, needs=Need.LINK, name="link"),
        Route(
            "/login/link/{secret:seg}",
            site.csrf.posted(desk.use_link),
            needs=Need.LINK,
            methods=["POST"],
            name="use-link",
        ),
        Route("/logout", site.csrf.posted(desk.sign_out), needs=Need.NOTHING, methods=["POST"], name="sign-out"),
    ]


class _Desk:
    def __init__(self, site: Site, people: People, sessions: Sessions) -> None:
        self._site, self._people, self._sessions = site, people, sessions

    def show(self, request: Request) -> Response:
        target = _target(request.query_params.get("next", ""))
        if identity(request).signed_in:
            return self._site.redirect(request, target)
        return self._form(request, LoginPage(target), 200)

    def sign_in(self, request: Request, form: Form) -> Response:
        target, name = _target(form.get("next", "")), form.get("name", "").strip()
        try:
            account = self._people.check_password(name, form.get("password", ""))
        except BadCredentials as refused:
            return self._form(request, LoginPage(target, name[:100], refused.message), 401)
        return self._welcome(request, self._sessions.open(account.id, _browser(request)), target)

    def show_link(self, request: Request) -> Response:
        page = LinkPage(request.path_params["secret"])
        return self._site.page(request, "pages/login/link.html", page, forms=True)

    def use_link(self, request: Request, _form: Form) -> Response:
        try:
            opened = self._sessions.use_link(request.path_params["secret"], _browser(request))
        except HubError as refused:
            return self._form(request, LoginPage("/", "", refused.message), 401)
        return self._welcome(request, opened, "/settings/tokens")

    def sign_out(self, request: Request, _form: Form) -> Response:
        secret = request.cookies.get(SESSION_COOKIE)
        if secret:
            self._sessions.close(secret)
        response = self._site.redirect(request, "/")
        self._site.set_cookie(request, response, SESSION_COOKIE, "", 0)
        return response

    def _form(self, request: Request, page: LoginPage, status: int) -> Response:
        return self._site.page(request, "pages/login/page.html", page, forms=True, status=status)

    def _welcome(self, request: Request, opened: Opened, target: str) -> Response:
        response = self._site.redirect(request, target)
        self._site.set_cookie(request, response, SESSION_COOKIE, opened.secret, SESSION_LIFE // 1_000_000)
        self._site.set_cookie(request, response, COOKIE, "", 0)
        return response


def _target(path: str) -> str:
    return path if is_local(path) and not path.startswith(("/login", "/logout")) else "/"


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")
