"""A collection that asks once for all its gated repositories, as those see it who come to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, Invalid, NotFound, Stale
from freehold.core.repos.gate_door import Door
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.repo import Repo
from freehold.features.collections.collections import Collections
from freehold.web.forms import Form
from freehold.web.markdown import Place as Text
from freehold.web.parts.gate import GateBox, answers_in, ask_by, gate_box, receipt_file
from freehold.web.parts.gate_place import HERE, place_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site, root_of


@dataclass(frozen=True, slots=True)
class CollectionGatePage:
    """`gate` is None for who is let in anyhow; `path` is the collection's."""

    path: str
    title: str
    repos: Sequence[Repo]
    gate: GateBox | None
    keeps: bool


def routes(site: Site, collections: Collections, groups: GateGroups) -> list[Route]:
    """`/collections/{ns}/{slug}/gate` and its two forms."""

    def found(request: Request) -> Door:
        return groups.door(identity(request), place_of(collections, request))

    def page(request: Request, problem: str = "", **filled: Any) -> Response:
        place, actor = place_of(collections, request), identity(request)
        keeps = groups.may_decide(actor, place)
        if (group := groups.find(place)) is None and keeps:
            return site.redirect(request, f"/{place.path}/access")
        door = groups.door(actor, place)
        base = f"{root_of(request)}/{place.path}/"
        box = gate_box(door, request, Text(base, base, ""), problem=problem, **filled)
        shown = CollectionGatePage(f"/{place.path}", place.title, groups.named(group) if group else (), box, keeps)
        return site.page(request, "pages/collection_gate/page.html", shown, status=400 if problem else 200)

    def show(request: Request) -> Response:
        return page(request)

    def ask(request: Request, form: Form) -> Response:
        signed_in(request)
        door = found(request)
        try:
            ask_by(door, request, form)
        except (Invalid, Forbidden, Stale) as refused:
            return page(request, refused.message, answers=answers_in(door, form), asked_for=form.get("for", ""))
        return site.redirect(request, f"/{door.gate.path}/gate")

    def withdraw(request: Request, form: Form) -> Response:
        signed_in(request)
        door = found(request)
        try:
            door.withdraw(form.get("for", ""))
        except NotFound as refused:
            return page(request, refused.message)
        return site.redirect(request, f"/{door.gate.path}/gate")

    def receipt(request: Request) -> Response:
        if not identity(request).signed_in:
            return site.ask_to_sign_in(request)
        return receipt_file(found(request).receipt, str(request.path_params["slug"]))

    here, posted = f"{HERE}/gate", site.csrf.posted
    return [
        Route(here, show, needs=Need.READ, name="collection-gate"),
        Route(here, posted(ask), needs=Need.PROPOSE, methods=["POST"], name="collection-ask"),
        Route(f"{here}/receipt", receipt, needs=Need.READ, name="collection-receipt"),
        Route(f"{here}/withdraw", posted(withdraw), needs=Need.PROPOSE, methods=["POST"], name="collection-withdraw"),
    ]
