"""The front door: to a newcomer what this hub is, to somebody who returns what they work on; to both what is liked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import OrgMembership, People
from freehold.core.accounts.relations import Relations
from freehold.core.catalog.activity import Event
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.rows import ListedRepo
from freehold.web.site import Site

_SHOWN = 6
_LOOKS = 5
"""So many pages are looked through at most for what is shown."""
_MINE, _FOLLOWED, _EVENTS = 6, 30, 8


@dataclass(frozen=True, slots=True)
class Told:
    """Something that somebody did whom the visitor follows."""

    who: str
    event: Event


@dataclass(frozen=True, slots=True)
class Mine:
    """What somebody who is signed in comes back to: their newest repositories, organisations, and whom they follow."""

    repos: Sequence[ListedRepo]
    orgs: Sequence[OrgMembership]
    follows: int
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class HomePage:
    """`shelves` are the most trending of each kind, without the kinds that have nothing the visitor may see."""

    shelves: Sequence[tuple[RepoKind, Sequence[ListedRepo]]]
    mine: Mine | None


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where the page's parts come from."""

    catalog: Catalog
    people: People
    relations: Relations


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """`/`."""

    def home(request: Request) -> Response:
        actor = identity(request)
        lists = [(kind, _trending(rooms.catalog, actor, kind)) for kind in GIT_KINDS]
        page = HomePage([pair for pair in lists if pair[1]], _mine(rooms, actor))
        return site.page(request, "pages/home/page.html", page)

    return [Route("/", home, needs=Need.NOTHING, name="home")]


def _trending(catalog: Catalog, actor: Actor, kind: RepoKind) -> Sequence[ListedRepo]:
    """The first of a kind, without the spaces that are only the text of a profile."""
    shown: list[ListedRepo] = []
    query = Query(sort=Sort.TRENDING, limit=2 * _SHOWN)
    for _ in range(_LOOKS):
        page = catalog.list(actor, kind, query)
        shown += [line for line in page if line.repo.name != "README"]
        if len(shown) >= _SHOWN or len(page) < query.limit:
            break
        query = replace(query, after=page[-1].cursor)
    return shown[:_SHOWN]


def _mine(rooms: Rooms, actor: Actor) -> Mine | None:
    if actor.account_id is None:
        return None
    query = Query(author=actor.name, limit=_MINE)
    own = [line for kind in GIT_KINDS for line in rooms.catalog.list(actor, kind, query)]
    own.sort(key=lambda line: line.repo.updated_at, reverse=True)
    followed = rooms.relations.following(actor.account_id, limit=_FOLLOWED)
    told = [
        Told(one.name, event) for one in followed for event in rooms.catalog.recent(actor, one.id, limit=_EVENTS // 2)
    ]
    told.sort(key=lambda one: one.event.at, reverse=True)
    return Mine(own[:_MINE], rooms.people.orgs_of(actor.account_id), len(followed), told[:_EVENTS])
