"""How many bytes of chunks the store keeps, and for whom they were first uploaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from freehold.stores.db.database import Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes of xorbs as they are stored, and how many of those no file uses."""

    stored: int
    unused: int


def by_repository(tx: Transaction, owner_id: str) -> Mapping[str, int]:
    """Stored bytes by the repository that they first came to, of one namespace; '' is what came to none."""
    rows = tx.all(
        "SELECT repo_id, sum(stored_bytes) AS stored FROM xet_xorb WHERE owner_id = :owner GROUP BY repo_id",
        owner=owner_id,
    )
    return {row.repo_id: int(row.stored) for row in rows}


def of_repository(tx: Transaction, owner_id: str, repo_id: str) -> int:
    """Stored bytes that first came to one repository of the namespace."""
    return int(
        tx.scalar(
            "SELECT coalesce(sum(stored_bytes), 0) FROM xet_xorb WHERE owner_id = :owner AND repo_id = :repo",
            owner=owner_id, repo=repo_id,
        )
    )  # fmt: skip


def total(tx: Transaction) -> Kept:
    """Of the whole store."""
    stored = tx.scalar("SELECT coalesce(sum(stored_bytes), 0) FROM xet_xorb")
    unused = tx.scalar("SELECT coalesce(sum(stored_bytes), 0) FROM xet_xorb WHERE unused_since IS NOT NULL")
    return Kept(int(stored), int(unused))


def move(tx: Transaction, repo_id: str, from_owner: str, to_owner: str) -> None:
    """What first came to a repository counts for its new owner."""
    tx.run(
        "UPDATE xet_xorb SET owner_id = :new WHERE owner_id = :old AND repo_id = :repo",
        repo=repo_id, old=from_owner, new=to_owner,
    )  # fmt: skip
