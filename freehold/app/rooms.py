"""Every room below the faces, built from settings, and what of it some need without the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid
from freehold.base.faults import Fault
from freehold.core.accounts.audit import adopt
from freehold.core.accounts.directory.keeping import Keeping
from freehold.core.accounts.gates import checking as gates_checking
from freehold.core.accounts.gates.desk import Gates
from freehold.core.accounts.gates.groups import Groups
from freehold.core.accounts.identity import Identities
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.oauth.server import AuthServer, open_auth_server
from freehold.core.accounts.orgs.orgs import Orgs, open_orgs
from freehold.core.accounts.people import People
from freehold.core.accounts.relations import Relations
from freehold.core.accounts.sealing import open_sealer
from freehold.core.accounts.secrets import hub_secret
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.signing_in.doors import Doors, open_doors
from freehold.core.accounts.sso.foreign import ForeignAccounts
from freehold.core.accounts.sso.ldap import LdapDirectory
from freehold.core.accounts.sso.trips import SignOn
from freehold.core.accounts.tokens import Tokens
from freehold.core.accounts.trail.chain import Chain
from freehold.core.accounts.trail.personal import Personal
from freehold.core.accounts.trail.reading import Trail
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.queue.queue import Queue
from freehold.core.repos.checking import Checking as ReposChecking
from freehold.core.repos.gate_door import Books
from freehold.core.repos.gate_groups import GateGroups
from freehold.core.repos.gating import Gating
from freehold.core.repos.large import Limits, RepoObjects
from freehold.core.repos.repos import Repos
from freehold.features.collections import checking as collections_checking
from freehold.features.collections.collections import Collections
from freehold.features.discussions import checking as discussions_checking
from freehold.features.discussions.attachments import Attachments
from freehold.features.discussions.discussions import Discussions
from freehold.features.moderation.moderation import Moderation, open_moderation
from freehold.features.notices.mail import Sender
from freehold.features.notices.notices import Notices, open_notices
from freehold.settings import Settings, read_providers
from freehold.stores.blobs.opening import open_store
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database
from freehold.stores.git.checking import Checking as GitChecking
from freehold.stores.git.store import GitStore
from freehold.stores.outbound.addresses import parse_networks as parse_outbound
from freehold.stores.outbound.client import Outbound
from freehold.stores.outbound.names import Names, parse_servers
from freehold.stores.xet.store import XetStore


@dataclass(frozen=True)
class Accounts:
    """The register of who is who, which operators' commands need without the rest."""

    db: Database
    people: People
    tokens: Tokens
    sessions: Sessions
    keys: Keys
    relations: Relations
    chain: Chain
    personal: Personal
    trail: Trail
    directory: Keeping
    identities: Identities
    orgs: Orgs
    queue: Queue
    doors: Doors

    def close(self) -> None:
        """Give back the database's connections."""
        self.db.close()


@dataclass(frozen=True)
class Rooms(Accounts):
    """Everything below the faces."""

    settings: Settings
    clock: Clock
    blobs: BlobStore
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
    moderation: Moderation
    oauth: AuthServer
    sign_on: SignOn

    def close(self) -> None:
        """Write what was counted, and give back the database's connections."""
        self.catalog.close()
        super().close()


def open_accounts(settings: Settings, clock: Clock = now) -> Accounts:
    """The database, with its schema up to date, and the register of accounts."""
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(database_url(settings))
    db.migrate()
    adopt(db)
    people = People(db, clock)
    sessions = Sessions(db, clock, demand_strong=settings.require_second_factor)
    queue = Queue(db, clock)
    sealer = open_sealer(db, settings.data, settings.seal_key)
    ldap = read_providers(settings.providers).ldap
    directory = LdapDirectory(ldap, ForeignAccounts(db, people, clock)) if ldap else None
    doors = open_doors(
        db, people, sessions, queue, sealer=sealer, sign_up=settings.sign_up, directory=directory, clock=clock
    )
    return Accounts(
        db,
        people,
        Tokens(db, clock),
        sessions,
        Keys(db, clock),
        Relations(db, clock),
        Chain(db, hub_secret(db, "gate-receipts"), clock),
        Personal(db, settings.audit_personal_days, clock),
        Trail(db),
        Keeping.over(db, clock),
        Identities(db, clock),
        open_orgs(db, queue, Names(parse_servers(settings.dns_servers)).texts, clock),
        queue,
        doors,
    )


