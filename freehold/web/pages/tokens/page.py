"""A person's access tokens: made as wide or narrow as needed, shown once, listed, rotated, revoked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.barring import Terms
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import People
from freehold.core.accounts.scope import OF_REPOSITORIES, Entity
from freehold.core.accounts.tokens import NARROW, Token, Tokens
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.pages.tokens.asked import LIVES, WORDS, expiry, owners, scope_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/tokens"


@dataclass(frozen=True, slots=True)
class TokensPage:
    """`secret` is the token just made or rotated, in this one answer and never again."""

    tokens: Sequence[Token]
    owners: Sequence[tuple[Entity, Sequence[str]]]
    of_repositories: Sequence[str]
    words: Mapping[str, str]
    lives: Mapping[str, str]
    narrow: str
    now: int
    asked: Sequence[tuple[str, Terms]]
    """What organisations of the person ask of tokens that reach them."""
    secret: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers."""

    site: Site
    tokens: Tokens
    people: People
    repos: Repos
    orgs: Orgs

    def show(self, request: Request) -> Response:
        """`/settings/tokens`."""
        actor = identity(request)
        return self._page(request, actor) if actor.signed_in else self.site.ask_to_sign_in(request)

    def add(self, request: Request, form: Form) -> Response:
        """Make one."""
        actor, account_id = signed_in(request)
        role = form.get("role", "")
        try:
            scope = scope_of(form, self.people, self.repos, actor) if role == NARROW else None
            until = expiry(form, self.site.clock())
            _, secret = self.tokens.add(actor, account_id, form.get("name", ""), role, expires_at=until, scope=scope)
        except HubError as refused:
            return self._page(request, actor, problem=refused.message)
        return self._page(request, actor, secret=secret)

    def rotate(self, request: Request, form: Form) -> Response:
        """Give one a new secret."""
        actor, account_id = signed_in(request)
        try:
            _, secret = self.tokens.rotate(actor, account_id, form.get("id", ""))
        except HubError as refused:
            return self._page(request, actor, problem=refused.message)
        return self._page(request, actor, secret=secret)

    def revoke(self, request: Request, form: Form) -> Response:
        """End one."""
        actor, account_id = signed_in(request)
        try:
            self.tokens.revoke(actor, account_id, form.get("id", ""))
        except HubError as refused:
            return self._page(request, actor, problem=refused.message)
        return self.site.redirect(request, PATH)

    def _page(self, request: Request, actor: Actor, *, secret: str = "", problem: str = "") -> Response:
        page = TokensPage(
            self.tokens.list(actor.account_id or ""), owners(self.people, actor), OF_REPOSITORIES, WORDS, LIVES, NARROW,
            self.site.clock(), self.orgs.credentials.asked_of(actor.account_id or ""), secret, problem,
        )  # fmt: skip
        response = self.site.page(request, "pages/tokens/page.html", page, status=400 if problem else 200)
        response.headers["Cache-Control"] = "no-store"  # a browser must not keep the page that shows a secret
        return response


def routes(site: Site, tokens: Tokens, people: People, repos: Repos, orgs: Orgs) -> list[Route]:
    """`/settings/tokens` and its forms."""
    pages = Pages(site, tokens, people, repos, orgs)
    posted, acting = site.csrf.posted, Need.ACTING
    return [
        Route(PATH, pages.show, needs=Need.ACCOUNT, name="tokens"),
        Route(PATH, posted(pages.add), needs=acting, methods=["POST"], name="add-token"),
        Route(f"{PATH}/rotate", posted(pages.rotate), needs=acting, methods=["POST"], name="rotate-token"),
        Route(f"{PATH}/revoke", posted(pages.revoke), needs=acting, methods=["POST"], name="revoke-token"),
    ]
