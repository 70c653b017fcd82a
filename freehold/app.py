"""Builds every room from settings, hands each the rooms it needs, and returns an ASGI application and a worker."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi.errors import Errors
from freehold.asgi.identity import identity  # noqa: F401
from freehold.asgi.routing import Router
from freehold.base.errors import NotFound
from freehold.settings import Settings
from freehold.stores.db.database import Database


@dataclass(frozen=True)
class House:
    """The built house."""

    settings: Settings
    db: Database
    app: ASGIApp


async def _missing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("Sorry, we can't find the page you are looking for.")


def build(settings: Settings) -> House:
    """The whole house; the schema is brought up to date on the way."""
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database or f"sqlite:///{settings.data / 'hub.sqlite'}")
    db.migrate()
    return House(settings, db, Errors(Router([], _missing)))
