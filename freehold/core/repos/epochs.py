"""Epochs of links: each hold begins a new one, and links to pieces of files that were made before it open nothing.

Such links are checked without asking who holds them, so they could not be called back one by one.
"""

from collections.abc import Sequence

from freehold.base.clock import Clock
from freehold.stores.db.database import Database, Transaction

_REFRESH = 10_000_000
_GRACE = 30_000_000
"""A process may not have heard of the new epoch yet, so links that it made go on for this long."""


class Epochs:
    """Known to every process within ten seconds of a hold; until thirty have passed, the last epoch counts, too."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._known: tuple[int, int] = (0, 0)
        self._read_at = -_REFRESH

    def current(self) -> Sequence[int]:
        """The epochs whose links count; new links are made in the first."""
        moment = self._clock()
        if moment >= self._read_at + _REFRESH:
            with self._db.read() as tx:
                row = tx.first("SELECT at, before FROM repos_epoch WHERE id = 1")
            self._known, self._read_at = ((row.at, row.before) if row else (0, 0)), moment
        at, before = self._known
        return (at, before) if moment < at + _GRACE else (at,)

    def begin(self, tx: Transaction) -> None:
        """Begin a new epoch."""
        tx.run("UPDATE repos_epoch SET before = at, at = :now WHERE id = 1", now=self._clock())
        tx.afterwards(self._forget)

    def _forget(self) -> None:
        self._read_at = -_REFRESH
