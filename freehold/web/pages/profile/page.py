"""A person or an organisation: who it is, and what it keeps here."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.routing import Route
from freehold.base.errors import NotFound
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.core.accounts.people import People
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query
from freehold.core.catalog.rows import ListedRepo
from freehold.web.parts.head import not_reserved
from freehold.web.site import Site

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """`shelves` leaves out empty kinds; a full one has more behind its listing."""

    name: str
    full_name: str
    is_org: bool
    since: int
    shelves: Sequence[tuple[RepoKind, Sequence[ListedRepo]]]
    full: int
    is_self: bool


def routes(site: Site, people: People, catalog: Catalog) -> list[Route]:
    """`/{namespace}`."""

    def profile(request: Request) -> Response:
        actor = identity(request)
        not_reserved(request.path_params["namespace"])
        account = people.by_name(request.path_params["namespace"])
        if account is None or account.disabled:
            raise NotFound("There is no user or organisation of this name.")
        lists = [(kind, catalog.list(actor, kind, Query(author=account.name, limit=_SHOWN))) for kind in GIT_KINDS]
        page = ProfilePage(
            account.name,
            account.full_name,
            account.kind == "org",
            account.created_at,
            [pair for pair in lists if pair[1]],
            _SHOWN,
            actor.account_id == account.id,
        )
        return site.page(request, "pages/profile/page.html", page)

    return [Route("/{namespace:seg}", profile, name="profile")]
