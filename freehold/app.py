"""Builds every room from settings, hands each the rooms it needs, and returns an ASGI application and a worker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from freehold.asgi import health
from freehold.asgi.errors import Errors
from freehold.asgi.identity import Credentials, with_credentials
from freehold.asgi.metrics import Metrics
from freehold.asgi.proxies import Proxies, parse_networks
from freehold.asgi.requests import Requests
from freehold.asgi.routing import Route, Router
from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotFound
from freehold.base.faults import Fault
from freehold.base.ids import Sha256
from freehold.core.accounts.gates import Gates
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.passes import Passes
from freehold.core.accounts.people import People
from freehold.core.accounts.relations import Relations
from freehold.core.accounts.secrets import hub_secret
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.tokens import Tokens
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.queue.events import HAPPENED
from freehold.core.queue.queue import Queue
from freehold.core.queue.worker import Handler, Worker
from freehold.core.repos.backing import Backing
from freehold.core.repos.buckets import SWEEP_EVERY_S as BUCKETS_SWEPT_EVERY_S
from freehold.core.repos.checking import Checking as ReposChecking
from freehold.core.repos.garbage import Garbage, gather
from freehold.core.repos.gating import Gating
from freehold.core.repos.large import Limits, RepoObjects
from freehold.core.repos.locks import Locks
from freehold.core.repos.repos import Repos
from freehold.core.repos.upkeep import SWEEP_EVERY_S
from freehold.features.collections.collections import Collections
from freehold.features.discussions.discussions import Discussions
from freehold.features.notices.mail import Sender
from freehold.features.notices.notices import TRIM, TRIM_EVERY_S, Notices, open_notices
from freehold.protocols.git import routes as git_doors
from freehold.protocols.git.commands import Commands
from freehold.protocols.git.place import Place
from freehold.protocols.git.second import SshServer, ssh_server
from freehold.protocols.hub import routes as hub
from freehold.protocols.hub.table import Declared, flattened
from freehold.protocols.lfs import routes as lfs
from freehold.protocols.lfs.batch import Batches
from freehold.protocols.lfs.grants import Grants
from freehold.protocols.oci import routes as oci
from freehold.protocols.oci.endpoints import Link
from freehold.protocols.oci.signing_in import SignIn
from freehold.protocols.xet import routes as xet_doors
from freehold.protocols.xet.conversion import Conversions
from freehold.protocols.xet.entrance import Entrance
from freehold.protocols.xet.signing import Signer
from freehold.protocols.xet.tokens import TokenEndpoints
from freehold.settings import Settings, load
from freehold.stores.blobs.key import object_key
from freehold.stores.blobs.opening import open_store
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database
from freehold.stores.git.checking import Checking as GitChecking
from freehold.stores.git.store import GitStore
from freehold.stores.outbound.addresses import parse_networks as parse_outbound
from freehold.stores.outbound.client import Outbound
from freehold.stores.xet.store import XetStore
from freehold.web import routes as web
from freehold.web.comments import render_comment
from freehold.web.pages.keys.page import SshDoor
from freehold.web.site import Site

CHORES = {
    "git.sweep": SWEEP_EVERY_S,
    "objects.trim": 3600,
    "buckets.sweep": BUCKETS_SWEPT_EVERY_S,
    "storage.collect": 3600,
    TRIM: TRIM_EVERY_S,
}
"""Work that comes again by itself, and after how many seconds."""

COURIERS = 2
"""How many threads of a process wait for webhooks' receivers and the mail server."""

THREADS = 40
"""How many requests may be at work at once in one process; more wait their turn."""


@dataclass(frozen=True)
class Accounts:
    """The register of who is who, which operators' commands need without the rest."""

    db: Database
    people: People
    tokens: Tokens
    sessions: Sessions
    keys: Keys
    relations: Relations

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
    git: GitStore
    xet: XetStore
    objects: RepoObjects
    discussions: Discussions
    repos: Repos
    gating: Gating
    facts: Facts
    catalog: Catalog
    collections: Collections
    notices: Notices


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


def open_accounts(settings: Settings, clock: Clock = now) -> Accounts:
    """The database, with its schema up to date, and the register of accounts."""
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(database_url(settings))
    db.migrate()
    return Accounts(
        db, People(db, clock), Tokens(db, clock), Sessions(db, clock), Keys(db, clock), Relations(db, clock)
    )


