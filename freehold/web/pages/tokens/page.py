"""A person's access tokens: made, shown once, listed, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError, Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.tokens import Token, Tokens
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class TokensPage:
    """`secret` is the token just made, in this one answer and never again."""

    tokens: Sequence[Token]
    secret: str = ""
    problem: str = ""


def routes(site: Site, tokens: Tokens) -> list[Route]:
    """`/settings/tokens` and its two forms."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return _page(site, request, tokens, actor)

    def add(request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        try:
            _, secret = tokens.add(actor, account_id, form.get("name", ""), form.get("role", ""))
        except Invalid as refused:
            return _page(site, request, tokens, actor, problem=refused.message)
        return _page(site, request, tokens, actor, secret=secret)

    def revoke(request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        try:
            tokens.revoke(actor, account_id, form.get("id", ""))
        except HubError as refused:
            return _page(site, request, tokens, actor, problem=refused.message)
        return site.redirect(request, "/settings/tokens")

    return [
        Route("/settings/tokens", show, needs=Need.ACCOUNT, name="tokens"),
        Route("/settings/tokens", site.csrf.posted(add), needs=Need.ACTING, methods=["POST"], name="add-token"),
        Route(
            "/settings/tokens/revoke",
            site.csrf.posted(revoke),
            needs=Need.ACTING,
            methods=["POST"],
            name="revoke-token",
        ),
    ]


def _page(
    site: Site, request: Request, tokens: Tokens, actor: Actor, *, secret: str = "", problem: str = ""
) -> Response:
    page = TokensPage(tokens.list(actor.account_id or ""), secret, problem)
    response = site.page(request, "pages/tokens/page.html", page, status=400 if problem else 200)
    response.headers["Cache-Control"] = "no-store"  # a browser must not keep the page that shows a secret
    return response
