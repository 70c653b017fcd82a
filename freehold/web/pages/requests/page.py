"""What a person has asked of gates, how they stand, and what they have or had access to."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.clock import now
from freehold.base.errors import NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import AccessRequest, GateRef
from freehold.core.accounts.gates.registry import Held
from freehold.core.repos.gating import Gating
from freehold.web.fetched import fetched_table
from freehold.web.forms import Form
from freehold.web.parts.gate import receipt_file
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

HERE = "/settings/gated-repos"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and how it stands."""

    gate: GateRef
    request: AccessRequest
    standing: str


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Requests to gates that the person may still see, and all access that they were ever given."""

    asked: Sequence[Asked]
    held: Sequence[Held]
    problem: str = ""


def routes(site: Site, gating: Gating) -> list[Route]:
    """`/settings/gated-repos`, what belongs to a grant below it, and the form that says that copies are deleted."""

    def page(request: Request, actor: Actor, problem: str = "") -> Response:
        found = [Asked(gate, asked, asked.standing(now()).value) for gate, asked in gating.mine(actor)]
        shown = RequestsPage(found, gating.held(actor), problem)
        return site.page(request, "pages/requests/page.html", shown, status=400 if problem else 200)

    def show(request: Request) -> Response:
        actor = identity(request)
        return page(request, actor) if actor.signed_in else site.ask_to_sign_in(request)

    def receipt(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        grant = request.path_params["grant"]
        return receipt_file(gating.side_receipt(actor, grant), grant)

    def given(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        lines = b"".join(msgspec.json.encode(one) + b"\n" for one in gating.given(actor))
        headers = {"Content-Disposition": "attachment; filename=receipts.jsonl", "Cache-Control": "no-store"}
        return Response(lines, headers=headers, media_type="application/jsonl")

    def fetched(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        grant = request.path_params["grant"]
        return fetched_table(gating.own_fetched(actor, grant), grant)

    def deleted(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        try:
            gating.say_deleted(actor, form.get("grant", ""))
        except NotFound as refused:
            return page(request, actor, refused.message)
        return site.redirect(request, HERE)

    return [
        Route(HERE, show, needs=Need.ACCOUNT, name="requests"),
        Route(f"{HERE}/given", given, needs=Need.ACCOUNT, name="given-receipts"),
        Route(f"{HERE}/receipts/{{grant:seg}}", receipt, needs=Need.ACCOUNT, name="side-receipt"),
        Route(f"{HERE}/fetched/{{grant:seg}}", fetched, needs=Need.ACCOUNT, name="own-fetched"),
        Route(f"{HERE}/deleted", site.csrf.posted(deleted), needs=Need.ACTING, methods=["POST"], name="say-deleted"),
    ]
