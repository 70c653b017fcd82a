"""Feeds of lists of repositories, narrowed as their pages are."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import base_url, path_url
from freehold.base.ids import GIT_KINDS
from freehold.core.catalog.asking import read
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.devices import fitting
from freehold.core.catalog.facets import BY_NAME
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.rows import ListedRepo
from freehold.protocols.atom.answers import PAGE, answer, here, tag
from freehold.wire import atom
from freehold.wire.hub.quicksearch import LONGEST

_MOST = 10
"""Tags that a list may be narrowed by; twice as many facets."""
_SORTS = (Sort.CREATED_AT, Sort.LIKES, Sort.DOWNLOADS, Sort.TRENDING)


@dataclass(frozen=True, slots=True)
class ListingFeeds:
    """`/models/feed.atom` and those of the other kinds."""

    catalog: Catalog

    def feed(self, request: Request) -> Response:
        """The first page of the list that the same query gives."""
        kind = next(kind for kind in GIT_KINDS if request.scope["route"].path == f"/{kind.plural}/feed.atom")
        lines = self.catalog.list(identity(request), kind, _query(request))
        asked = f"?{request.url.query}" if request.url.query else ""
        conditions = ", ".join(value for _, value in request.query_params.multi_items() if value)
        return answer(
            request,
            atom.Feed(
                tag(request, kind.plural, request.url.query),
                f"{kind.plural.capitalize()}{f': {conditions}' if conditions else ''}",
                f"{base_url(request)}/{kind.plural}{asked}",
                here(request),
                [_entry(request, line) for line in lines],
            ),
        )


def _entry(request: Request, line: ListedRepo) -> atom.Entry:
    repo, entry = line.repo, line.entry
    said = [repo.kind.value, (entry.pipeline_tag or "").replace("-", " "), entry.library_name or ""]
    said += [f"{line.popularity.likes} likes"] if line.popularity.likes else []
    return atom.Entry(
        tag(request, repo.kind.value, repo.id),
        repo.repo_id.full,
        path_url(request, repo.repo_id.path),
        repo.updated_at,
        repo.namespace,
        ", ".join(part for part in said if part),
    )


def _query(request: Request) -> Query:
    asked = request.query_params
    said = read(asked.get("search", "")[:LONGEST])
    facets = [(name, value) for name, value in asked.multi_items() if name in BY_NAME and value]
    return Query(
        author=asked.get("author", "").strip() or said.author,
        words=said.words,
        tags=(*said.tags, *(tag for tag in asked.getlist("filter") if tag))[:_MOST],
        pipeline_tag=asked.get("pipeline_tag", ""),
        facets=(*said.facets, *facets)[: 2 * _MOST],
        parameters=fitting(asked.get("fits", ""), asked.get("bits", "")),
        sort=next((one for one in _SORTS if one == asked.get("sort")), Sort.LAST_MODIFIED),
        limit=PAGE,
    )
