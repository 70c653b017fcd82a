"""Keeps xorbs: takes them in while verifying, remembers who uploaded them, and reads their layouts and chunks."""

import secrets
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

import numpy as np

from freehold.base.clock import Clock
from freehold.base.errors import Corrupt, Invalid, StorageFailed
from freehold.base.ids import XetHash
from freehold.base.streams import Unfinished
from freehold.stores.blobs.key import BlobKey, sidecar_key, xorb_key
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.strays import claim
from freehold.wire.xet.codec import HEADER_BYTES, MAX_PAYLOAD
from freehold.wire.xet.hashes import from_text
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier

CLIENT_MEMORY_US = 21 * 86_400 * 1_000_000
"""How long a client's cache of its own shards lives, in microseconds: so long a xorb must outlast its upload."""

_ROUNDED_US = 86_400 * 1_000_000
"""Promises are given for so much longer, that they need not be renewed with every question."""

_LAYOUTS_KEPT = 128  # about 45 KB each


@dataclass(frozen=True, slots=True)
class Xorb:
    """A xorb that is kept: where its chunks lie, and how many bytes they are as stored."""

    hash: XetHash
    key: BlobKey
    stored_bytes: int


class Xorbs:
    """The xorbs of the hub, of all tenants: who may use which is decided elsewhere (`access`)."""

    def __init__(self, db: Database, blobs: BlobStore, clock: Clock) -> None:
        self.db, self.blobs, self.clock = db, blobs, clock
        self._layouts: OrderedDict[BlobKey, XorbLayout] = OrderedDict()
        self._lock = Lock()

    def find(self, tx: Transaction, hashes: Collection[XetHash]) -> dict[XetHash, Xorb]:
        """Those of `hashes` that are kept."""
        rows = tx.within(
            "SELECT hash, key, stored_bytes FROM xet_xorb WHERE state = 'live' AND hash IN :values", list(hashes)
        )
        return {XetHash(row.hash): Xorb(XetHash(row.hash), BlobKey(row.key), row.stored_bytes) for row in rows}

    def use(self, tx: Transaction, hashes: Collection[XetHash]) -> set[XetHash]:
        """Those of `hashes` that are kept, and will be while a file names them: the edges are in `tx` already."""
        alone = "" if self.db.is_sqlite else " FOR UPDATE"
        rows = tx.within(
            f"SELECT hash, unused_since FROM xet_xorb WHERE state = 'live' AND hash IN :values ORDER BY hash{alone}",
            sorted(hashes),
        )
        tx.many(
            "UPDATE xet_xorb SET unused_since = NULL WHERE hash = :hash"
            " AND EXISTS (SELECT 1 FROM xet_file_xorb e WHERE e.xorb = :hash)",
            [{"hash": row.hash} for row in rows if row.unused_since is not None],
        )
        return {XetHash(row.hash) for row in rows}

    def promise(self, xorbs: Collection[XetHash], until: int) -> set[XetHash]:
        """Those of `xorbs` that are kept, and from now on will be at least until then, whoever lets go of them.

        Whoever tells a client that it may build upon a xorb must have this promise first.
        """
        sql = "SELECT hash, advertised_until FROM xet_xorb WHERE state = 'live' AND hash IN :values"
        with self.db.read() as tx:
            rows = tx.within(sql, sorted(xorbs))
        kept = {XetHash(row.hash) for row in rows if row.advertised_until >= until}
        short = sorted({XetHash(row.hash) for row in rows} - kept)
        if short:
            with self.db.write() as tx:
                for name in short:
                    extended = tx.run(
                        "UPDATE xet_xorb SET advertised_until = :until WHERE hash = :hash AND state = 'live'",
                        until=until + _ROUNDED_US, hash=name,
                    ).rowcount  # fmt: skip
                    if extended:
                        kept.add(name)
        return kept

    def renew(self, account_id: str, xorb: XetHash) -> bool:
        """As `held_by`; what the account's client now believes to be here stays as long as it remembers it."""
        return self.held_by(account_id, xorb) and bool(self.promise([xorb], self.clock() + CLIENT_MEMORY_US))

    def unlinked_bytes(self, account_id: str, since: int) -> int:
        """How many bytes the account has uploaded since a moment that no file uses yet."""
        with self.db.read() as tx:
            total = tx.scalar(
                "SELECT sum(x.stored_bytes) FROM xet_holder h JOIN xet_xorb x ON x.hash = h.xorb"
                " WHERE h.account_id = :account AND h.created_at >= :since AND x.unused_since IS NOT NULL",
                account=account_id, since=since,
            )  # fmt: skip
        return int(total or 0)

    def held_by(self, account_id: str, xorb: XetHash) -> bool:
        """Whether the xorb is kept and the account has uploaded it."""
        with self.db.read() as tx:
            return tx.first(
                "SELECT 1 FROM xet_xorb x JOIN xet_holder h ON h.xorb = x.hash"
                " WHERE x.hash = :xorb AND x.state = 'live' AND h.account_id = :account",
                xorb=xorb, account=account_id,
            ) is not None  # fmt: skip

    def layout(self, xorb: Xorb) -> XorbLayout:
        """Where each chunk lies and what it hashes to. Raises Corrupt where the kept layout is damaged."""
        with self._lock:
            if (known := self._layouts.get(xorb.key)) is not None:
                self._layouts.move_to_end(xorb.key)
                return known
        try:
            layout = XorbLayout.from_bytes(self.blobs.read(sidecar_key(xorb.key)))
        except Invalid as error:
            raise Corrupt(f"The layout of xorb {xorb.hash} is damaged. Run `freehold check`.") from error
        if layout.stored_bytes != xorb.stored_bytes or layout.hash != from_text(xorb.hash):
            raise Corrupt(f"The layout of xorb {xorb.hash} is that of another xorb. Run `freehold check`.")
        with self._lock:
            self._layouts[xorb.key] = layout
            while len(self._layouts) > _LAYOUTS_KEPT:
                self._layouts.popitem(last=False)
        return layout

    def forget_layout(self, key: BlobKey) -> None:
        """The xorb of this key is being deleted."""
        with self._lock:
            self._layouts.pop(key, None)

    def receive(self, expected: XetHash, account_id: str, home: "Home | None" = None) -> "IncomingXorb":
        """Begin to take in a xorb that `account_id` uploads; it counts for `home`, where it comes first there."""
        return IncomingXorb(self, expected, account_id, home or Home(account_id))


