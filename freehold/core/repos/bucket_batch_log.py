"""What changed in a bucket, batch by batch, so that whoever follows it can go on where they stopped.

Written in the transaction that makes the changes, under the lock of the bucket's row: places have no gaps and come in
the order in which batches can be seen. It is a memory of days; who comes later is told to list the bucket anew.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from freehold.base.errors import RepoNotFound
from freehold.stores.db.database import Transaction

KEPT_S = 3 * 86_400
MOST_KEPT = 10_000
"""Batches of one bucket."""
_FORGOTTEN_AT_ONCE = 500


class FileChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happened to a path. Times in microseconds; a deletion has but the path."""

    path: str
    op: Literal["add", "update", "delete"]
    size: int | None = None
    xet_hash: str | None = None
    uploaded_at: int | None = None
    modified_at: int | None = None


class Batch(msgspec.Struct, frozen=True):
    """What one batch changed; `place` counts a bucket's batches, from 1."""

    place: int
    changes: Sequence[FileChange]


_changes = msgspec.json.Decoder(list[FileChange])


def note(tx: Transaction, bucket_id: str, at: int, changes: Sequence[FileChange], most: int = MOST_KEPT) -> None:
    """Add a batch, and forget the oldest of more than `most`; the caller holds the lock of the bucket's row."""
    sql = "UPDATE repos_bucket SET batches = batches + 1 WHERE repo_id = :id RETURNING batches"
    place = int(tx.scalar(sql, id=bucket_id))
    tx.run(
        "INSERT INTO repos_bucket_batch (bucket_id, place, at, changes) VALUES (:id, :place, :at, :changes)",
        id=bucket_id, place=place, at=at, changes=msgspec.json.encode(changes).decode(),
    )  # fmt: skip
    if place > most:
        _forget(tx, bucket_id, place - most)


def newest(tx: Transaction, bucket_ids: Sequence[str]) -> Mapping[str, int]:
    """The place of the newest batch of each bucket; those that are gone are left out."""
    rows = tx.within("SELECT repo_id, batches FROM repos_bucket WHERE repo_id IN :values", list(bucket_ids))
    return {row.repo_id: row.batches for row in rows}


def behind(tx: Transaction, bucket_id: str, place: int, limit: int) -> list[Batch] | None:
    """The batches behind `place`, oldest first; None if some of them are forgotten, or there was no such place."""
    rows = tx.all(
        "SELECT place, changes FROM repos_bucket_batch WHERE bucket_id = :id AND place > :place"
        " ORDER BY place LIMIT :limit",
        id=bucket_id, place=place, limit=limit,
    )  # fmt: skip
    last = newest(tx, [bucket_id]).get(bucket_id)
    if last is None:
        raise RepoNotFound("This bucket does not exist any more.")
    first = rows[0].place if rows else last + 1
    if first != place + 1:
        return None
    return [Batch(row.place, _changes.decode(row.changes)) for row in rows]


def place_at(tx: Transaction, bucket_id: str, since: int) -> int | None:
    """The place behind which all batches since a moment (in milliseconds) are; None if some of them are forgotten."""
    row = tx.first("SELECT batches, forgotten_at FROM repos_bucket WHERE repo_id = :id", id=bucket_id)
    if row is None:
        raise RepoNotFound("This bucket does not exist any more.")
    if row.forgotten_at // 1000 > since:
        return None
    first = tx.scalar(
        "SELECT place FROM repos_bucket_batch WHERE bucket_id = :id AND at >= :since ORDER BY place LIMIT 1",
        id=bucket_id, since=since * 1000,
    )  # fmt: skip
    return row.batches if first is None else int(first) - 1


def forget_old(tx: Transaction, before: int) -> int:
    """Forget batches older than `before`, some at a time; how many buckets had such."""
    rows = tx.all(
        "SELECT bucket_id, max(place) AS place FROM (SELECT bucket_id, place FROM repos_bucket_batch WHERE at < :before"
        " ORDER BY at LIMIT :limit) old GROUP BY bucket_id ORDER BY bucket_id",
        before=before, limit=_FORGOTTEN_AT_ONCE,
    )  # fmt: skip
    for row in rows:
        _forget(tx, row.bucket_id, row.place)
    return len(rows)


def _forget(tx: Transaction, bucket_id: str, place: int) -> None:
    """Forget the batches up to `place`, and remember until when there were such."""
    tx.run(
        "UPDATE repos_bucket SET forgotten_at = coalesce((SELECT max(b.at) FROM repos_bucket_batch b"
        " WHERE b.bucket_id = :id AND b.place <= :place), forgotten_at) WHERE repo_id = :id",
        id=bucket_id, place=place,
    )  # fmt: skip
    tx.run("DELETE FROM repos_bucket_batch WHERE bucket_id = :id AND place <= :place", id=bucket_id, place=place)
