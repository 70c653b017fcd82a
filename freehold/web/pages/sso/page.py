"""Signing in with an account at another provider: the way there and back, and the page that links such accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, HubError
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.core.accounts.sso.foreign import ForeignAccount
from freehold.core.accounts.sso.policy import Policy
from freehold.core.accounts.sso.trips import LIFE_S, LOST, Departure, SignOn
from freehold.web.entering import go_on, target_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.proven import Proven
from freehold.web.site import Site
from freehold.wire.oauth.jose import Claims
from freehold.wire.oauth.parameters import parse_query

COOKIE = "freehold_trip"
"""Carries the sealed trip while its person is at the provider."""

PATH = "/settings/providers"


@dataclass(frozen=True, slots=True)
class Linked:
    """An account at a provider; `title` is what the provider is called here."""

    title: str
    account: ForeignAccount


@dataclass(frozen=True, slots=True)
class ProvidersPage:
    """What is linked, and what could be."""

    linked: Sequence[Linked]
    open: Sequence[Policy]
    directory: str = ""
    """What the directory is called that can be linked by its password; empty: none, or it is linked."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AwayPage:
    """The way to a provider, for a form whose answer may not redirect there."""

    title: str
    url: str


def routes(site: Site, sign_in: SignIn, sign_on: SignOn) -> list[Route]:
    """`/login/with/{provider}`, its callback, and `/settings/providers` with its forms."""
    desk = _Desk(site, sign_in, sign_on)
    proven = Proven(site, sign_in.sessions, PATH)
    forms = {"link": desk.link, "unlink": desk.unlink, "directory": desk.link_directory}
    return [
        Route("/login/with/{provider:seg}", desk.depart, needs=Need.NOTHING, name="sign-in-with"),
        Route("/login/with/{provider:seg}/callback", desk.arrive, needs=Need.LINK, name="signed-in-with"),
        Route(PATH, desk.show, needs=Need.ACCOUNT, name="providers"),
        *(
            Route(
                f"{PATH}/{path}", site.csrf.posted(proven.sent(form)), needs=Need.SESSION, methods=["POST"],
                name=f"{path}-provider",
            )
            for path, form in forms.items()
        ),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    sign_in: SignIn
    sign_on: SignOn

    def depart(self, request: Request) -> Response:
        target = target_of(request.query_params.get("next", ""))
        if identity(request).signed_in:
            return self.site.redirect(request, target)
        policy = self.sign_on.policy(request.path_params["provider"])
        departure = self.sign_on.depart(policy, self._back(request, policy), target=target)
        headers = {"Location": departure.url, "Cache-Control": "no-store"}
        return self._with_trip(request, Response(status_code=303, headers=headers), departure)

    def arrive(self, request: Request) -> Response:
        policy = self.sign_on.policy(request.path_params["provider"])
        sealed = request.cookies.get(COOKIE, "")
        trip, claims = self.sign_on.arrive(policy, sealed, parse_query(request.url.query))
        if trip.link:
            response = self._linked(request, policy, trip.link, claims)
        else:
            account_id = self.sign_on.accounts.come_in(policy, claims)
            came = self.sign_in.proven(account_id, ["oidc"], visitor(request))
            response = go_on(self.site, self.sign_in.sessions, request, came, target_of(trip.next))
        self.site.set_cookie(request, response, COOKIE, "", 0)
        return response

    def show(self, request: Request) -> Response:
        actor = identity(request)
        return self._page(request, actor) if actor.signed_in else self.site.ask_to_sign_in(request)

    def link(self, request: Request, form: Form, proof: Proof) -> Response:
        actor, account_id = proof.actor, proof.account_id
        try:
            policy = self.sign_on.policy(form.get("provider", ""))
            departure = self.sign_on.depart(policy, self._back(request, policy), target=PATH, link=account_id)
        except HubError as refused:
            return self._page(request, actor, refused.message)
        # Not a redirect: `form-action` would hold one that leads to another site.
        response = self.site.page(request, "pages/sso/away.html", AwayPage(policy.label, departure.url))
        response.headers["Refresh"] = f"0;url={departure.url}"
        return self._with_trip(request, response, departure)

    def link_directory(self, request: Request, form: Form, proof: Proof) -> Response:
        said, password = form.get("name", "").strip(), form.get("password", "")
        try:
            self.sign_in.link_directory(visitor(request), proof.actor, said, password)
        except HubError as refused:
            return with_wait(self._page(request, proof.actor, refused.message), refused)
        return self.site.redirect(request, PATH)

    def unlink(self, request: Request, form: Form, proof: Proof) -> Response:
        actor = proof.actor
        try:
            self.sign_on.accounts.unlink(actor, form.get("issuer", ""), form.get("subject", ""))
        except HubError as refused:
            return self._page(request, actor, refused.message)
        return self.site.redirect(request, PATH)

    def _linked(self, request: Request, policy: Policy, account_id: str, claims: Claims) -> Response:
        actor = identity(request)
        if actor.account_id != account_id:  # signed out, or somebody else by now
            raise BadCredentials(LOST)
        self.sign_on.accounts.link(actor, policy, claims)
        return self.site.redirect(request, PATH)

    def _page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        directory, titles = self.sign_in.directory, {policy.issuer: policy.label for policy in self.sign_on.policies}
        if directory is not None:
            titles[directory.issuer] = directory.label
        found = self.sign_on.accounts.list(str(actor.account_id))
        linked = [Linked(titles.get(one.issuer, one.issuer), one) for one in found]
        issuers = {one.issuer for one in found}
        still_open = [policy for policy in self.sign_on.policies if policy.issuer not in issuers]
        asks = directory.label if directory is not None and directory.issuer not in issuers else ""
        page = ProvidersPage(linked, still_open, asks, problem)
        return self.site.page(request, "pages/sso/page.html", page, status=400 if problem else 200)

    def _back(self, request: Request, policy: Policy) -> str:
        return f"{base_url(request)}/login/with/{quote(policy.name, safe='')}/callback"

    def _with_trip(self, request: Request, response: Response, departure: Departure) -> Response:
        self.site.set_cookie(request, response, COOKIE, departure.trip, LIFE_S)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
