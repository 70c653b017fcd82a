"""A collection that asks once for all its gated repositories: the form, and for its keepers who asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, Invalid, NotFound, Stale
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import MAY_ASK, STATUSES, AccessRequest
from freehold.core.accounts.gates.groups import Group
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_groups import GateGroups, Place
from freehold.core.repos.repo import Repo
from freehold.features.collections.collections import Collections
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site
from freehold.wire.gates.terms import Terms


@dataclass(frozen=True, slots=True)
class CollectionGatePage:
    """`group` None: it asks for nothing yet; `requests` are for its keepers only."""

    slug: str
    title: str
    group: Group | None
    repos: Sequence[Repo]
    terms: Terms | None
    standing: str
    may_ask: bool
    keeps: bool
    requests: Mapping[str, Sequence[AccessRequest]]
    problem: str = ""


def routes(site: Site, collections: Collections, groups: GateGroups) -> list[Route]:
    """`/collections/{ns}/{slug}/gate` and its form, whose `action` says what to do."""

    def found(request: Request) -> tuple[Place, str, Sequence[Repo]]:
        actor = identity(request)
        slug = f"{request.path_params['ns']}/{request.path_params['slug']}"
        one = collections.find(actor, slug)
        items = [item.repo for item in collections.show(actor, one).items if item.repo is not None]
        return Place(one.id, one.owner_id, f"collections/{one.slug}", one.title), one.slug, items

    def page(request: Request, problem: str = "") -> Response:
        actor, (place, slug, _) = identity(request), found(request)
        group, keeps = groups.find(place), groups.may_decide(actor, place)
        if group is None and not keeps:
            raise NotFound("This collection asks for nothing.")
        standing = groups.standing(actor, place)
        shown = CollectionGatePage(
            slug,
            place.title,
            group,
            groups.named(group) if group else (),
            groups.terms(place, group) if group else None,
            standing.value,
            actor.signed_in and group is not None and standing in MAY_ASK,
            keeps,
            {status: groups.requests(actor, place, status) for status in STATUSES} if keeps and group else {},
            problem,
        )
        return site.page(request, "pages/collection_gate/page.html", shown, status=400 if problem else 200)

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        place, slug, items = found(request)
        try:
            _act(groups, actor, place, items, form)
        except (Invalid, Forbidden, NotFound, Stale) as refused:
            return page(request, refused.message)
        return site.redirect(request, f"/collections/{slug}/gate")

    here = "/collections/{ns:seg}/{slug:seg}/gate"
    return [
        Route(here, page, needs=Need.READ, name="collection-gate"),
        Route(here, site.csrf.posted(change), needs=Need.PROPOSE, methods=["POST"], name="collection-gate-form"),
    ]


def _act(groups: GateGroups, actor: Actor, place: Place, items: Sequence[Repo], form: Form) -> None:
    match form.get("action"):
        case "ask":
            groups.ask(actor, place, form.get("terms", ""))
        case "keep":
            automatic, later = form.get("mode") == "auto", form.get("later") == "on"
            groups.keep(actor, place, Group("", "", automatic, later, form.get("prompt", "")), items)
        case "accepted" | "rejected" as status:
            decision = Decision(status, form.get("reason", "").strip())
            groups.decide(actor, place, form.get("request", ""), decision)
        case _:
            raise Invalid("This form asks for nothing that can be done here. Reload the page.")
