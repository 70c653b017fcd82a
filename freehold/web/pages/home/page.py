"""The front door: what this hub is, a search by name, and its newest repositories of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query
from freehold.core.catalog.rows import ListedRepo
from freehold.web.site import Site

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class HomePage:
    """`newest` leaves out the kinds that have no repository the visitor may see."""

    newest: Sequence[tuple[RepoKind, Sequence[ListedRepo]]]


def routes(site: Site, catalog: Catalog) -> list[Route]:
    """`/`."""

    def home(request: Request) -> Response:
        actor = identity(request)
        lists = [(kind, catalog.list(actor, kind, Query(limit=_SHOWN))) for kind in GIT_KINDS]
        return site.page(request, "pages/home/page.html", HomePage([pair for pair in lists if pair[1]]))

    return [Route("/", home, needs=Need.NOTHING, name="home")]
