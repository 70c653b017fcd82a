"""Collections of everybody, or of one owner, a page at a time; and the form that begins a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, Forbidden, Invalid
from freehold.base.words import later
from freehold.core.accounts.people import People
from freehold.features.collections.collection import MAX_DESCRIPTION, MAX_TITLE, Order, Shown
from freehold.features.collections.collections import Collections, Draft
from freehold.features.collections.rows import Mark, Wanted
from freehold.web.forms import Form
from freehold.web.owners import owners_of
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PAGE = 30
_ORDERS = ((Order.LAST_MODIFIED, later("Recently changed")), (Order.UPVOTES, later("Most votes")))


@dataclass(frozen=True, slots=True)
class CollectionsPage:
    """`first` and `next` are queries of neighbouring pages, empty where there is none."""

    lines: Sequence[Shown]
    owner: str
    order: Order
    orders: Sequence[tuple[Order, str]]
    first: str
    next: str


@dataclass(frozen=True, slots=True)
class NewCollectionPage:
    """`owners` are the accounts that the person may keep one for; the rest is what the form was filled with."""

    owners: Sequence[str]
    owner: str
    title: str = ""
    description: str = ""
    private: bool = False
    problem: str = ""
    max_title: int = MAX_TITLE
    max_description: int = MAX_DESCRIPTION


def routes(site: Site, collections: Collections, people: People) -> list[Route]:
    """`/collections` and `/collections/new`."""

    def listing(request: Request) -> Response:
        page = _listing(request, collections)
        return site.page(request, "pages/collections/page.html", page, section="collections")

    def begin(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        page = NewCollectionPage(owners_of(people, actor), request.query_params.get("owner", actor.name))
        return site.page(request, "pages/collections/new.html", page, section="collections")

    def create(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        owner, title, text = form.get("owner", actor.name), form.get("title", ""), form.get("description", "")
        private = form.get("visibility") == "private"
        try:
            made = collections.create(actor, Draft(owner, title, text, private))
        except (Invalid, Conflict, Forbidden) as refused:
            page = NewCollectionPage(owners_of(people, actor), owner, title, text, private, refused.message)
            return site.page(request, "pages/collections/new.html", page, status=400, section="collections")
        return site.redirect(request, f"/collections/{made.slug}")

    return [
        Route("/collections", listing, needs=Need.NOTHING, name="collections"),
        Route("/collections/new", begin, needs=Need.ACCOUNT, name="new-collection"),
        Route(
            "/collections/new", site.csrf.posted(create), needs=Need.CREATE, methods=["POST"], name="create-collection"
        ),
    ]


def _listing(request: Request, collections: Collections) -> CollectionsPage:
    asked = request.query_params
    owner, after = asked.get("owner", "").strip(), asked.get("after", "")
    order = Order.UPVOTES if asked.get("sort") == Order.UPVOTES else Order.LAST_MODIFIED
    mark: Mark | None = paging.decode_cursor(after, paging.Mark) if after else None
    wanted = Wanted([owner] if owner else [], None, order, mark, PAGE + 1)
    found = collections.list(identity(request), wanted)
    shown = found[:PAGE]
    query = {"owner": owner, "sort": order.value}
    more = {"after": paging.encode_cursor(wanted.mark(shown[-1].collection))} if len(found) > PAGE else {}
    return CollectionsPage(
        shown,
        owner,
        order,
        _ORDERS,
        f"?{urlencode(query)}" if after else "",
        f"?{urlencode(query | more)}" if more else "",
    )
