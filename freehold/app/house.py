"""The whole house put together: an ASGI application, the background work, and how both begin and end."""

from dataclasses import dataclass, replace

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.app.faces import join_routes, passes_of
from freehold.app.rooms import Rooms, open_rooms
from freehold.app.work import CHORES, handlers, slow_handlers
from freehold.asgi.errors import Errors
from freehold.asgi.identity import Credentials, with_credentials
from freehold.asgi.limits.classes import parse_quotas
from freehold.asgi.limits.limits import Limits, Rules
from freehold.asgi.limits.tally import Tally
from freehold.asgi.metrics import Metrics
from freehold.asgi.proxies import Proxies, parse_networks
from freehold.asgi.requests import Requests
from freehold.asgi.routing import Route, Router
from freehold.asgi.strangers import Strangers
from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound
from freehold.base.words import later
from freehold.core.accounts.passes import Passes
from freehold.core.accounts.secrets import hub_secret
from freehold.core.queue.worker import Worker
from freehold.protocols.git.commands import Commands
from freehold.protocols.git.place import Place
from freehold.protocols.git.second import SshServer, ssh_server
from freehold.settings import Settings, load
from freehold.web.languages import Languages
from freehold.web.site import Site

COURIERS = 2
"""How many threads of a process wait for webhooks' receivers and the mail server."""

THREADS = 40
"""How many requests may be at work at once in one process; more wait their turn."""


@dataclass(frozen=True)
class House:
    """The whole house: its rooms, the routes of its faces, the ASGI application and the background worker."""

    rooms: Rooms
    routes: list[Route]
    app: ASGIApp
    worker: Worker
    couriers: Worker
    """Threads of their own for jobs that wait for other machines, so that those hold up nothing else."""
    passes: Passes
    door: SshServer | None

    def start_work(self) -> None:
        """Begin the background work."""
        self.worker.start()
        self.couriers.start()

    def stop_work(self) -> None:
        """Let the jobs in progress end."""
        self.worker.stop()
        self.couriers.stop()


def build(settings: Settings, clock: Clock = now) -> House:
    """The whole house."""
    return assemble(open_rooms(settings, clock))


def assemble(rooms: Rooms) -> House:
    """Faces and background work around rooms that are open."""
    settings = rooms.settings
    metrics = Metrics(lambda: (rooms.queue.pending(), len(rooms.queue.dead())))
    site = Site(settings.hub_name, hub_secret(rooms.db, "web-forms"), rooms.clock)
    passes = passes_of(rooms)
    place = Place(settings.host, settings.ssh_port, settings.url, settings.port, shared=settings.workers > 1)
    door = ssh_server(place, hub_secret(rooms.db, "ssh-host"), rooms.keys, Commands(rooms.repos, passes))
    routes = join_routes(rooms, metrics, site, door)
    worker = Worker(rooms.queue, handlers(rooms))
    couriers = Worker(rooms.queue, slow_handlers(rooms), threads=COURIERS)
    credentials = Credentials(rooms.tokens.identify, rooms.sessions.identify, passes.identify)
    errors = Errors(Router(routes, _missing), site.error)
    app: ASGIApp = Strangers(_limited(errors, rooms), errors, rooms.moderation.blocks.networks, rooms.clock)
    app = with_credentials(app, credentials)
    app = Proxies(app, parse_networks(settings.trusted_proxies), settings.url)
    app = Languages(app)
    app = Requests(app, metrics)
    house = House(rooms, routes, app, worker, couriers, passes, door)
    return replace(house, app=_with_lifespan(app, house))


def _limited(errors: Errors, rooms: Rooms) -> ASGIApp:
    settings = rooms.settings
    quotas = parse_quotas(settings.rate_limits)
    if not quotas:
        return errors
    file = settings.data / "run" / "limits" if settings.workers > 1 else None
    tally = Tally(hub_secret(rooms.db, "rate-limits"), max(1, settings.rate_limit_window_s), file)
    return Limits(errors, tally, Rules(quotas, parse_networks(settings.rate_limit_exempt)), rooms.clock)


def application() -> ASGIApp:
    """The ASGI application of a worker process, from the settings in its environment."""
    return build(load()).app


async def _missing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound(later("Sorry, we can't find the page you are looking for."))


def _begin_work(house: House) -> None:
    for kind, every_s in CHORES.items():
        house.rooms.queue.schedule(kind, every_s)
    house.rooms.catalog.index.start()
    if house.rooms.settings.jobs:
        house.start_work()


def _with_lifespan(app: ASGIApp, house: House) -> ASGIApp:
    """Start the background work with the server, and end both together."""

    async def lifespan(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        await anyio.to_thread.run_sync(_begin_work, house)
        if house.door is not None:
            await house.door.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if house.door is not None:
            await house.door.close()
        await anyio.to_thread.run_sync(house.stop_work)
        house.rooms.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def with_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
        await (lifespan if scope["type"] == "lifespan" else app)(scope, receive, send)

    return with_lifespan
