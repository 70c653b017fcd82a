"""The table of contents of LFS."""

from collections.abc import Sequence

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.clock import Clock, now
from freehold.base.ids import GIT_KINDS
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.people import People
from freehold.core.accounts.tokens import Tokens
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.locks import Locks
from freehold.core.repos.repos import Repos
from freehold.protocols.lfs.answers import in_lfs_shape, taking_body
from freehold.protocols.lfs.batch import Batches, Tickets
from freehold.protocols.lfs.grants import Grants
from freehold.protocols.lfs.locks import LockEndpoints
from freehold.protocols.lfs.objects import Callers, Endpoints
from freehold.wire.lfs.batch import MAX_BODY

PART_BYTES = 4 << 30
"""Contents above this are sent in parts of this size: a broken connection then costs no more than one part."""

_KIB = 1024


def routes(
    repos: Repos,
    objects: RepoObjects,
    people: People,
    tokens: Tokens,
    secret: bytes,
    *,
    keys: Keys,
    locks: Locks,
    tickets: Tickets,
    part_bytes: int = PART_BYTES,
    clock: Clock = now,
) -> list[Route]:
    """The routes; `secret` signs the links (the hub's key `lfs-link`), `tickets` let clients upload by Xet."""
    grants = Grants(secret, clock)
    lfs = Endpoints(
        repos, objects, Callers(people, tokens, keys), grants, Batches(objects, grants, part_bytes, tickets)
    )
    beside = [f"/{kind.prefix}{{ns:seg}}/{{name:seg}}/info/lfs" for kind in GIT_KINDS]
    return [
        *(
            Route(f"{repo}/objects/batch", taking_body(lfs.batch, MAX_BODY), needs=Need.READ, methods=["POST"])
            for repo in beside
        ),
        *(
            Route(f"{repo}/objects/verify", taking_body(lfs.verify, 64 * _KIB), needs=Need.PROPOSE, methods=["POST"])
            for repo in beside
        ),
        *_lock_routes(LockEndpoints(repos, locks), beside),
        Route("/api/lfs/{sha256:seg}/content", in_lfs_shape(lfs.put), needs=Need.LINK, methods=["PUT"]),
        Route("/api/lfs/{sha256:seg}/content", in_lfs_shape(lfs.get), needs=Need.LINK, methods=["GET", "HEAD"]),
        Route("/api/lfs/{sha256:seg}/parts/{part:seg}", in_lfs_shape(lfs.put_part), needs=Need.LINK, methods=["PUT"]),
        Route("/api/lfs/{sha256:seg}/complete", taking_body(lfs.complete, MAX_BODY), needs=Need.LINK, methods=["POST"]),
    ]


def _lock_routes(locks: LockEndpoints, beside: Sequence[str]) -> list[Route]:
    """Each verb by itself, and nothing that falls through to another."""
    table = {
        ("GET", "/locks"): (Need.CONTENT, locks.list),
        ("POST", "/locks"): (Need.WRITE, locks.take),
        ("POST", "/locks/verify"): (Need.PROPOSE, locks.verify),
        ("POST", "/locks/{lock:seg}/unlock"): (Need.WRITE, locks.free),
        ("GET|POST", "/locks/{rest:rest}"): (Need.CONTENT, locks.unknown),
    }
    return [
        Route(f"{repo}{place}", taking_body(endpoint, 64 * _KIB), needs=needs, methods=methods.split("|"))
        for repo in beside
        for (methods, place), (needs, endpoint) in table.items()
    ]