def open_rooms(settings: Settings, clock: Clock = now) -> Rooms:
    """The rooms below the faces."""
    accounts = open_accounts(settings, clock)
    db, people = accounts.db, accounts.people
    blobs = open_store(settings.data / "blobs", settings.storage, settings.s3_access_key, settings.s3_secret_key)
    queue = accounts.queue
    git = GitStore(db, blobs, settings.data / "cache" / "git", clock, cache_bytes=settings.git_cache_bytes)
    xet = XetStore(db, blobs, hub_secret(db, "xet-dedup"), clock)
    limits = Limits(
        settings.max_file_bytes,
        settings.quota_bytes,
        settings.quota_files,
        settings.quota_repositories,
        settings.unlinked_bytes_per_day,
        settings.gc_keep_days,
    )
    objects = RepoObjects(db, blobs, xet, queue, people=people, limits=limits, clock=clock)
    attachments = Attachments(db, blobs, settings.attachments_bytes, clock)
    discussions = Discussions(db, people, queue, attachments, clock)
    repos = Repos(db, git, objects, xet, people=people, queue=queue, clock=clock, community=discussions)
    gates = Gates(db, queue, open_sealer(db, settings.data, settings.seal_key), clock)
    books = Books(gates, people, accounts.identities, repos.fetches)
    facts = Facts(db, clock)
    oauth = _open_oauth(settings, db, clock)
    return Rooms(
        **vars(accounts),
        settings=settings,
        clock=clock,
        blobs=blobs,
        git=git,
        xet=xet,
        objects=objects,
        discussions=discussions,
        repos=repos,
        gating=Gating(repos, books, GateGroups(repos, books, Groups(db, clock))),
        facts=facts,
        catalog=Catalog(
            db, repos, facts, clock, folder=settings.data / "cache" / "search", key=hub_secret(db, "downloads")
        ),
        collections=Collections(db, people, repos, clock),
        moderation=open_moderation(db, people, repos, clock),
        notices=_open_notices(settings, accounts, repos),
        oauth=oauth,
        sign_on=_open_sign_on(settings, db, people, oauth, clock),
    )


def _open_oauth(settings: Settings, db: Database, clock: Clock) -> AuthServer:
    outbound = Outbound(parse_outbound(settings.outbound_networks))
    sealer = open_sealer(db, settings.data, settings.seal_key)
    return open_auth_server(db, sealer, outbound, own_address(settings), clock)


def _open_sign_on(settings: Settings, db: Database, people: People, oauth: AuthServer, clock: Clock) -> SignOn:
    outbound = Outbound(parse_outbound(settings.outbound_networks))
    sealer = open_sealer(db, settings.data, settings.seal_key)
    policies = read_providers(settings.providers).providers
    return SignOn(policies, ForeignAccounts(db, people, clock), oauth.issuers, outbound, sealer, clock)


def own_address(settings: Settings) -> str:
    """The hub's own address without a trailing slash, as it is configured and never as a request says."""
    return settings.url.rstrip("/") or f"http://{settings.host}:{settings.port}"


def _open_notices(settings: Settings, accounts: Accounts, repos: Repos) -> Notices:
    return open_notices(
        accounts.db,
        accounts.queue,
        repos,
        accounts.people,
        letters=accounts.doors.letters,
        outbound=Outbound(parse_outbound(settings.outbound_networks)),
        sender=Sender(settings.hub_name, own_address(settings), settings.smtp_url, settings.mail_from),
        clock=accounts.queue.clock,
    )


def database_url(settings: Settings) -> str:
    """Where the database is. Raises Invalid for one that the hub cannot use."""
    if not settings.database:
        return f"sqlite:///{settings.data.absolute() / 'hub.sqlite'}"
    if not settings.database.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise Invalid("The setting `database` must be postgresql://user@host/name, or empty for SQLite in the folder.")
    return settings.database


def check(rooms: Rooms) -> Iterator[Fault]:
    """Everything that is kept, compared with everything else that is kept; yields what does not agree."""
    yield from rooms.chain.faults()
    yield from GitChecking(rooms.git).faults()
    yield from rooms.xet.check()
    repos = ReposChecking(rooms.repos, rooms.xet)
    yield from repos.faults()
    yield from gates_checking.faults(rooms.db, repos.kinds)
    yield from discussions_checking.faults(rooms.db, repos.pulls, repos.kinds)
    yield from rooms.discussions.attachments.faults()
    yield from collections_checking.faults(rooms.db, repos.kinds)
