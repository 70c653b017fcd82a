"""The routes of every face, each given the rooms that it needs."""

from collections.abc import Mapping

from freehold import __version__
from freehold.app.rooms import Rooms
from freehold.app.work import entrance_of
from freehold.asgi import health
from freehold.asgi.health import Probe
from freehold.asgi.metrics import Metrics
from freehold.asgi.routing import Route
from freehold.base.ids import Sha256
from freehold.core.accounts.leaks import Leaks
from freehold.core.accounts.passes import Passes
from freehold.core.accounts.secrets import hub_secret
from freehold.core.catalog.census import Census
from freehold.core.repos.locks import Locks
from freehold.features.notices.leaking import Leaking
from freehold.protocols.atom import routes as atom
from freehold.protocols.crawlers import routes as crawlers
from freehold.protocols.git import routes as git_doors
from freehold.protocols.git.second import SshServer
from freehold.protocols.hub import routes as hub
from freehold.protocols.hub.table import Declared, flattened
from freehold.protocols.lfs import routes as lfs
from freehold.protocols.lfs.batch import Batches
from freehold.protocols.lfs.grants import Grants
from freehold.protocols.oauth import routes as oauth
from freehold.protocols.oci import routes as oci
from freehold.protocols.oci.endpoints import Link
from freehold.protocols.oci.signing_in import SignIn
from freehold.protocols.scim import routes as scim
from freehold.protocols.xet import routes as xet_doors
from freehold.protocols.xet.tokens import TokenEndpoints
from freehold.settings import effective
from freehold.stores.blobs.key import object_key
from freehold.stores.db.database import Database
from freehold.web import account
from freehold.web import routes as web
from freehold.web.comments import render_comment
from freehold.web.pages.admin.page import Setting, Tools
from freehold.web.pages.api_reference.page import Line as ApiLine
from freehold.web.site import Site
from freehold.web.ssh_door import SshDoor


def join_routes(rooms: Rooms, metrics: Metrics, site: Site, door: SshServer | None) -> list[Route]:
    """The routes of every face, the most specific first."""
    db, repos, people, tokens = rooms.db, rooms.repos, rooms.people, rooms.tokens
    probes, declared = _probes(rooms), _hub_routes(rooms)
    return [
        *health.routes(metrics, probes),
        *lfs.routes(
            repos,
            rooms.objects,
            people,
            tokens,
            hub_secret(db, "lfs-link"),
            keys=rooms.keys,
            locks=Locks(db, rooms.clock),
            tickets=_tokens(rooms).ticket,
            part_bytes=rooms.settings.lfs_part_bytes,
            clock=rooms.clock,
        ),
        *oci.routes(repos, rooms.objects, _download_link(rooms), _sign_in(rooms), rooms.settings.second_url),
        *oauth.routes(rooms.oauth, people, repos),
        *git_doors.routes(repos),
        *crawlers.routes(Census(db), site.hub_name),
        *atom.routes(repos, rooms.catalog, rooms.relations, rooms.discussions),
        *scim.routes(rooms.directory.credentials, rooms.directory.people, rooms.directory.groups),
        *xet_doors.routes(_tokens(rooms), entrance_of(rooms), rooms.objects, rooms.xet),
        *flattened(declared),
        *web.routes(
            site,
            repos,
            people=people,
            entry=_entry(rooms, door),
            catalog=rooms.catalog,
            facts=rooms.facts,
            notices=rooms.notices,
            gating=rooms.gating,
            relations=rooms.relations,
            collections=rooms.collections,
            discussions=rooms.discussions,
            orgs=rooms.orgs,
            trail=rooms.trail,
            chain=rooms.chain,
            tools=_tools(rooms, site, probes),
            api=[
                ApiLine(line.methods, line.template.replace(":rest}", "}"), line.needs, line.built) for line in declared
            ],
        ),
    ]


def _probes(rooms: Rooms) -> Mapping[str, Probe]:
    """Ways to find out whether what the hub stands on works."""
    return {"database": lambda: _ask(rooms.db), "storage": lambda: rooms.blobs.size(object_key(Sha256("0" * 64)))}


def _tools(rooms: Rooms, site: Site, probes: Mapping[str, Probe]) -> Tools:
    settings = [Setting(one.name, one.value, one.changed, one.about) for one in effective(rooms.settings)]
    joining, sessions = rooms.doors.joining, rooms.sessions
    return Tools(site, rooms.moderation, rooms.repos, rooms.queue, joining, sessions, settings, probes, __version__)


def _entry(rooms: Rooms, door: SshServer | None) -> account.Rooms:
    ssh = SshDoor(rooms.settings.ssh_port, door.public_key) if door else None
    return account.Rooms(
        rooms.doors,
        rooms.people,
        rooms.tokens,
        rooms.keys,
        ssh,
        oauth=rooms.oauth,
        repos=rooms.repos,
        sign_on=rooms.sign_on,
        orgs=rooms.orgs,
    )


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
        orgs=rooms.orgs,
        leaks=Leaks(rooms.db, Leaking(rooms.notices.inbox, rooms.clock).tell),
    )


def _tokens(rooms: Rooms) -> TokenEndpoints:
    downloads = rooms.catalog.downloads
    return TokenEndpoints(entrance_of(rooms), lambda reader, address: downloads.note(reader, "", address))


def _download_link(rooms: Rooms) -> Link:
    grants = Grants(hub_secret(rooms.db, "lfs-link"), rooms.clock)
    return Batches(rooms.objects, grants, rooms.settings.lfs_part_bytes, _tokens(rooms).ticket).link


def passes_of(rooms: Rooms) -> Passes:
    """The signed words that open one address for half an hour."""
    return Passes(hub_secret(rooms.db, "ssh-pass"), rooms.keys.actor_of, rooms.clock)


def _sign_in(rooms: Rooms) -> SignIn:
    return SignIn(rooms.keys, passes_of(rooms), rooms.clock)


def _ask(db: Database) -> None:
    with db.read() as tx:
        tx.scalar("SELECT 1")
