"""Blobs of xorbs that no row names: what an upload or a sweep that died left behind."""

from collections.abc import Iterator, Sequence
from itertools import islice

from freehold.base.clock import Clock
from freehold.base.retention import DAY_US, Doomed
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction

STRAY_US = DAY_US
"""How long they stay: the row of an upload in progress comes a moment after its blobs."""

_PAGE = 500


class Strays:
    """Notes them when they are first seen, and deletes them a day later.

    No later upload can want one: each has keys of its own. One that is so slow that its blobs were noted half a day
    before its row comes is refused (`claim`).
    """

    def __init__(self, db: Database, blobs: BlobStore, clock: Clock) -> None:
        self.db, self.blobs, self.clock = db, blobs, clock

    def found(self) -> Iterator[Doomed]:
        """Every stray, seen before or not."""
        for page in self._pages():
            with self.db.read() as tx:
                strays = _unnamed(tx, page)
                seen = tx.within(
                    "SELECT key, seen_at FROM xet_stray WHERE key IN :values", [generation(key) for key in strays]
                )
            since = {row.key: row.seen_at for row in seen}
            for key, size in strays.items():
                at = since.get(generation(key), self.clock())
                yield Doomed("stray", key.path, "", size, at, at + STRAY_US, "no row names it")

    def sweep(self) -> int:
        """Delete those that were seen long enough ago, note the others; how many bytes that freed."""
        freed = 0
        for stray in self.found():
            key = BlobKey(stray.name)
            if stray.is_due(self.clock()):
                self.blobs.delete(key)
                freed += stray.size
            else:
                self._note(generation(key), stray.since)
        self._forget()
        return freed

    def _note(self, key: str, at: int) -> None:
        with self.db.write() as tx:
            tx.run(
                "INSERT INTO xet_stray (key, seen_at) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING", key=key, at=at
            )

    def _forget(self) -> None:
        """Notes are kept for a while after their blobs are gone: for the upload that wakes up very late."""
        with self.db.write() as tx:
            tx.run("DELETE FROM xet_stray WHERE seen_at < :before", before=self.clock() - 30 * STRAY_US)

    def _pages(self) -> Iterator[dict[BlobKey, int]]:
        keys = iter(self.blobs.keys("xorbs"))
        while page := dict(islice(keys, _PAGE)):
            yield page


def claim(tx: Transaction, key: BlobKey, now: int) -> bool:
    """Take a key from the strays, in the transaction that names it; False when a sweep may be about to delete it."""
    at = tx.scalar("SELECT seen_at FROM xet_stray WHERE key = :key", key=key.path)
    if at is not None and at < now - STRAY_US // 2:
        return False
    tx.run("DELETE FROM xet_stray WHERE key = :key", key=key.path)
    return True


def generation(key: BlobKey) -> str:
    """The key of the chunks, of a key of chunks or of their layout."""
    return key.path.removesuffix(".m")


def _unnamed(tx: Transaction, blobs: dict[BlobKey, int]) -> dict[BlobKey, int]:
    rows = tx.within("SELECT key FROM xet_xorb WHERE hash IN :values", _hashes(blobs))
    named = {row.key for row in rows}
    return {key: size for key, size in blobs.items() if generation(key) not in named}


def _hashes(blobs: dict[BlobKey, int]) -> Sequence[str]:
    return sorted({key.path.rsplit("/", 1)[-1][:64] for key in blobs})
