"""Repositories of one kind, narrowed by words, facets and what a device can hold, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.base.words import later
from freehold.core.catalog.asking import read
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.devices import bits_of, fitting
from freehold.core.catalog.facets import BY_NAME
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.rows import ListedRepo
from freehold.web.languages import say
from freehold.web.pages.listing.narrowing import Group, groups, link, rounded, spelled
from freehold.web.site import Site

PAGE = 30
_TAGS = 5


@dataclass(frozen=True, slots=True)
class ListingPage:
    """`first` and `next` are queries of neighbouring pages, empty where there is none."""

    kind: RepoKind
    lines: Sequence[ListedRepo]
    total: str
    """How many fit; empty while that is being found out."""
    author: str
    search: str
    kept: Sequence[tuple[str, str]]
    """Conditions that are no fields of the form at the top."""
    sort: Sort
    sorts: Sequence[tuple[Sort, str]]
    first: str
    next: str
    without: Sequence[tuple[str, str]]
    """Conditions in words, each with the query that drops it."""
    groups: Sequence[Group]
    fits: str
    """The memory in GB that a model must fit into; empty: any."""
    bits: int


_SORTS = (
    (Sort.LAST_MODIFIED, later("Recently updated")),
    (Sort.TRENDING, later("Trending")),
    (Sort.CREATED_AT, later("Recently created")),
    (Sort.LIKES, later("Most liked")),
    (Sort.DOWNLOADS, later("Most downloaded")),
)
_BEST = (Sort.BEST, later("Best match"))
_FORM = ("search", "author", "sort", "after")
_DEVICE = ("fits", "bits")


def routes(site: Site, catalog: Catalog) -> list[Route]:
    """`/models`, `/datasets`, `/spaces`, `/kernels`."""

    def listing(request: Request) -> Response:
        kind = next(kind for kind in GIT_KINDS if request.scope["route"].path == f"/{kind.plural}")
        asked, actor = request.query_params, identity(request)
        query = _query(asked)
        lines = catalog.list(actor, kind, query)
        counts = catalog.count(actor, kind, query)
        pairs = [(key, value) for key, value in asked.multi_items() if value and key != "after"]
        page = ListingPage(
            kind,
            lines,
            rounded(counts.total) if counts else "",
            query.author if asked.get("author") else "",
            asked.get("search", ""),
            [pair for pair in pairs if pair[0] not in _FORM],
            query.sort,
            (_BEST, *_SORTS) if query.words else _SORTS,
            link(pairs) if query.after else "",
            link(pairs) + ("&" if pairs else "") + f"after={lines[-1].cursor}" if len(lines) == PAGE else "",
            list(_without(pairs)),
            groups(kind, pairs, counts) if counts else (),
            asked.get("fits", "") if query.parameters else "",
            bits_of(asked.get("bits", "")),
        )
        return site.page(request, "pages/listing/page.html", page, section=kind.plural, search=page.search)

    return [Route(f"/{kind.plural}", listing, needs=Need.NOTHING, name=f"list-{kind.plural}") for kind in GIT_KINDS]


def _query(asked: QueryParams) -> Query:
    said = read(asked.get("search", ""))
    facets = [(name, value) for name, value in asked.multi_items() if name in BY_NAME and value]
    order = [sort for sort in (Sort.BEST, *(one for one, _ in _SORTS)) if sort == asked.get("sort")]
    if not order or (order[0] is Sort.BEST and not said.words):
        order = [Sort.BEST if said.words else Sort.LAST_MODIFIED]
    return Query(
        author=asked.get("author", "").strip() or said.author,
        words=said.words,
        tags=(*said.tags, *(tag for tag in asked.getlist("filter") if tag))[:_TAGS],
        pipeline_tag=asked.get("pipeline_tag", ""),
        facets=(*said.facets, *facets)[: 2 * _TAGS],
        parameters=fitting(asked.get("fits", ""), asked.get("bits", "")),
        sort=order[0],
        limit=PAGE,
        after=asked.get("after", ""),
    )


def _without(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for position, (key, value) in enumerate(pairs):
        rest = [*pairs[:position], *pairs[position + 1 :]]
        if key in BY_NAME:
            words = say("%(label)s: %(value)s", label=say(BY_NAME[key].label), value=spelled(key, value))
            yield words, link(rest)
        elif key == "fits":
            yield say("fits %(memory)s GB", memory=value), link([pair for pair in pairs if pair[0] not in _DEVICE])
        elif key in ("author", "filter"):
            yield value, link(rest)
        elif key == "pipeline_tag":
            yield value.replace("-", " "), link(rest)
