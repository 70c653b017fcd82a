"""Everything that bears a name: repositories of every kind, organisations, people and collections, found by words."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.relations import Known, Relations
from freehold.core.catalog.asking import Asked, query_of, read
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.rows import ListedRepo
from freehold.core.repos.buckets import Buckets, ListedBucket
from freehold.features.collections.collection import Shown
from freehold.features.collections.collections import Collections
from freehold.features.collections.rows import Wanted
from freehold.web.site import Site
from freehold.wire.hub.quicksearch import LONGEST

_FEW, _MANY = 5, 50
_SECTIONS = (
    ("models", later("Models")), ("datasets", later("Datasets")), ("spaces", later("Spaces")),
    ("kernels", later("Kernels")), ("buckets", later("Buckets")), ("orgs", later("Organisations")),
    ("users", later("People")), ("collections", later("Collections")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more` leads to the rest, and is empty if this is all."""

    name: str
    title: str
    more: str
    kind: RepoKind | None = None
    repos: Sequence[ListedRepo] = ()
    buckets: Sequence[ListedBucket] = ()
    accounts: Sequence[Known] = ()
    collections: Sequence[Shown] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`only` is the one kind that is shown, or empty; `sections` are all there are, as name and title in English."""

    search: str
    only: str
    groups: Sequence[Group]
    sections: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where there is something to find."""

    catalog: Catalog
    relations: Relations
    collections: Collections
    buckets: Buckets


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """`/search?q=…`, narrowed by `&type=`."""

    def search(request: Request) -> Response:
        text, only = request.query_params.get("q", "").strip(), request.query_params.get("type", "")
        names = [name for name, _ in _SECTIONS]
        only = only if only in names else ""
        said = read(text[:LONGEST])
        shown = [_group(rooms, identity(request), pair, (text, said), _MANY if only else _FEW)
                 for pair in _SECTIONS if said != Asked() and only in ("", pair[0])]  # fmt: skip
        groups = [group for group in shown if group.repos or group.buckets or group.accounts or group.collections]
        page = SearchPage(text, only, groups, _SECTIONS)
        return site.page(request, "pages/search/page.html", page, search=text)

    return [Route("/search", search, needs=Need.NOTHING, name="search")]


def _group(rooms: Rooms, actor: Actor, section: tuple[str, str], asked: tuple[str, Asked], most: int) -> Group:
    name, title = section
    text, said = asked
    here = f"/search?{urlencode({'q': text, 'type': name})}" if most == _FEW else ""
    kind = next((kind for kind in GIT_KINDS if kind.plural == name), None)
    if kind is not None:
        found = rooms.catalog.list(actor, kind, query_of(said, most + 1))
        there = f"/{name}?{urlencode({'search': text})}"
        return Group(name, title, there if len(found) > most else "", kind, repos=found[:most])
    if not said.words:
        return Group(name, title, "")  # only repositories have what scopes are about
    if name == "buckets":
        of_name = rooms.buckets.listed(actor, search=said.words[0], limit=most + 1)
        return Group(name, title, here if len(of_name) > most else "", RepoKind.BUCKET, buckets=of_name[:most])
    if name == "collections":
        shown = rooms.collections.list(actor, Wanted(limit=most + 1, search=said.words))
        return Group(name, title, here if len(shown) > most else "", collections=shown[:most])
    accounts = rooms.relations.find("org" if name == "orgs" else "user", said.words, most + 1)
    return Group(name, title, here if len(accounts) > most else "", accounts=accounts[:most])