def open_rooms(settings: Settings, clock: Clock = now) -> Rooms:
    """The rooms below the faces."""
    accounts = open_accounts(settings, clock)
    db, people = accounts.db, accounts.people
    blobs = open_store(settings.data / "blobs", settings.storage, settings.s3_access_key, settings.s3_secret_key)
    queue = Queue(db, clock)
    git = GitStore(db, blobs, settings.data / "cache" / "git", clock, cache_bytes=settings.git_cache_bytes)
    xet = XetStore(db, blobs, hub_secret(db, "xet-dedup"), clock)
    limits = Limits(
        settings.max_file_bytes, settings.quota_bytes, settings.unlinked_bytes_per_day, settings.gc_keep_days
    )
    objects = RepoObjects(db, blobs, xet, queue, people=people, limits=limits, clock=clock)
    discussions = Discussions(db, people, queue, clock)
    repos = Repos(db, git, objects, xet, people=people, queue=queue, clock=clock, community=discussions)
    facts = Facts(db, clock)
    return Rooms(
        **vars(accounts),
        settings=settings,
        clock=clock,
        blobs=blobs,
        queue=queue,
        git=git,
        xet=xet,
        objects=objects,
        discussions=discussions,
        repos=repos,
        gating=Gating(repos, Gates(db, clock), people),
        facts=facts,
        catalog=Catalog(db, repos, facts, clock),
        collections=Collections(db, people, repos, clock),
        notices=_open_notices(settings, db, queue, repos, people=people, clock=clock),
    )


def _open_notices(
    settings: Settings, db: Database, queue: Queue, repos: Repos, *, people: People, clock: Clock
) -> Notices:
    base = settings.url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    sender = Sender(settings.hub_name, base, settings.smtp_url, settings.mail_from)
    outbound = Outbound(parse_outbound(settings.outbound_networks))
    return open_notices(db, queue, repos, people, outbound=outbound, sender=sender, clock=clock)


def database_url(settings: Settings) -> str:
    """Where the database is. Raises Invalid for one that the hub cannot use."""
    if not settings.database:
        return f"sqlite:///{settings.data.absolute() / 'hub.sqlite'}"
    if not settings.database.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise Invalid("The setting `database` must be postgresql://user@host/name, or empty for SQLite in the folder.")
    return settings.database


def build(settings: Settings, clock: Clock = now) -> House:
    """The whole house."""
    return assemble(open_rooms(settings, clock))


def assemble(rooms: Rooms) -> House:
    """Faces and background work around rooms that are open."""
    settings = rooms.settings
    metrics = Metrics(lambda: (rooms.queue.pending(), len(rooms.queue.dead())))
    site = Site(settings.hub_name, hub_secret(rooms.db, "web-forms"), rooms.clock)
    passes = _passes(rooms)
    place = Place(settings.host, settings.ssh_port, settings.url, settings.port, shared=settings.workers > 1)
    door = ssh_server(place, hub_secret(rooms.db, "ssh-host"), rooms.keys, Commands(rooms.repos, passes))
    routes = join_routes(rooms, metrics, site, door)
    worker = Worker(rooms.queue, handlers(rooms))
    couriers = Worker(rooms.queue, rooms.notices.slow_handlers(), threads=COURIERS)
    credentials = Credentials(rooms.tokens.identify, rooms.sessions.identify, passes.identify)
    app: ASGIApp = Errors(Router(routes, _missing), site.error)
    app = with_credentials(app, credentials)
    app = Proxies(app, parse_networks(settings.trusted_proxies), settings.url)
    app = Requests(app, metrics)
    house = House(rooms, routes, app, worker, couriers, passes, door)
    return replace(house, app=_with_lifespan(app, house))


