"""Answers which stored chunks a client need not send: only what it may use, and hidden under a key of its own."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from freehold.base.clock import Clock
from freehold.base.ids import XetHash
from freehold.stores.db.database import Database, Transaction
from freehold.stores.xet.access import Caller, Use, readable_files, uses
from freehold.stores.xet.terms import Terms
from freehold.stores.xet.xorbs import Xorb, Xorbs
from freehold.wire.xet.hashes import HASH_BYTES, from_text, to_text
from freehold.wire.xet.shard import write_dedup_shard
from freehold.wire.xet.xorb import XorbLayout

_WEEK_S = 7 * 86_400
_GRACE_S = 3 * 86_400  # an answer given at the end of a week must still be of use
_XORBS = 64  # in one answer: about 4 GB of content, 3 MB of shard
_BEFORE = 8  # of these, how many that precede the asked one in its file
_CANDIDATES = 16  # xorbs that are looked at for one chunk
_KEPT_BYTES = 8 << 20  # answers kept in memory


class Dedup:
    """The index of chunks that clients may ask for, and the shards that answer them."""

    def __init__(self, db: Database, xorbs: Xorbs, secret: bytes, clock: Clock) -> None:
        self.db, self.xorbs, self.clock = db, xorbs, clock
        self._secret = secret
        self._answers: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = Lock()

    def answer(self, caller: Caller, chunk: XetHash) -> bytes | None:
        """A shard that holds `chunk` and what lies around it, or None where the caller may use no such chunk."""
        raw = from_text(chunk)
        with self.db.read() as tx:
            found = self._find(tx, caller, raw)
            if found is None:
                return None
            chosen = self._neighbours(tx, caller, found)
            allowed = uses(tx, caller, chosen)
            kept = self.xorbs.find(tx, [name for name in chosen if name in allowed])
        week, expiry = self._week()
        promised = self.xorbs.promise(kept, expiry * 1_000_000)
        if found not in promised:
            return None
        return self._shard(caller, [(kept[name], allowed[name]) for name in chosen if name in promised], week, expiry)

    def _find(self, tx: Transaction, caller: Caller, chunk: bytes) -> XetHash | None:
        """A xorb whose copy of the chunk the caller may use."""
        rows = tx.all(
            "SELECT c.xorb FROM xet_chunk c LEFT JOIN xet_holder h ON h.xorb = c.xorb AND h.account_id = :account"
            " WHERE c.prefix = :prefix ORDER BY h.account_id IS NULL LIMIT :limit",
            prefix=chunk[:16], account=caller.account_id, limit=_CANDIDATES,
        )  # fmt: skip
        kept = self.xorbs.find(tx, [XetHash(row.xorb) for row in rows])
        for name, use in uses(tx, caller, kept).items():
            layout = self.xorbs.layout(kept[name])
            if any(use.covers(i, i + 1) for i in range(layout.n) if layout.hash_at(i) == chunk):
                return name
        return None

    def _neighbours(self, tx: Transaction, caller: Caller, xorb: XetHash) -> list[XetHash]:
        """The xorb and those around it in a file that the caller may read: likely to be needed next."""
        files = readable_files(tx, caller, xorb, 1)
        if not files:
            return [xorb]
        terms = Terms(tx.scalar("SELECT terms FROM xet_file WHERE hash = :file", file=files[0]))
        names = [to_text(raw) for raw in terms.xorbs()]
        start = max(0, names.index(xorb) - _BEFORE)
        return names[start : start + _XORBS]

    def _week(self) -> tuple[int, int]:
        """The number of this week, under whose key answers are hidden, and when they expire in Unix seconds."""
        week = self.clock() // 1_000_000 // _WEEK_S
        return week, (week + 1) * _WEEK_S + _GRACE_S

    def _shard(self, caller: Caller, parts: list[tuple[Xorb, Use]], week: int, expiry: int) -> bytes:
        name = (caller.account_id, week, *((xorb.key, use) for xorb, use in parts))
        with self._lock:
            if (known := self._answers.get(name)) is not None:
                self._answers.move_to_end(name)
                return known
        key = hmac.digest(self._secret, f"{caller.account_id} {week}".encode(), hashlib.sha256)
        layouts = [_masked(self.xorbs.layout(xorb), use) for xorb, use in parts]
        shard = write_dedup_shard(layouts, key, self.clock() // 1_000_000, expiry)
        with self._lock:
            self._answers[name] = shard
            while sum(map(len, self._answers.values())) > _KEPT_BYTES:
                self._answers.popitem(last=False)
        return shard


def _masked(layout: XorbLayout, use: Use) -> XorbLayout:
    """The layout with noise for the hashes of chunks that the caller may not use and so cannot recognise."""
    if use.spans is None:
        return layout
    hashes = bytearray(secrets.token_bytes(len(layout.hashes)))
    for start, end in use.spans:
        span = slice(HASH_BYTES * start, HASH_BYTES * end)
        hashes[span] = layout.hashes[span]
    return replace(layout, hashes=bytes(hashes))
