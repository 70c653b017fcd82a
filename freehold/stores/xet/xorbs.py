"""Keeps xorbs: takes them in while verifying, remembers who uploaded them, and reads their layouts and chunks."""

import hashlib
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

import numpy as np

from freehold.base.clock import Clock
from freehold.base.errors import Corrupt, Invalid
from freehold.base.ids import XetHash
from freehold.base.streams import Unfinished
from freehold.stores.blobs.key import BlobKey, sidecar_key, xorb_key
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction
from freehold.wire.xet.codec import HEADER_BYTES, MAX_PAYLOAD
from freehold.wire.xet.hashes import from_text
from freehold.wire.xet.xorb import XorbLayout, XorbVerifier

CLIENT_MEMORY_US = 21 * 86_400 * 1_000_000
"""How long a client's cache of its own shards lives, in microseconds: so long a xorb must outlast its upload."""

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

    def receive(self, expected: XetHash, account_id: str) -> "IncomingXorb":
        """Begin to take in a xorb that `account_id` uploads."""
        return IncomingXorb(self, expected, account_id)


class IncomingXorb(Unfinished):
    """A xorb on its way in: verified and written piece by piece. Leaving without `finish` keeps nothing."""

    def __init__(self, xorbs: Xorbs, expected: XetHash, account_id: str) -> None:
        self._xorbs, self._expected, self._account = xorbs, expected, account_id
        self._root = from_text(expected)
        self._verifier = XorbVerifier()
        self._writer = xorbs.blobs.writer()
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
        old = self._known()
        if old is not None and old.state == "live":
            self._writer.abort()
            with self._xorbs.db.write() as tx:
                self._hold(tx)
            return False
        key = self._key(layout, old.key if old else "")
        self._writer.commit(key)
        self._xorbs.blobs.put(sidecar_key(key), layout.to_bytes())
        with self._xorbs.db.write() as tx:
            inserted = self._insert(tx, layout, key)
            self._hold(tx)
        if not inserted:
            self._discard(key)
        return inserted

    def _known(self) -> "_Known | None":
        with self._xorbs.db.read() as tx:
            row = tx.first("SELECT key, state FROM xet_xorb WHERE hash = :hash", hash=self._expected)
        return _Known(row.key, row.state) if row else None

    def _key(self, layout: XorbLayout, old: str) -> BlobKey:
        """A key of this stored form only.

        The hash covers raw chunks, so one xorb can be compressed in many ways; if two uploads at once shared
        a key, the chunks of one could end up under the layout of the other.
        """
        form = hashlib.sha256(layout.to_bytes() + old.encode()).digest()
        return xorb_key(self._expected, int.from_bytes(form[:7], "big") | 1 << 56)

    def _insert(self, tx: Transaction, layout: XorbLayout, key: BlobKey) -> bool:
        moment = self._xorbs.clock()
        inserted = tx.run(
            "INSERT INTO xet_xorb (hash, key, chunks, raw_bytes, stored_bytes, state, created_at, advertised_until)"
            " VALUES (:hash, :key, :chunks, :raw, :stored, 'live', :now, :until) ON CONFLICT (hash) DO UPDATE SET"
            " key = :key, chunks = :chunks, raw_bytes = :raw, stored_bytes = :stored, state = 'live',"
            " created_at = :now, advertised_until = :until WHERE xet_xorb.state <> 'live'",
            hash=self._expected, key=key.path, chunks=layout.n, raw=layout.raw_bytes, stored=layout.stored_bytes,
            now=moment, until=moment + CLIENT_MEMORY_US,
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

    def _discard(self, key: BlobKey) -> None:
        """Another upload of the same xorb was first: ours goes, unless both had the same form and so the same key."""
        now = self._known()
        if now is not None and now.key != key.path:
            self._xorbs.blobs.delete(sidecar_key(key))
            self._xorbs.blobs.delete(key)


@dataclass(frozen=True, slots=True)
class _Known:
    key: str
    state: str


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
