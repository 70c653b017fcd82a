"""Builds every room from settings, hands each the rooms it needs, and returns an ASGI application and a worker."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi import health
from freehold.asgi.errors import Errors
from freehold.asgi.identity import CREDENTIALS_KEY, Credentials
from freehold.asgi.metrics import Metrics
from freehold.asgi.proxies import Proxies, parse_networks
from freehold.asgi.requests import Requests
from freehold.asgi.routing import Route, Router
from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.base.faults import Fault
from freehold.base.ids import Sha256
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.tokens import Tokens
from freehold.core.queue.queue import Queue
from freehold.core.queue.worker import Worker
from freehold.settings import Settings, load
from freehold.stores.blobs.key import object_key
from freehold.stores.blobs.opening import open_store
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database


@dataclass(frozen=True)
class Accounts:
    """The register of who is who, which operators' commands need without the rest."""

    db: Database
    people: People
    tokens: Tokens
    sessions: Sessions

    def close(self) -> None:
        """Give back the database's connections."""
        self.db.close()


@dataclass(frozen=True)
class Rooms(Accounts):
    """Everything below the faces."""

    settings: Settings
    clock: Clock
    blobs: BlobStore
    queue: Queue


@dataclass(frozen=True)
class House:
    """The whole house: its rooms, the routes of its faces, the ASGI application and the background worker."""

    rooms: Rooms
    routes: list[Route]
    app: ASGIApp
    worker: Worker


def open_accounts(settings: Settings, clock: Clock = now) -> Accounts:
    """The database, with its schema up to date, and the register of accounts."""
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(database_url(settings))
    db.migrate()
    return Accounts(db, People(db, clock), Tokens(db, clock), Sessions(db, clock))


def open_rooms(settings: Settings, clock: Clock = now) -> Rooms:
    """The rooms below the faces."""
    accounts = open_accounts(settings, clock)
    db = accounts.db
    blobs = open_store(settings.data / "blobs", settings.storage, settings.s3_access_key, settings.s3_secret_key)
    return Rooms(
        **vars(accounts),
        settings=settings,
        clock=clock,
        blobs=blobs,
        queue=Queue(db, clock),
    )


def database_url(settings: Settings) -> str:
    """SQLAlchemy's URL of the database."""
    if not settings.database:
        return f"sqlite:///{settings.data.absolute() / 'hub.sqlite'}"
    scheme, _, rest = settings.database.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else settings.database


def build(settings: Settings, clock: Clock = now) -> House:
    """The whole house."""
    return assemble(open_rooms(settings, clock))


def assemble(rooms: Rooms) -> House:
    """Faces and background work around rooms that are open."""
    settings = rooms.settings
    metrics = Metrics()
    routes = join_routes(rooms, metrics)
    worker = Worker(rooms.queue, handlers(rooms))
    credentials = Credentials(rooms.tokens.identify, rooms.sessions.identify)
    app: ASGIApp = Errors(Router(routes, _missing))
    app = _with_credentials(app, credentials)
    app = Proxies(app, parse_networks(settings.trusted_proxies), settings.url)
    app = Requests(app, metrics)
    return House(rooms, routes, _with_lifespan(app, worker, rooms), worker)


def join_routes(rooms: Rooms, metrics: Metrics) -> list[Route]:
    """The routes of every face, the most specific first."""
    probes = {"database": lambda: _ask(rooms.db), "storage": lambda: rooms.blobs.size(object_key(Sha256("0" * 64)))}
    return [*health.routes(metrics, probes)]


def handlers(_rooms: Rooms) -> Mapping[str, Callable[[dict[str, Any]], None]]:
    """Who does which background job."""
    return {}


def check(_rooms: Rooms) -> Iterator[Fault]:
    """Everything that is kept, compared with everything else that is kept; yields what does not agree."""
    yield from ()


def application() -> ASGIApp:
    """The ASGI application of a worker process, from the settings in its environment."""
    return build(load()).app


def _ask(db: Database) -> None:
    with db.read() as tx:
        tx.scalar("SELECT 1")


async def _missing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("Sorry, we can't find the page you are looking for.")


def _with_credentials(app: ASGIApp, credentials: Credentials) -> ASGIApp:
    async def with_credentials(scope: Scope, receive: Receive, send: Send) -> None:
        scope[CREDENTIALS_KEY] = credentials
        await app(scope, receive, send)

    return with_credentials


THREADS = 40
"""How many requests may be at work at once in one process; more wait their turn."""


def _with_lifespan(app: ASGIApp, worker: Worker, rooms: Rooms) -> ASGIApp:
    """Start the background work with the server, and end both together."""

    async def lifespan(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        worker.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await anyio.to_thread.run_sync(worker.stop)
        rooms.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def with_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
        await (lifespan if scope["type"] == "lifespan" else app)(scope, receive, send)

    return with_lifespan
