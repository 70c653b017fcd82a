"""The index of chunks that clients may ask for: what it must hold, what it lacks, and making it again."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from freehold.base.errors import StorageFailed
from freehold.base.ids import XetHash
from freehold.stores.blobs.key import BlobKey
from freehold.stores.db.database import Database, Row, Transaction
from freehold.stores.xet.terms import Terms
from freehold.stores.xet.xorbs import Xorb, Xorbs, global_chunks, remember_chunks
from freehold.wire.xet.hashes import HASH_BYTES, to_text
from freehold.wire.xet.xorb import XorbLayout

PREFIX = 16
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Repaired:
    """How many rows of the index were added and removed, and the xorbs whose layout could not be read."""

    added: int
    removed: int
    unreadable: int


class Indexing:
    """The sidecars and the terms of files say everything that the index says."""

    def __init__(self, db: Database, xorbs: Xorbs) -> None:
        self.db, self.xorbs = db, xorbs

    def problem(self, tx: Transaction, xorb: XetHash, layout: XorbLayout) -> str | None:
        """What is wrong with the rows of one xorb."""
        there = _rows(tx, xorb)
        lacking = {chunk[:PREFIX] for chunk in self._wanted(tx, xorb, layout)} - there
        if lacking:
            return f"{len(lacking)} of its chunks are not in the index. Run `freehold check --repair-index`."
        if there - _prefixes(layout):
            return "the index names chunks that it does not have. Run `freehold check --repair-index`."
        return None

    def repair(self) -> Repaired:
        """Make the index agree with the sidecars; may run while the hub serves."""
        added = removed = unreadable = 0
        for row in self._live():
            xorb = Xorb(XetHash(row.hash), BlobKey(row.key), row.stored_bytes)
            try:
                layout = self.xorbs.layout(xorb)
            except StorageFailed:
                unreadable += 1
                continue
            with self.db.write() as tx:
                if self.xorbs.find(tx, [xorb.hash]).get(xorb.hash) != xorb:
                    continue  # it is being deleted, or came anew with an index of its own
                there, wanted = _rows(tx, xorb.hash), self._wanted(tx, xorb.hash, layout)
                lacking = {chunk for chunk in wanted if chunk[:PREFIX] not in there}
                wrong = there - _prefixes(layout)
                remember_chunks(tx, xorb.hash, lacking)
                tx.many(
                    "DELETE FROM xet_chunk WHERE xorb = :xorb AND prefix = :prefix",
                    [{"xorb": xorb.hash, "prefix": prefix} for prefix in sorted(wrong)],
                )
            added, removed = added + len(lacking), removed + len(wrong)
        return Repaired(added, removed, unreadable)

    def _wanted(self, tx: Transaction, xorb: XetHash, layout: XorbLayout) -> set[bytes]:
        """The chunks that every client may ask for, and those that a file begins with."""
        rows = tx.all(
            "SELECT f.terms FROM xet_file_xorb e JOIN xet_file f ON f.hash = e.file WHERE e.xorb = :xorb", xorb=xorb
        )
        first = (Terms(row.terms)[0] for row in rows if row.terms)
        begun = {layout.hash_at(term.start) for term in first if to_text(term.xorb) == xorb and term.start < layout.n}
        return begun | set(global_chunks(layout.hashes))

    def _live(self) -> Iterator[Row]:
        last = ""
        while True:
            with self.db.read() as tx:
                page = tx.all(
                    "SELECT hash, key, stored_bytes FROM xet_xorb WHERE state = 'live' AND hash > :last"
                    " ORDER BY hash LIMIT :limit",
                    last=last, limit=_PAGE,
                )  # fmt: skip
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].hash


def _rows(tx: Transaction, xorb: XetHash) -> Set[bytes]:
    return {bytes(row.prefix) for row in tx.all("SELECT prefix FROM xet_chunk WHERE xorb = :xorb", xorb=xorb)}


def _prefixes(layout: XorbLayout) -> Set[bytes]:
    return {layout.hashes[i : i + PREFIX] for i in range(0, len(layout.hashes), HASH_BYTES)}
