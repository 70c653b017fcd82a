"""The lock documents of git-lfs: who has taken which path. Format: git-lfs `docs/api/locking.md`."""

from typing import TypeVar

import msgspec

from freehold.base.errors import Invalid
from freehold.wire.lfs.batch import Ref

T = TypeVar("T")


class LockRequest(msgspec.Struct, frozen=True):
    """A path to be locked."""

    path: str
    ref: Ref | None = None


class UnlockRequest(msgspec.Struct, frozen=True):
    """A lock to be freed; `force` where it is somebody else's."""

    force: bool = False
    ref: Ref | None = None


class VerifyRequest(msgspec.Struct, frozen=True):
    """Which locks are the caller's and which are others', a page at a time."""

    cursor: str = ""
    limit: int = 0
    ref: Ref | None = None


class Owner(msgspec.Struct, frozen=True):
    """Who has taken it."""

    name: str


class Lock(msgspec.Struct, frozen=True):
    """One lock; `locked_at` is a date by RFC 3339."""

    id: str
    path: str
    locked_at: str
    owner: Owner


class LockAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The lock that was taken or freed, or with a message the one that was in the way."""

    lock: Lock
    message: str = ""


class LockList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of locks."""

    locks: list[Lock]
    next_cursor: str = ""


class VerifyAnswer(msgspec.Struct, frozen=True):
    """A page of locks, told apart."""

    ours: list[Lock]
    theirs: list[Lock]
    next_cursor: str = ""


def parse_lock_request(data: bytes, kind: type[T]) -> T:
    """Read one of the requests above. Raises Invalid when it is malformed."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"This is not a lock request of the LFS protocol: {error}.") from None
