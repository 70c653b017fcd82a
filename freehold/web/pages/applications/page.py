"""A person's applications: those that act for them, and those that they registered themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.oauth.applications import Application, Draft
from freehold.core.accounts.oauth.grants import Authorised
from freehold.core.accounts.oauth.server import AuthServer
from freehold.web.forms import Form
from freehold.web.parts.scopes import Permission, permissions
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/applications"


@dataclass(frozen=True, slots=True)
class Allowed:
    """An application that acts for the person: on how many devices and in how many browsers, and since when."""

    app: Application
    permissions: tuple[Permission, ...]
    sign_ins: int
    networks: tuple[str, ...]
    since: int
    used_at: int
    orgs: tuple[str, ...]
    """Organisations that it may reach."""
    whole: bool
    """Whether it may do all that the person may, in every organisation."""


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """`fresh` is the application just registered and `secret` its secret, in this one answer and never again."""

    allowed: Sequence[Allowed]
    own: Sequence[Application]
    fresh: Application | None = None
    secret: str = ""
    problem: str = ""
    form: Form | None = None


def routes(site: Site, server: AuthServer) -> list[Route]:
    """`/settings/applications` and its forms."""
    desk = _Desk(site, server)
    posts = {PATH: desk.add, f"{PATH}/revoke": desk.revoke, f"{PATH}/delete": desk.delete}
    return [
        Route(PATH, desk.show, needs=Need.ACCOUNT, name="applications"),
        *(Route(path, site.csrf.posted(act), needs=Need.ACTING, methods=["POST"]) for path, act in posts.items()),
    ]


class _Desk:
    def __init__(self, site: Site, server: AuthServer) -> None:
        self._site, self._server = site, server

    def show(self, request: Request) -> Response:
        actor = identity(request)
        return self._page(request, actor) if actor.signed_in else self._site.ask_to_sign_in(request)

    def add(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        draft = Draft(
            form.get("name", ""), form.get("homepage", ""), form.get("redirects", "").splitlines(),
            confidential=form.get("kind") != "public",
        )  # fmt: skip
        try:
            app, secret = self._server.apps.add(actor, draft)
        except HubError as refused:
            return self._page(request, actor, problem=refused.message, form=form)
        return self._page(request, actor, fresh=app, secret=secret)

    def revoke(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        try:
            self._server.grants.revoke(actor, form.get("id", ""))
        except HubError as refused:
            return self._page(request, actor, problem=refused.message)
        return self._site.redirect(request, PATH)

    def delete(self, request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        try:
            self._server.apps.remove(actor, form.get("id", ""))
        except HubError as refused:
            return self._page(request, actor, problem=refused.message)
        return self._site.redirect(request, PATH)

    def _page(
        self, request: Request, actor: Actor, *, fresh: Application | None = None, secret: str = "",
        problem: str = "", form: Form | None = None,
    ) -> Response:  # fmt: skip
        account_id = str(actor.account_id)
        page = ApplicationsPage(
            self._allowed(account_id), self._server.apps.list(account_id), fresh, secret, problem, form
        )
        response = self._site.page(request, "pages/applications/page.html", page, status=400 if problem else 200)
        response.headers["Cache-Control"] = "no-store"  # a browser must not keep the page that shows a secret
        return response

    def _allowed(self, account_id: str) -> list[Allowed]:
        by_app: dict[str, list[Authorised]] = {}
        for one in self._server.grants.list(account_id):
            by_app.setdefault(one.app_id, []).append(one)
        found = ((self._server.apps.by_id(app_id), given) for app_id, given in by_app.items())
        return [_together(app, given) for app, given in found if app is not None]


def _together(app: Application, given: Sequence[Authorised]) -> Allowed:
    scopes = {scope for one in given for scope in one.scopes}
    networks = tuple(dict.fromkeys(one.network for one in given if one.network))
    since, used = min(one.created_at for one in given), max(one.used_at for one in given)
    orgs, whole = tuple(sorted({org for one in given for org in one.orgs})), any(one.whole for one in given)
    return Allowed(app, permissions(scopes), len(given), networks, since, used, orgs, whole)
