"""The gate of a collection, for those who keep it: what it asks and covers, who asked, and who is in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.access_report import access_report
from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.gates.groups import Group
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.gate_keeper import GateAdmin
from freehold.core.repos.repo import Repo
from freehold.features.collections.collections import Collections
from freehold.web.fetched import fetched_table
from freehold.web.forms import Form
from freehold.web.parts.gate import receipt_file
from freehold.web.parts.gate_desk import GateDesk, act_on, gate_desk, keep_policy, list_query
from freehold.web.parts.gate_place import HERE, items_of, place_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

_HERE = f"{HERE}/access"

Show = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class CollectionAccessPage:
    """`group` is as it is kept, or as it was just sent; `desk` None: it asks for nothing yet."""

    path: str
    title: str
    group: Group
    repos: Sequence[Repo]
    desk: GateDesk | None
    problem: str = ""


def routes(site: Site, collections: Collections, groups: GateGroups) -> list[Route]:
    """`/collections/{ns}/{slug}/access` and what belongs to a request below it."""

    def keeper(request: Request) -> GateAdmin:
        return groups.keeper(identity(request), place_of(collections, request))

    def reading(answer: Show) -> Show:
        """For whoever may see the collection; strangers are asked to sign in."""

        def endpoint(request: Request) -> Response:
            place_of(collections, request)
            return answer(request) if identity(request).signed_in else site.ask_to_sign_in(request)

        return endpoint

    def page(request: Request, problem: str = "", sent: Group | None = None) -> Response:
        place = place_of(collections, request)
        kept = groups.find(place)
        groups.demand(identity(request), place)
        desk = gate_desk(groups.keeper(identity(request), place), request) if kept else None
        shown = CollectionAccessPage(
            f"/{place.path}", place.title, sent or kept or Group(), groups.named(kept) if kept else (), desk, problem
        )
        return site.page(request, "pages/collection_access/page.html", shown, status=400 if problem else 200)

    def show(request: Request) -> Response:
        return page(request)

    def change(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        place, sent = place_of(collections, request), None
        try:
            if form.get("action") == "keep":
                sent = _group(form)
                groups.keep(actor, place, sent, items_of(collections, request))
            elif form.get("action") == "policy":
                keep_policy(keeper(request), form)
            else:
                act_on(keeper(request), form)
        except (Invalid, NotFound) as refused:
            return page(request, refused.message, sent)
        return site.redirect(request, f"/{place.path}/access" + list_query(form))

    return [
        Route(_HERE, reading(show), needs=Need.WRITE, name="collection-access"),
        Route(_HERE, site.csrf.posted(change), needs=Need.WRITE, methods=["POST"], name="collection-decide"),
        *_papers(keeper, reading),
    ]


def _papers(keeper: Callable[[Request], GateAdmin], reading: Callable[[Show], Show]) -> list[Route]:
    """What belongs to a request, and all of them, to keep or to look at."""

    def receipt(request: Request) -> Response:
        return receipt_file(keeper(request).receipt(request.path_params["grant"]), str(request.path_params["slug"]))

    def fetched(request: Request) -> Response:
        found = keeper(request).fetched(request.path_params["request"])
        return fetched_table(found, str(request.path_params["slug"]))

    def report(request: Request) -> Response:
        return access_report(request, keeper(request).export(), str(request.path_params["slug"]))

    return [
        Route(f"{_HERE}/receipts/{{grant:seg}}", reading(receipt), needs=Need.WRITE, name="collection-receipts"),
        Route(f"{_HERE}/fetched/{{request:seg}}", reading(fetched), needs=Need.WRITE, name="collection-fetched"),
        Route(f"{_HERE}/report", reading(report), needs=Need.WRITE, name="collection-report"),
    ]


def _group(form: Form) -> Group:
    return Group(
        automatic=form.get("mode") == "auto",
        later=form.get("later") == "on",
        prompt=form.get("prompt", ""),
        questions=form.get("questions", ""),
        eu_disallowed=form.get("eu") == "on",
    )
