"""Signing in by password, passkey or a one-time link, and signing out."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE, identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid, NotReached, TooMany
from freehold.base.words import later
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.web.entering import go_on, party_of, status_of, target_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.site import Site, bound_to


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`next` is where a signed-in visitor goes on to, a path of this hub; `question` what a passkey is asked."""

    next: str
    question: str
    open_to_all: bool
    providers: Sequence[tuple[str, str]] = ()
    """Other hubs and services to sign in with: each by a word for its address, and what it is called."""
    name: str = ""
    problem: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Asks for a press of a button: programs that look at links ahead of people must not use this one up."""

    secret: str


_TOLD = {
    "reset": later("Your password is changed, and you are signed out everywhere. Sign in with the new one."),
    "confirmed": later("Your account is made. Sign in."),
    "gone": later("Your account is deleted."),
}
"""What a page that led here has to say; the words are ours, only which of them comes with the address."""


def routes(site: Site, sign_in: SignIn, *, open_to_all: bool, providers: Sequence[tuple[str, str]] = ()) -> list[Route]:
    """`/login`, `/login/passkey`, `/login/link/{secret}`, `/logout`."""
    desk = _Desk(site, sign_in, sign_in.sessions, open_to_all, providers)
    return [
        Route("/login", desk.show, needs=Need.NOTHING, name="login"),
        Route("/login", site.csrf.posted(desk.by_password), needs=Need.NOTHING, methods=["POST"], name="sign-in"),
        Route(
            "/login/passkey",
            site.csrf.posted(desk.by_passkey),
            needs=Need.NOTHING,
            methods=["POST"],
            name="sign-in-by-passkey",
        ),
        Route("/login/link/{secret:seg}", desk.show_link, needs=Need.LINK, name="link"),
        Route(
            "/login/link/{secret:seg}",
            site.csrf.posted(desk.by_link),
            needs=Need.LINK,
            methods=["POST"],
            name="use-link",
        ),
        Route("/logout", site.csrf.posted(desk.sign_out), needs=Need.NOTHING, methods=["POST"], name="sign-out"),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    sign_in: SignIn
    sessions: Sessions
    open_to_all: bool
    providers: Sequence[tuple[str, str]]

    def show(self, request: Request) -> Response:
        target = target_of(request.query_params.get("next", ""))
        if identity(request).signed_in:
            return self.site.redirect(request, target)
        return self._form(request, target, told=_TOLD.get(request.query_params.get("told", ""), ""))

    def by_password(self, request: Request, form: Form) -> Response:
        target, name = target_of(form.get("next", "")), form.get("name", "").strip()
        try:
            came = self.sign_in.by_password(visitor(request), name, form.get("password", ""))
        except (BadCredentials, TooMany, NotReached) as refused:
            return self._form(request, target, name=name[:100], refused=refused)
        return go_on(self.site, self.sessions, request, came, target)

    def by_passkey(self, request: Request, form: Form) -> Response:
        target, party = target_of(form.get("next", "")), party_of(request, self.site.hub_name)
        if party is None:
            raise Invalid("Passkeys need HTTPS and a host name. Sign in another way.")
        try:
            came = self.sign_in.by_passkey(visitor(request), party, bound_to(request), form.get("answer", ""))
        except (BadCredentials, TooMany) as refused:
            return self._form(request, target, refused=refused)
        return go_on(self.site, self.sessions, request, came, target)

    def show_link(self, request: Request) -> Response:
        page = LinkPage(request.path_params["secret"])
        return self.site.page(request, "pages/login/link.html", page, forms=True)

    def by_link(self, request: Request, _form: Form) -> Response:
        try:
            came = self.sign_in.by_link(visitor(request), request.path_params["secret"])
        except HubError as refused:
            return self._form(request, "/", refused=refused)
        return go_on(self.site, self.sessions, request, came, "/settings/password")

    def sign_out(self, request: Request, _form: Form) -> Response:
        secret = request.cookies.get(SESSION_COOKIE)
        if secret:
            self.sessions.close(secret)
        response = self.site.redirect(request, "/")
        self.site.set_cookie(request, response, SESSION_COOKIE, "", 0)
        return response

    def _form(
        self, request: Request, target: str, *, name: str = "", told: str = "", refused: HubError | None = None
    ) -> Response:
        party = party_of(request, self.site.hub_name)
        question = self.sign_in.passkeys.ask(party, bound_to(request)) if party else ""
        problem = refused.message if refused else ""
        page = LoginPage(target, question, self.open_to_all, self.providers, name, problem, told)
        status = status_of(refused) if refused else 200
        response = self.site.page(request, "pages/login/page.html", page, forms=True, status=status)
        return with_wait(response, refused) if refused else response