@dataclass(frozen=True, slots=True)
class Home:
    """What a xorb was uploaded for: a namespace, and a repository in it."""

    owner_id: str
    repo_id: str = ""


class IncomingXorb(Unfinished):
    """A xorb on its way in: verified and written piece by piece. Leaving without `finish` keeps nothing."""

    def __init__(self, xorbs: Xorbs, expected: XetHash, account_id: str, home: Home) -> None:
        self._xorbs, self._expected, self._account, self._home = xorbs, expected, account_id, home
        self._root = from_text(expected)
        self._verifier = XorbVerifier()
        # A generation of its own for every upload. The hash covers raw chunks, so one xorb can be compressed in
        # many ways: with a shared key the chunks of one could end up under the layout of the other. And a sweep
        # may delete the blobs of one generation whatever becomes of the next.
        self._key = xorb_key(expected, secrets.randbits(56) | 1 << 56)
        self._writer = xorbs.blobs.writer(self._key)
        self._written = 0
        self._tail = b""  # the start of a chunk that is still incomplete: it may yet prove to be a footer

    def feed(self, data: memoryview) -> None:
        """Take the next piece; it may be reused after the return. Raises Invalid or TooLarge."""
        self._verifier.feed(data)
        whole = self._verifier.body_length - self._written
        if whole:
            if self._tail:
                self._writer.write(self._tail)
            rest = whole - len(self._tail)
            self._writer.write(data[:rest])
            self._tail, data = b"", data[rest:]
            self._written += whole
        # Beyond the longest chunk it is a footer, which is not kept.
        self._tail += data[: max(0, HEADER_BYTES + MAX_PAYLOAD - len(self._tail))]

    def abort(self) -> None:
        """Forget what was written."""
        self._writer.abort()

    def finish(self) -> bool:
        """Make the xorb durable and the account its holder; False if the hub had it already. Raises Invalid."""
        layout = self._verifier.finish(self._root)
        if self._is_here():
            self._writer.abort()
            with self._xorbs.db.write() as tx:
                self._hold(tx)
            return False
        self._writer.commit(self._key)
        self._xorbs.blobs.put(sidecar_key(self._key), layout.to_bytes())
        with self._xorbs.db.write() as tx:
            inserted = self._insert(tx, layout)
            self._hold(tx)
        if not inserted:  # another upload of the same xorb was first
            self._xorbs.blobs.delete(sidecar_key(self._key))
            self._xorbs.blobs.delete(self._key)
        return inserted

    def _is_here(self) -> bool:
        """Whether the hub keeps the xorb, and will as long as the client remembers this upload."""
        return bool(self._xorbs.promise([self._expected], self._xorbs.clock() + CLIENT_MEMORY_US))

    def _insert(self, tx: Transaction, layout: XorbLayout) -> bool:
        """Name the blobs. Where a sweep has begun to delete the xorb, these are its next generation."""
        if not claim(tx, self._key, self._xorbs.clock()):
            raise StorageFailed("The upload was interrupted for so long that a clean-up has met it. Send it again.")
        moment = self._xorbs.clock()
        inserted = tx.run(
            "INSERT INTO xet_xorb (hash, key, chunks, raw_bytes, stored_bytes, state, created_at, advertised_until,"
            " unused_since, owner_id, repo_id)"
            " VALUES (:hash, :key, :chunks, :raw, :stored, 'live', :now, :until, :now, :owner, :repo)"
            " ON CONFLICT (hash) DO UPDATE SET key = :key, chunks = :chunks, raw_bytes = :raw, stored_bytes = :stored,"
            " state = 'live', created_at = :now, advertised_until = :until, unused_since = :now, owner_id = :owner,"
            " repo_id = :repo WHERE xet_xorb.state <> 'live'",
            hash=self._expected, key=self._key.path, chunks=layout.n, raw=layout.raw_bytes,
            stored=layout.stored_bytes, now=moment, until=moment + CLIENT_MEMORY_US + _ROUNDED_US,
            owner=self._home.owner_id, repo=self._home.repo_id,
        ).rowcount  # fmt: skip
        if inserted:
            remember_chunks(tx, self._expected, global_chunks(layout.hashes))
        return bool(inserted)

    def _hold(self, tx: Transaction) -> None:
        tx.run(
            "INSERT INTO xet_holder (xorb, account_id, created_at) VALUES (:xorb, :account, :now)"
            " ON CONFLICT (xorb, account_id) DO NOTHING",
            xorb=self._expected, account=self._account, now=self._xorbs.clock(),
        )  # fmt: skip


def global_chunks(hashes: bytes) -> list[bytes]:
    """Of chunk hashes end to end, those that every client may ask for: the last word divides by 1024."""
    words = np.frombuffer(hashes, "<u8").reshape(-1, 4)
    return [hashes[32 * i : 32 * i + 32] for i in np.flatnonzero(words[:, 3] % 1024 == 0).tolist()]


def remember_chunks(tx: Transaction, xorb: XetHash, chunks: Collection[bytes]) -> None:
    """Let clients find `xorb` by these chunk hashes."""
    tx.many(
        "INSERT INTO xet_chunk (prefix, xorb) VALUES (:prefix, :xorb) ON CONFLICT (prefix, xorb) DO NOTHING",
        [{"prefix": chunk[:16], "xorb": xorb} for chunk in sorted(set(chunks))],
    )
