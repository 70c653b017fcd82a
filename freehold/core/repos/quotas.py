"""What a namespace may hold, and what it holds: sums over its rows, taken in the transaction that adds to them."""

from dataclasses import dataclass

from freehold.base.errors import QuotaExceeded
from freehold.stores.db.database import Transaction

_ADVICE = "Delete some or ask the hub's operator for more room."


@dataclass(frozen=True, slots=True)
class Quota:
    """Of one namespace; 0 means no limit. `files` are large files, and those of buckets."""

    bytes: int = 0
    files: int = 0
    repositories: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    """How much of it is used."""

    bytes: int
    files: int


def used_by(tx: Transaction, owner_id: str, *, files: bool = True) -> Used:
    """What a namespace holds; counting files takes longer, so it is left out where nobody asks."""
    size = tx.scalar("SELECT sum(logical_bytes) FROM repos_repo WHERE owner_id = :owner", owner=owner_id)
    many = 0
    if files:
        many = tx.scalar(
            "SELECT (SELECT count(*) FROM repos_object o JOIN repos_repo r ON r.id = o.repo_id"
            " WHERE r.owner_id = :owner) + (SELECT coalesce(sum(b.files), 0) FROM repos_bucket b"
            " JOIN repos_repo r ON r.id = b.repo_id WHERE r.owner_id = :owner)",
            owner=owner_id,
        )
    return Used(int(size or 0), int(many))


def held_by(tx: Transaction, repo_id: str) -> Used:
    """What one repository or bucket holds."""
    row = tx.first(
        "SELECT r.logical_bytes AS size, (SELECT count(*) FROM repos_object o WHERE o.repo_id = r.id)"
        " + coalesce((SELECT b.files FROM repos_bucket b WHERE b.repo_id = r.id), 0) AS many"
        " FROM repos_repo r WHERE r.id = :id",
        id=repo_id,
    )
    return Used(int(row.size), int(row.many)) if row else Used(0, 0)


def demand_room(quota: Quota, namespace: str, before: Used, after: Used) -> None:
    """Raise QuotaExceeded where what was added is more than may be held; who is over already may shrink."""
    if quota.bytes and after.bytes > max(before.bytes, quota.bytes):
        raise QuotaExceeded(
            f"{namespace} may hold {quota.bytes} bytes of large files and holds {before.bytes};"
            f" {after.bytes - before.bytes} more do not fit. {_ADVICE}"
        )
    if quota.files and after.files > max(before.files, quota.files):
        raise QuotaExceeded(
            f"{namespace} may hold {quota.files} large files and holds {before.files};"
            f" {after.files - before.files} more do not fit. {_ADVICE}"
        )


def demand_repository(tx: Transaction, quota: Quota, owner_id: str, namespace: str) -> None:
    """Raise QuotaExceeded where a namespace may have no further repository. Others wait until `tx` ends."""
    if not quota.repositories:
        return
    tx.take_turn(f"quota:{owner_id}")
    many = int(tx.scalar("SELECT count(*) FROM repos_repo WHERE owner_id = :owner", owner=owner_id))
    if many >= quota.repositories:
        raise QuotaExceeded(f"{namespace} has {many} repositories, as many as it may have. {_ADVICE}")


def demand_move(tx: Transaction, quota: Quota, repo_id: str, owner_id: str, namespace: str) -> None:
    """Raise QuotaExceeded where a repository that moves does not fit into its new namespace."""
    demand_repository(tx, quota, owner_id, namespace)
    tx.take_turn(f"quota:{owner_id}")
    comes, there = held_by(tx, repo_id), used_by(tx, owner_id, files=bool(quota.files))
    demand_room(quota, namespace, there, Used(there.bytes + comes.bytes, there.files + comes.files))
