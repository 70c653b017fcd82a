"""Buckets that the visitor may see, the newest first, narrowed by owner and name."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.repos.buckets import Buckets, ListedBucket
from freehold.web.site import Site

PAGE = 30


@dataclass(frozen=True, slots=True)
class BucketsPage:
    """`first` and `next` are queries of other pages, empty where there is none."""

    lines: Sequence[ListedBucket]
    author: str
    search: str
    first: str
    next: str


def routes(site: Site, buckets: Buckets) -> list[Route]:
    """`/buckets`."""

    def listing(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "").strip() for name in ("author", "search", "after")}
        found = buckets.listed(
            identity(request), asked["author"], search=asked["search"], after=asked["after"], limit=PAGE + 1
        )
        lines = found[:PAGE]
        page = BucketsPage(
            lines,
            asked["author"],
            asked["search"],
            _query(asked | {"after": ""}) if asked["after"] else "",
            _query(asked | {"after": lines[-1].cursor}) if len(found) > PAGE else "",
        )
        return site.page(request, "pages/buckets/page.html", page, section="buckets", search=page.search)

    return [Route("/buckets", listing, needs=Need.NOTHING, name="list-buckets")]


def _query(words: dict[str, str]) -> str:
    return "?" + urlencode({name: text for name, text in words.items() if text})
