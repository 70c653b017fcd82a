"""The chain as a whole: walked from its beginning, signed by checkpoints, and given away for others to verify."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid
from freehold.base.faults import Fault
from freehold.core.accounts.trail.rows import lines_after
from freehold.stores.db.database import Database, Transaction
from freehold.wire.audit.checkpoints import Checkpoint, open_note, sign
from freehold.wire.audit.lines import Line, moment
from freehold.wire.audit.merkle import Frontier, path_to
from freehold.wire.audit.proofs import Proof
from freehold.wire.audit.verifying import Signed, Walk
from freehold.wire.gates.receipts import public_key

CHECKPOINT_EVERY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: how many lines it has and the hash of the last."""

    size: int
    hash: str


class Chain:
    """The chain of this hub; `seed` is the private key that also signs receipts."""

    def __init__(self, db: Database, seed: bytes, clock: Clock = now) -> None:
        self._db = db
        self._seed = seed
        self._clock = clock

    @property
    def public_key(self) -> str:
        """What checkpoints are verified with, in base64."""
        return public_key(self._seed)

    def newest(self) -> str | None:
        """The newest checkpoint, as a signed note."""
        with self._db.read() as tx:
            return _newest(tx)

    def verify(self, kept: Sequence[Checkpoint] = ()) -> Walk:
        """Walk the whole chain; `kept` are checkpoints that were kept outside this hub.

        Raises Invalid, which names the first line that is wrong.
        """
        walk = Walk()
        with self._db.read() as tx:
            head = _head(tx)
            notes = [
                open_note(row.note, self.public_key) for row in tx.all("SELECT note FROM accounts_audit_checkpoint")
            ]
            waiting = sorted([*notes, *kept], key=lambda one: one.size, reverse=True)
            for line in lines_after(tx, 0):
                walk.follow(line)
                while waiting and waiting[-1].size == walk.size:
                    walk.meet(waiting.pop())
        if waiting:
            walk.meet(waiting[-1])
        walk.end(head.size, head.hash)
        return walk

    def faults(self) -> Iterator[Fault]:
        """What `freehold check` says of the chain: the first line that is wrong."""
        try:
            self.verify()
        except Invalid as error:
            yield Fault("accounts", "audit", error.message)

    def checkpoint(self) -> str:
        """Sign the chain as it is now and keep the note. The lines since the last one are verified first.

        Raises Invalid if they are wrong (a broken chain is never signed), and if there are none at all.
        """
        with self._db.read() as tx:
            newest, head = _newest(tx), _head(tx)
            walk = self._resumed(tx, newest)
            if newest is not None and walk.size == head.size:
                walk.end(head.size, head.hash)
                return newest
            for line in lines_after(tx, walk.size):
                walk.follow(line)
            walk.end(head.size, head.hash)
        if walk.size == 0:
            raise Invalid("The audit has no line yet, so there is nothing to sign.")
        at = self._clock()
        note = sign(self._seed, Checkpoint(walk.size, walk.frontier.root, walk.head, moment(at)))
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO accounts_audit_checkpoint (size, note, frontier, created_at)"
                " VALUES (:size, :note, :frontier, :at) ON CONFLICT (size) DO NOTHING",
                size=walk.size, note=note, at=at, frontier=" ".join(root.hex() for root in walk.frontier.roots),
            )  # fmt: skip
        return note

    def prove(self, line: Line) -> Proof:
        """That a line is in the chain, by the newest checkpoint. Raises Invalid for what none signs yet.

        Whoever holds the line may read it; a proof tells of others only hashes.
        """
        with self._db.read() as tx:
            note = _newest(tx)
            signed = open_note(note, self.public_key) if note else None
            if note is None or signed is None or signed.size < line.seq:
                raise Invalid("No checkpoint signs this line yet: the hub makes one each day. Try again then.")
            rows = tx.all("SELECT hash FROM accounts_audit WHERE seq <= :size ORDER BY seq", size=signed.size)
        path = path_to([bytes.fromhex(row.hash) for row in rows], line.seq - 1)
        return Proof(line, [step.hex() for step in path], note)

    def chore(self, _payload: Mapping[str, Any]) -> None:
        """Sign each day's lines; a job that is given up over this says which line is wrong."""
        with self._db.read() as tx:
            empty = _head(tx).size == 0
        if not empty:
            self.checkpoint()

    def export(self) -> Iterator[bytes]:
        """The whole chain with its checkpoints, the last of them made now: JSON Lines that prove themselves."""
        self.checkpoint()
        with self._db.read() as tx:
            rows = tx.all("SELECT size, note FROM accounts_audit_checkpoint ORDER BY size DESC")
            for line in lines_after(tx, 0):
                if not rows:
                    return  # written since: the next export will have them signed
                yield msgspec.json.encode(line) + b"\n"
                if line.seq == rows[-1].size:
                    yield msgspec.json.encode(Signed(rows.pop().note)) + b"\n"

    def _resumed(self, tx: Transaction, newest: str | None) -> Walk:
        """A walk that begins where the last checkpoint ended: what it kept of the tree must be what it signs."""
        if newest is None:
            return Walk()
        signed = open_note(newest, self.public_key)
        kept = tx.scalar("SELECT frontier FROM accounts_audit_checkpoint WHERE size = :size", size=signed.size)
        walk = Walk(Frontier(signed.size, tuple(bytes.fromhex(root) for root in kept.split())), signed.head)
        walk.meet(signed)
        return walk


def _newest(tx: Transaction) -> str | None:
    note: str | None = tx.scalar("SELECT note FROM accounts_audit_checkpoint ORDER BY size DESC LIMIT 1")
    return note


def _head(tx: Transaction) -> Head:
    row = tx.first("SELECT seq, hash FROM accounts_audit_head")
    if row is None:
        raise Invalid("The row that says where the chain ends is missing.")
    return Head(row.seq, row.hash)
