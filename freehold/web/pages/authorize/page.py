"""Where applications send people: the hub asks them, and sends them back with a code or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE, identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import Forbidden, Invalid
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.oauth.applications import Application
from freehold.core.accounts.oauth.server import AuthServer
from freehold.core.accounts.people import People
from freehold.web.forms import Form
from freehold.web.parts.reach import Choice, chosen, offered
from freehold.web.parts.scopes import Permission, permissions
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.wire.oauth.authorize import Asked, parse_asked
from freehold.wire.oauth.parameters import Parameters, demand, parse_query
from freehold.wire.oauth.redirects import answer_at, fits, host_of
from freehold.wire.oauth.refusals import ACCESS_DENIED, CONSENT_REQUIRED, LOGIN_REQUIRED, Refused


@dataclass(frozen=True, slots=True)
class AuthorizePage:
    """`query` is the application's request as it came, which the form sends back."""

    app: Application
    permissions: tuple[Permission, ...]
    orgs: Sequence[Choice]
    host: str
    query: str


@dataclass(frozen=True, slots=True)
class LeavePage:
    """The way back to the application; `problem`: why, where somebody should read it before they go."""

    app_name: str
    host: str
    url: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Request:
    """A request of a known application that may be answered at `redirect_uri`."""

    app: Application
    redirect_uri: str
    parameters: Parameters
    query: str

    def asked(self) -> Asked:
        """What it asks for. Raises Refused, which the application is told."""
        return parse_asked(self.parameters, self.redirect_uri, confidential=self.app.confidential)


def routes(site: Site, server: AuthServer, people: People) -> list[Route]:
    """`/oauth/authorize` and its form."""
    desk = _Desk(site, server, people)
    return [
        Route("/oauth/authorize", desk.show, needs=Need.ACCOUNT, name="authorize"),
        Route("/oauth/authorize", site.csrf.posted(desk.decide), needs=Need.ACTING, methods=["POST"], name="allow"),
    ]


class _Desk:
    def __init__(self, site: Site, server: AuthServer, people: People) -> None:
        self._site, self._server, self._people = site, server, people

    def show(self, request: Request) -> Response:
        actor, wanted = identity(request), self._request(request.url.query)
        if not actor.signed_in:
            if wanted.parameters.get("prompt") == "none":
                return self._back(request, wanted, {"error": LOGIN_REQUIRED})
            return self._site.ask_to_sign_in(request)
        if actor.token_id is not None:
            raise Forbidden("An application is let in from the browser, by whoever is signed in there.")
        try:
            return self._answer(request, wanted, actor)
        except Refused as refused:
            return self._refuse(request, wanted, refused)

    def decide(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        wanted = self._request(form.get("query", ""))
        if form.get("decision") != "approve":
            return self._back(request, wanted, {"error": ACCESS_DENIED, "error_description": "The person said no."})
        try:
            asked = wanted.asked()
            return self._give(request, wanted, actor, asked, chosen(self._offered(actor, wanted, asked), form))
        except Refused as refused:
            return self._refuse(request, wanted, refused)

    def _request(self, query: str) -> _Request:
        """Raises Invalid, which is shown here: an address that nobody registered is never gone to."""
        parameters = parse_query(query)
        app = self._server.apps.by_id(demand(parameters, "client_id"))
        if app is None or app.built_in:
            raise Invalid("The application that sent you here is not known to this hub. Nothing was given to it.")
        redirect_uri = demand(parameters, "redirect_uri")
        if not fits(redirect_uri, app.redirect_uris):
            raise Invalid(f"{app.name} wants you sent to an address that is not registered. Nothing was given to it.")
        return _Request(app, redirect_uri, parameters, query)

    def _answer(self, request: Request, wanted: _Request, actor: Actor) -> Response:
        asked = wanted.asked()
        if asked.max_age_s is not None and self._server.clock() - self._since(request) > asked.max_age_s * 1_000_000:
            raise Refused(
                LOGIN_REQUIRED, later("You signed in too long ago for this application. Sign out and in again.")
            )
        before = self._server.grants.allowed_orgs(str(actor.account_id), wanted.app.id)
        known = set(asked.scopes) <= self._server.grants.allowed(str(actor.account_id), wanted.app.id)
        known = known and set(asked.orgs) <= before
        # Whoever runs on the person's machine may be anybody with a public client's id: ask every time (RFC 8252, 8.6).
        if known and wanted.app.confidential and asked.prompt != "consent":
            return self._give(request, wanted, actor, asked, sorted(before))
        if asked.prompt == "none":
            return self._back(request, wanted, {"error": CONSENT_REQUIRED})
        orgs = self._offered(actor, wanted, asked)
        page = AuthorizePage(wanted.app, permissions(asked.scopes), orgs, host_of(wanted.redirect_uri), wanted.query)
        return self._shown(request, "pages/authorize/page.html", page)

    def _offered(self, actor: Actor, wanted: _Request, asked: Asked) -> Sequence[Choice]:
        account_id = str(actor.account_id)
        before = self._server.grants.allowed_orgs(account_id, wanted.app.id)
        return offered(self._people, account_id, asked.scopes, before | set(asked.orgs))

    def _give(self, request: Request, wanted: _Request, actor: Actor, asked: Asked, orgs: Sequence[str]) -> Response:
        code = self._server.codes.issue(actor, wanted.app, asked, self._since(request), orgs)
        return self._back(request, wanted, {"code": code})

    def _since(self, request: Request) -> int:
        return self._server.codes.signed_in_at(request.cookies.get(SESSION_COOKIE, ""))

    def _refuse(self, request: Request, wanted: _Request, refused: Refused) -> Response:
        """Say it here first: whoever registers an application must not use the hub to send people elsewhere."""
        answer = {"error": refused.code, "error_description": refused.message}
        return self._back(request, wanted, answer, refused.message)

    def _back(self, request: Request, wanted: _Request, answer: dict[str, str], problem: str = "") -> Response:
        """Send the browser on by a page, not a redirect: `form-action` would hold a redirect that follows a form."""
        state = wanted.parameters.get("state")
        answer = {**answer, **({"state": state} if state is not None else {}), "iss": base_url(request)}
        url = answer_at(wanted.redirect_uri, answer)
        page = LeavePage(wanted.app.name, host_of(wanted.redirect_uri), url, problem)
        response = self._shown(request, "pages/authorize/leave.html", page, 400 if problem else 200)
        if not problem:
            response.headers["Refresh"] = f"0;url={url}"
        return response

    def _shown(self, request: Request, template: str, page: AuthorizePage | LeavePage, status: int = 200) -> Response:
        response = self._site.page(request, template, page, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
