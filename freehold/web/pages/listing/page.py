"""Repositories of one kind, narrowed by owner, name and tags, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.rows import ListedRepo
from freehold.web.site import Site

PAGE = 30
_WORDS = 5


@dataclass(frozen=True, slots=True)
class ListingPage:
    """`first` and `next` are queries of neighbouring pages, empty where there is none."""

    kind: RepoKind
    lines: Sequence[ListedRepo]
    author: str
    search: str
    tags: Sequence[str]
    sort: Sort
    sorts: Sequence[tuple[Sort, str]]
    first: str
    next: str
    without: Sequence[tuple[str, str]]
    """Conditions in words, each with the query that drops it."""


_SORTS = (
    (Sort.LAST_MODIFIED, "Recently updated"),
    (Sort.TRENDING, "Trending"),
    (Sort.CREATED_AT, "Recently created"),
    (Sort.LIKES, "Most liked"),
    (Sort.DOWNLOADS, "Most downloaded"),
)


def routes(site: Site, catalog: Catalog) -> list[Route]:
    """`/models`, `/datasets`, `/spaces`, `/kernels`."""

    def listing(request: Request) -> Response:
        kind = next(kind for kind in GIT_KINDS if request.scope["route"].path == f"/{kind.plural}")
        asked = request.query_params
        query = _query(request)
        lines = catalog.list(identity(request), kind, query)
        page = ListingPage(
            kind,
            lines,
            query.author,
            asked.get("search", ""),
            query.tags,
            query.sort,
            _SORTS,
            _link(request, after="") if query.after else "",
            _link(request, after=lines[-1].cursor) if len(lines) == PAGE else "",
            list(_without(request, query)),
        )
        return site.page(request, "pages/listing/page.html", page, section=kind.plural, search=page.search)

    return [Route(f"/{kind.plural}", listing, needs=Need.NOTHING, name=f"list-{kind.plural}") for kind in GIT_KINDS]


def _query(request: Request) -> Query:
    asked = request.query_params
    sort = Sort(asked["sort"]) if asked.get("sort") in list(Sort) else Sort.LAST_MODIFIED
    return Query(
        author=asked.get("author", "").strip(),
        search=tuple(asked.get("search", "").split()[:_WORDS]),
        tags=tuple(tag for tag in asked.getlist("filter") if tag)[:_WORDS],
        pipeline_tag=asked.get("pipeline_tag", ""),
        sort=sort,
        limit=PAGE,
        after=asked.get("after", ""),
    )


def _link(request: Request, **changes: str) -> str:
    pairs = [(key, value) for key, value in request.query_params.multi_items() if key not in changes]
    pairs += [(key, value) for key, value in changes.items() if value]
    return "?" + urlencode([(key, value) for key, value in pairs if value])


def _without(request: Request, query: Query) -> list[tuple[str, str]]:
    pairs = [(key, value) for key, value in request.query_params.multi_items() if value and key != "after"]
    dropped = {"author": query.author, "pipeline_tag": query.pipeline_tag.replace("-", " ")}
    shown = []
    for position, (key, value) in enumerate(pairs):
        if key in ("author", "filter", "pipeline_tag"):
            rest = pairs[:position] + pairs[position + 1 :]
            shown.append((dropped.get(key) or value, "?" + urlencode(rest)))
    return shown
