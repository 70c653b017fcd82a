"""The endpoints of git-lfs's locks: take, list, compare before a push, free."""

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.paging import decode_cursor, encode_cursor
from freehold.asgi.paging import limit as limit_of
from freehold.base.clock import iso
from freehold.base.errors import NotFound
from freehold.core.repos.locks import Lock, Locks, Wanted
from freehold.core.repos.repos import Repos
from freehold.protocols.lfs.answers import document
from freehold.protocols.lfs.opening import open_to_read, open_to_write
from freehold.wire.lfs import locks as wire

PAGE = 100
MOST = 1000
"""Locks on one page, unless the client asks for fewer."""


class LockEndpoints:
    """All of them; each returns a response or raises a HubError."""

    def __init__(self, repos: Repos, locks: Locks) -> None:
        self._repos = repos
        self._locks = locks

    def take(self, request: Request, body: bytes) -> Response:
        """`POST ….git/info/lfs/locks`: 201, or 409 with the lock that is there."""
        writer = open_to_write(self._repos, request, "locks")
        lock, new = self._locks.take(writer, wire.parse_lock_request(body, wire.LockRequest).path)
        message = "" if new else f"{lock.path} is already locked by {lock.owner_name}."
        return document(wire.LockAnswer(_shown(lock), message), 201 if new else 409)

    def list(self, request: Request, _body: bytes) -> Response:
        """`GET ….git/info/lfs/locks?path=&id=&cursor=&limit=`."""
        reader = open_to_read(self._repos, request, "locks")
        query = request.query_params
        most = limit_of(request, PAGE, MOST)
        wanted = Wanted(most + 1, _after(query.get("cursor")), query.get("path") or None, query.get("id") or None)
        locks, cursor = _cut(self._locks.page(reader, wanted), most)
        return document(wire.LockList([_shown(lock) for lock in locks], cursor))

    def verify(self, request: Request, body: bytes) -> Response:
        """`POST ….git/info/lfs/locks/verify`: asked before each push, also by who may only propose."""
        writer = open_to_write(self._repos, request, "locks/verify")
        asked = wire.parse_lock_request(body, wire.VerifyRequest)
        most = min(max(asked.limit, 1), MOST) if asked.limit else PAGE
        locks, cursor = _cut(self._locks.page(writer, Wanted(most + 1, _after(asked.cursor))), most)
        me = identity(request).principal
        ours = [_shown(lock) for lock in locks if lock.owner_id == me]
        theirs = [_shown(lock) for lock in locks if lock.owner_id != me]
        return document(wire.VerifyAnswer(ours, theirs, cursor))

    def free(self, request: Request, body: bytes) -> Response:
        """`POST ….git/info/lfs/locks/{lock}/unlock`."""
        lock_id = request.path_params["lock"]
        writer = open_to_write(self._repos, request, f"locks/{lock_id}/unlock")
        asked = wire.parse_lock_request(body or b"{}", wire.UnlockRequest)
        return document(wire.LockAnswer(_shown(self._locks.free(writer, lock_id, force=asked.force))))

    def unknown(self, request: Request, _body: bytes) -> Response:
        """`….git/info/lfs/locks/…`: no other verb falls through to anything."""
        open_to_read(self._repos, request, "locks")
        raise NotFound("The LFS protocol has no such request about locks.")


def _after(cursor: str | None) -> str:
    return str(decode_cursor(cursor)) if cursor else ""


def _cut(locks: list[Lock], most: int) -> tuple[list[Lock], str]:
    """A page, and the cursor of the next one where there is one."""
    return locks[:most], encode_cursor(locks[most - 1].path) if len(locks) > most else ""


def _shown(lock: Lock) -> wire.Lock:
    return wire.Lock(lock.id, lock.path, iso(lock.created_at), wire.Owner(lock.owner_name))