def join_routes(rooms: Rooms, metrics: Metrics, site: Site, door: SshServer | None) -> list[Route]:
    """The routes of every face, the most specific first."""
    db, repos, people, tokens = rooms.db, rooms.repos, rooms.people, rooms.tokens
    probes = {"database": lambda: _ask(db), "storage": lambda: rooms.blobs.size(object_key(Sha256("0" * 64)))}
    return [
        *health.routes(metrics, probes),
        *lfs.routes(
            repos,
            rooms.objects,
            people,
            tokens,
            hub_secret(db, "lfs-link"),
            locks=Locks(db, rooms.clock),
            tickets=TokenEndpoints(_entrance(rooms)).ticket,
            part_bytes=rooms.settings.lfs_part_bytes,
            clock=rooms.clock,
        ),
        *oci.routes(repos, rooms.objects, _download_link(rooms), _sign_in(rooms), rooms.settings.second_url),
        *git_doors.routes(repos),
        *xet_doors.routes(_entrance(rooms), rooms.objects, rooms.xet),
        *flattened(_hub_routes(rooms)),
        *web.routes(
            site,
            repos,
            people=people,
            tokens=tokens,
            sessions=rooms.sessions,
            catalog=rooms.catalog,
            facts=rooms.facts,
            notices=rooms.notices,
            gating=rooms.gating,
            relations=rooms.relations,
            collections=rooms.collections,
            keys=rooms.keys,
            ssh=SshDoor(rooms.settings.ssh_port, door.public_key) if door else None,
            discussions=rooms.discussions,
        ),
    ]


def _hub_routes(rooms: Rooms) -> list[Declared]:
    return hub.declared(
        rooms.repos,
        rooms.people,
        rooms.tokens,
        facts=rooms.facts,
        catalog=rooms.catalog,
        discussions=rooms.discussions,
        gating=rooms.gating,
        render=render_comment,
        relations=rooms.relations,
        collections=rooms.collections,
        webhooks=rooms.notices.webhooks,
    )


def handlers(rooms: Rooms) -> Mapping[str, Handler]:
    """Who does which background job."""
    waste = garbage(rooms)
    backing = Backing(rooms.db, rooms.xet)

    def landed(payload: Mapping[str, Any]) -> None:
        rooms.gating.landed(payload)
        rooms.catalog.landed(payload)

    return {
        "buckets.sweep": rooms.repos.buckets.sweep,
        "commit.landed": landed,
        HAPPENED: rooms.notices.listening.happened,
        TRIM: rooms.notices.trim,
        "git.repack": waste.upkeep.repack,
        "git.sweep": waste.upkeep.sweep,
        "object.convert": Conversions(_entrance(rooms), rooms.objects, rooms.xet, backing, waste.folders).convert,
        "object.verify": backing.verify,
        "objects.sweep": waste.trimming.sweep,
        "objects.trim": waste.trimming.trim,
        "storage.collect": waste.chore,
    }


def _download_link(rooms: Rooms) -> Link:
    grants = Grants(hub_secret(rooms.db, "lfs-link"), rooms.clock)
    return Batches(rooms.objects, grants, rooms.settings.lfs_part_bytes, TokenEndpoints(_entrance(rooms)).ticket).link


def garbage(rooms: Rooms) -> Garbage:
    """What may be deleted."""
    settings = rooms.settings
    return gather(rooms.repos, rooms.xet, settings.plain_cache_bytes, settings.data / "tmp")


def _passes(rooms: Rooms) -> Passes:
    return Passes(hub_secret(rooms.db, "ssh-pass"), rooms.keys.actor_of, rooms.clock)


def _sign_in(rooms: Rooms) -> SignIn:
    return SignIn(rooms.keys, _passes(rooms), rooms.clock)


def _entrance(rooms: Rooms) -> Entrance:
    signer = Signer(hub_secret(rooms.db, "xet-sign"), rooms.clock)
    return Entrance(rooms.repos, rooms.people, rooms.tokens, signer)


def check(rooms: Rooms) -> Iterator[Fault]:
    """Everything that is kept, compared with everything else that is kept; yields what does not agree."""
    yield from GitChecking(rooms.git).faults()
    yield from rooms.xet.check()
    yield from ReposChecking(rooms.repos, rooms.xet).faults()


def application() -> ASGIApp:
    """The ASGI application of a worker process, from the settings in its environment."""
    return build(load()).app


def _ask(db: Database) -> None:
    with db.read() as tx:
        tx.scalar("SELECT 1")


async def _missing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise NotFound("Sorry, we can't find the page you are looking for.")


def _begin_work(house: House) -> None:
    for kind, every_s in CHORES.items():
        house.rooms.queue.schedule(kind, every_s)
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
