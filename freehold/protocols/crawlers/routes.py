"""The files at the root that crawlers and other machine readers look for; they tell what anybody may see."""

from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import fresh
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.core.catalog.census import Census
from freehold.protocols.crawlers.sitemaps import Sitemaps

_TEXTS = {
    "/robots.txt": ("robots.txt", "text/plain; charset=utf-8"),
    "/llms.txt": ("llms.txt", "text/plain; charset=utf-8"),
    "/agents.md": ("agents.txt", "text/markdown; charset=utf-8"),
}


def routes(census: Census, hub_name: str) -> list[Route]:
    """`/robots.txt`, `/sitemap.xml` with its parts, `/llms.txt` and `/agents.md`."""
    sitemaps = Sitemaps(census)
    return [
        *(_text_route(path, *_TEXTS[path], hub_name) for path in _TEXTS),
        Route("/sitemap.xml", sitemaps.index, needs=Need.NOTHING),
        Route("/sitemap/{part:seg}", sitemaps.part, needs=Need.NOTHING),
    ]


def _text_route(path: str, file: str, media_type: str, hub_name: str) -> Route:
    template = Template((Path(__file__).parent / file).read_text("utf-8"))

    def text(request: Request) -> Response:
        # A hub may be called anything; in these texts its name is a word in a line.
        body = template.substitute(hub=base_url(request), name=" ".join(hub_name.split()))
        return fresh.answer(request, body.encode(), media_type, shared=True)

    return Route(path, text, needs=Need.NOTHING)
