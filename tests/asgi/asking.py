"""A small application around given routes, for tests of the hall alone."""

from collections.abc import Sequence

import httpx
from anyio.from_thread import BlockingPortal
from starlette.types import ASGIApp

from freehold.asgi.errors import Errors
from freehold.asgi.metrics import Metrics
from freehold.asgi.proxies import Proxies, parse_networks
from freehold.asgi.requests import Requests
from freehold.asgi.routing import Route, Router
from freehold.base.errors import NotFound
from tests.kit.inprocess import InProcess


async def missing(_scope, _receive, _send):
    raise NotFound("nothing here")


def asking(portal: BlockingPortal, routes: Sequence[Route], trusted: str = "", url: str = "") -> httpx.Client:
    """A client of an application that has these routes and all middleware."""
    app: ASGIApp = Errors(Router(routes, missing))
    app = Requests(Proxies(app, parse_networks(trusted), url), Metrics(lambda: (0, 0)))
    return httpx.Client(transport=InProcess(app, portal), base_url="http://hub.test")
