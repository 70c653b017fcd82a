"""Many threads' small writes in one transaction: who comes while one is under way shares the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from freehold.stores.db.database import Database, Transaction

T = TypeVar("T")


@dataclass
class _Batch(Generic[T]):
    items: list[T] = field(default_factory=list)
    error: Exception | None = None


class Together(Generic[T]):
    """`write` is called with what was gathered, in a transaction; every caller waits until its own is durable."""

    def __init__(self, db: Database, write: Callable[[Transaction, Sequence[T]], None]) -> None:
        self._db = db
        self._write = write
        self._open: _Batch[T] = _Batch()
        self._door = Lock()
        self._turn = Lock()

    def add(self, item: T) -> None:
        """Return when the item is written. Raises what the transaction raised, to all who shared it."""
        with self._door:
            batch = self._open
            batch.items.append(item)
        with self._turn:
            if self._closed(batch):
                self._commit(batch)
        if batch.error is not None:
            raise batch.error

    def _closed(self, batch: _Batch[T]) -> bool:
        """Whether this caller is the first of the batch whose turn it is; from then on nobody joins it."""
        with self._door:
            first = self._open is batch
            if first:
                self._open = _Batch()
        return first

    def _commit(self, batch: _Batch[T]) -> None:
        try:
            with self._db.write() as tx:
                self._write(tx, batch.items)
        except Exception as error:
            batch.error = error
