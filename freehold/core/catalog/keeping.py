"""Keeps the index: opened when somebody first searches, brought up to date, made anew where there is none."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from freehold.base.errors import HubError
from freehold.core.catalog import rows
from freehold.core.catalog.records import Records
from freehold.stores.db.database import Database

if TYPE_CHECKING:
    from freehold.core.catalog.index.search_index import SearchIndex
    from freehold.core.catalog.index.view import View

EVERY_S = 0.2
_SMALL = 500
"""A hub with so few repositories makes its index while the first who searches waits."""

log = structlog.get_logger("freehold")


class Index:
    """The index of this process, and the thread that keeps it up to date."""

    def __init__(self, db: Database, folder: Path, source: Records) -> None:
        self._db, self._folder, self._source = db, folder, source
        self._lock = threading.Lock()
        self._opened: SearchIndex | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def view(self) -> "View | None":
        """The index as it is now; None while a large hub's is being made."""
        index = self._index()
        found = index.view(fed=self._thread is not None and not self._stopping.is_set())
        if found is None and self._is_small():
            index.build(wait=True)
            found = index.view()
        return found

    def build(self) -> None:
        """Make the index anew, and put it in the place of the one in use."""
        self._index().build(wait=True)

    def keep_up(self) -> int:
        """Bring in what has changed; how many repositories."""
        index = self._index()
        if not index.ready:
            index.build()
        return index.keep_up()

    def start(self) -> None:
        """Begin to keep up in the background."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._loop, name="index", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background work."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(30)

    def close(self) -> None:
        """Let another process write."""
        self.stop()
        if self._opened is not None:
            self._opened.close()

    def _index(self) -> "SearchIndex":
        with self._lock:
            if self._opened is None:
                # Loaded when first needed: commands and a starting server do without.
                from freehold.core.catalog.index.search_index import SearchIndex  # noqa: PLC0415

                self._opened = SearchIndex(self._db, self._folder, self._source)
            return self._opened

    def _is_small(self) -> bool:
        with self._db.read() as tx:
            return rows.are_few(tx, _SMALL)

    def _loop(self) -> None:
        while not self._stopping.wait(EVERY_S):
            self._tick(self.keep_up)

    def _tick(self, work: Callable[[], object]) -> None:
        try:
            work()
        except (HubError, ValueError, OSError):
            # Lists go on without it, only slower; the next try is soon.
            log.exception("the search index could not be brought up to date")
            self._stopping.wait(10)
