"""Lists of repositories."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort, Span
from freehold.core.catalog.rows import ListedRepo
from freehold.core.facts.facts import Facts
from freehold.protocols.hub.answer import flag, page, several
from freehold.protocols.hub.gate import Gate, kind_of
from freehold.protocols.hub.properties import IN_FULL_LIST, IN_LIST, Choice, Subject, describe
from freehold.wire.hub.expand import check_expand

_SERVED = ("inference", "inference_provider")
"""Filters for models that somebody's machines answer for: this hub has none of those, so nothing fits."""

_SORTS = {
    "": Sort.LAST_MODIFIED,
    "lastModified": Sort.LAST_MODIFIED,
    "createdAt": Sort.CREATED_AT,
    "likes": Sort.LIKES,
    "downloads": Sort.DOWNLOADS,
    "trendingScore": Sort.TRENDING,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """`GET /api/models`, `/api/datasets`, `/api/spaces`."""

    gate: Gate
    catalog: Catalog
    facts: Facts

    def listing(self, request: Request) -> Response:
        """What the caller may see, in pages."""
        kind, actor = kind_of(request), identity(request)
        choice = _choice(request, kind)
        most = paging.limit(request, paging.MAX_LIMIT)
        query = _query(request, kind, most + 1)
        if any(request.query_params.get(name) for name in _SERVED):
            return page([], None)
        found = self.catalog.list(actor, kind, query)
        shown = found[:most]
        link = paging.next_link(request, shown[-1].cursor) if len(found) > most else None
        return page([self._line(actor, one, choice) for one in shown], link)

    def _line(self, actor: Actor, listed: ListedRepo, choice: Choice) -> dict[str, object]:
        repo, entry = listed.repo, listed.entry
        subject = Subject(
            repo,
            entry.commit,
            lambda: self.gate.repos.by_row_id(actor, repo.id),
            self.facts,
            entry=entry,
            popularity=lambda: listed.popularity,
            children=lambda: self.catalog.lineage.count(actor, repo),
        )
        return describe(subject, choice)


def _query(request: Request, kind: RepoKind, limit: int) -> Query:
    asked = request.query_params
    sort = asked.get("sort", "")
    if sort not in _SORTS:
        raise Invalid(f"sort must be one of {', '.join(name for name in _SORTS if name)}.")
    if asked.get("direction", "-1") != "-1":
        raise Invalid("Lists are always sorted in descending order: leave out direction, or send -1.")
    return Query(
        author=asked.get("author", ""),
        search=tuple(several(request, "search")),
        tags=tuple(several(request, "filter")),
        pipeline_tag=asked.get("pipeline_tag", ""),
        facets=tuple(_facets(request, kind)),
        parameters=_span(asked["num_parameters"]) if asked.get("num_parameters") else None,
        gated=flag(request, "gated") if asked.get("gated") else None,
        sort=_SORTS[sort],
        limit=limit,
        after=paging.cursor(request) or "",
    )


def _facets(request: Request, kind: RepoKind) -> Iterator[tuple[str, str]]:
    """What clients ask for by names of its own."""
    uses = [f"{name}:{one.lower()}" for name in ("models", "datasets") for one in several(request, name)]
    if flag(request, "linked"):
        uses.append("any")
    if uses and kind is not RepoKind.SPACE:
        raise Invalid("Only spaces can be narrowed by the models and datasets that they use.")
    apps = several(request, "apps")
    if apps and kind is not RepoKind.MODEL:
        raise Invalid("Only models can be narrowed by the apps that run them.")
    yield from (("linked", one) for one in uses)
    yield from (("app", app) for app in apps)


_BOUND = re.compile(r"(min|max):(\d{1,9}(?:\.\d{1,3})?)([KMBT]?)", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def _span(text: str) -> Span:
    """`min:6B,max:128B`, or one of the two. Raises Invalid."""
    found = [_BOUND.fullmatch(part.strip()) for part in text.split(",")]
    bounds = {match[1].lower(): round(float(match[2]) * _UNITS[match[3].lower()]) for match in found if match}
    if len(bounds) != len(found):
        raise Invalid("num_parameters is written as min:6B,max:128B, with K, M, B or T, or one of the two.")
    return Span(max(bounds.get("min", 1), 1), bounds.get("max", Span().most))


def _choice(request: Request, kind: RepoKind) -> Choice:
    expand = several(request, "expand")
    check_expand(kind, expand)
    if expand:
        return Choice(tuple(expand))
    names = IN_LIST[kind]
    if flag(request, "full"):
        names += IN_FULL_LIST[kind]
    names += tuple(name for name in ("config", "cardData") if flag(request, name) and name not in names)
    return Choice(names)
