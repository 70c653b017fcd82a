"""The sitemap: an index, and parts of up to 50,000 repositories that are sent while they are read."""

from collections.abc import Iterator, Sequence
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from freehold.asgi import fresh
from freehold.asgi.urls import base_url, path_url
from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.base.ids import GIT_KINDS
from freehold.core.catalog.census import Census
from freehold.wire import sitemap

_KEPT = 600_000_000
"""Microseconds: finding where parts begin looks at every repository."""
_FIXED = ("", *(kind.plural for kind in GIT_KINDS), "buckets", "collections")


class Sitemaps:
    """`/sitemap.xml` and `/sitemap/{part}`: `pages.xml`, or the id of a part's first repository."""

    def __init__(self, census: Census, clock: Clock = now) -> None:
        self._census, self._clock = census, clock
        self._starts: tuple[int, Sequence[str]] = (-_KEPT, ())
        self._turn = Lock()

    def index(self, request: Request) -> Response:
        """The list of parts."""
        names = ["pages", *self._portions()]
        body = sitemap.index(f"{base_url(request)}/sitemap/{name}.xml" for name in names)
        return fresh.answer(request, body.encode(), sitemap.MEDIA_TYPE, shared=True)

    def part(self, request: Request) -> Response:
        """One part."""
        name, _, ending = request.path_params["part"].rpartition(".")
        if ending != "xml" or not (name.isascii() and name.isalnum() and len(name) <= 32):
            raise NotFound("There is no such part of the sitemap. /sitemap.xml lists them.")
        found = self._fixed(request) if name == "pages" else self._repositories(request, name)
        return StreamingResponse(
            (line.encode() for line in sitemap.pages(found)),
            media_type=sitemap.MEDIA_TYPE,
            headers={"Cache-Control": fresh.SHARED},
        )

    def _portions(self) -> Sequence[str]:
        with self._turn:
            at, starts = self._starts
            if self._clock() - at >= _KEPT:
                starts = self._census.portions(sitemap.MOST)
                self._starts = (self._clock(), starts)
        return starts

    def _fixed(self, request: Request) -> Iterator[tuple[str, int]]:
        for path in _FIXED:
            yield path_url(request, path), 0

    def _repositories(self, request: Request, start: str) -> Iterator[tuple[str, int]]:
        for one in self._census.portion(start, sitemap.MOST):
            yield path_url(request, one.repo_id.path), one.updated_at
