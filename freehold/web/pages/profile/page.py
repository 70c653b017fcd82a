"""A person or an organisation: who it is, what it keeps here, and with whom it has to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.clock import Clock
from freehold.base.errors import Moved, NotFound
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.orgs.lookalikes import Real
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import OrgMembership, People
from freehold.core.accounts.relations import Counts, Known, Relations
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.rows import ListedRepo
from freehold.core.repos.buckets import ListedBucket
from freehold.core.repos.repos import Repos
from freehold.features.collections.collection import Shown
from freehold.features.collections.collections import Collections
from freehold.web.forms import Form
from freehold.web.markdown import Rendered
from freehold.web.pages.profile.about import about_of
from freehold.web.pages.profile.views import EMPTY, Lists, View, page_of
from freehold.web.parts.calendar import Year, year_of
from freehold.web.parts.head import not_reserved
from freehold.web.signed_in import signed_in
from freehold.web.site import Site, root_of

_SORTS = (
    (Sort.LAST_MODIFIED, later("Recently updated")),
    (Sort.LIKES, later("Most liked")),
    (Sort.DOWNLOADS, later("Most downloaded")),
    (Sort.CREATED_AT, later("Recently created")),
    (Sort.TRENDING, later("Trending")),
)
_SHOWN = 20
_MEMBERS = 12


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """`shelves` leaves out empty kinds; a full one, as full `buckets`, has more behind its listing.

    `lists` is what the view adds.
    """

    account: Known
    is_org: bool
    is_self: bool
    may_create: bool
    follows: bool
    counts: Counts
    likes: int
    orgs: Sequence[OrgMembership]
    members: Sequence[Known]
    domains: Sequence[str]
    """Those that the organisation has shown to be its own."""
    real: Real | None
    """The verified organisation that the account may be mistaken for."""
    collections: Sequence[Shown]
    view: View
    shelves: Sequence[tuple[RepoKind, Sequence[ListedRepo]]]
    buckets: Sequence[ListedBucket]
    full: int
    sort: Sort
    sorts: Sequence[tuple[Sort, str]]
    year: Year | None
    """What was done on each day; only on the overview."""
    about: Rendered | None
    """What the account says of itself."""
    lists: Lists


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where a profile's parts come from."""

    people: People
    relations: Relations
    catalog: Catalog
    collections: Collections
    repos: Repos
    orgs: Orgs


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """`/{namespace}`, its views by `?view=`, and the form that follows."""

    def profile(request: Request) -> Response:
        not_reserved(request.path_params["namespace"])
        account = rooms.relations.by_name(request.path_params["namespace"])
        if account is None and (called := rooms.people.former(request.path_params["namespace"])) is not None:
            raise Moved(called)
        if account is None:
            raise NotFound("There is no user or organisation of this name.")
        return site.page(request, "pages/profile/page.html", _page(request, rooms, account, site.clock))

    def follow(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        account = rooms.relations.by_name(form.get("account", ""))
        if account is None:
            raise NotFound("There is no user or organisation of this name.")
        rooms.relations.follow(actor, account, follows=form.get("follows") == "yes")
        return site.redirect(request, f"/{account.name}")

    return [
        Route("/-/follow", site.csrf.posted(follow), needs=Need.ACTING, methods=["POST"], name="follow"),
        Route("/{namespace:seg}", profile, needs=Need.NOTHING, name="profile"),
    ]


def _page(request: Request, rooms: Rooms, account: Known, clock: Clock) -> ProfilePage:
    actor, view = identity(request), _view(request)
    is_org = account.kind == "org"
    if not is_org and view is View.MEMBERS:
        view = View.OVERVIEW
    role = rooms.people.role_in(account.id, actor.account_id)
    overview = view is View.OVERVIEW
    asked = request.query_params.get("sort", "")
    sort = next((one for one, _ in _SORTS if one == asked), Sort.LAST_MODIFIED)
    return ProfilePage(
        account=account,
        is_org=is_org,
        is_self=actor.account_id == account.id,
        may_create=actor.account_id == account.id or role in ("contributor", "write", "admin"),
        follows=rooms.relations.follows(actor, account.id),
        counts=rooms.relations.counts(account.id),
        likes=0 if is_org else rooms.catalog.likes.count_liked(actor, account.id),
        orgs=[] if is_org else rooms.people.orgs_of(account.id),
        members=rooms.relations.members(account.id, limit=_MEMBERS) if is_org else [],
        domains=rooms.orgs.domains.of(account.id) if is_org else [],
        real=rooms.orgs.lookalikes.of(account.name),
        collections=rooms.collections.of_owner(actor, account.id),
        view=view,
        shelves=_shelves(rooms.catalog, actor, account, sort) if overview else [],
        buckets=rooms.repos.buckets.listed(actor, account.name, limit=_SHOWN) if overview else [],
        full=_SHOWN,
        sort=sort,
        sorts=_SORTS,
        year=_year(rooms.catalog, actor, account, clock()) if overview else None,
        about=about_of(rooms.repos, actor, account, root_of(request)) if overview else None,
        lists=EMPTY if overview else page_of(request, rooms.relations, rooms.catalog, account, view),
    )


def _year(catalog: Catalog, actor: Actor, account: Known, at: int) -> Year:
    calendar = catalog.calendar
    counted = calendar.of_owner if account.kind == "org" else calendar.of_person
    return year_of(counted(actor, account.id), at)


def _shelves(catalog: Catalog, actor: Actor, account: Known, sort: Sort) -> list[tuple[RepoKind, Sequence[ListedRepo]]]:
    query = Query(author=account.name, sort=sort, limit=_SHOWN)
    lists = [(kind, catalog.list(actor, kind, query)) for kind in GIT_KINDS]
    return [pair for pair in lists if pair[1]]


def _view(request: Request) -> View:
    asked = request.query_params.get("view", "")
    return View(asked) if asked in list(View) else View.OVERVIEW
