"""The index of one hub on one machine: opened when first needed, fed with changes, made anew beside itself.

Of all processes that use it one writes, which is whoever has tantivy's lock; the others see what it commits. What has
changed since is named in each view, so that nobody is shown what is not true any more.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

import tantivy

from freehold.core.catalog.index import fields
from freehold.core.catalog.index.changes import Change, Changes
from freehold.core.catalog.index.conditions import Conditions
from freehold.core.catalog.index.folder import Folder
from freehold.core.catalog.index.view import View
from freehold.core.catalog.index.walking import PACE, Pace, Sizes, Tiers
from freehold.core.catalog.matching import Record
from freehold.stores.db.database import Database, Transaction

MOST_WAITING = 100
"""So many changes are looked at row by row with each search; who finds more brings them in, where no thread does."""
MANY_WAITING = 1000
"""With more than these every search waits until they are in."""

_PORTION = 1000
_SIZES_S = 600.0
_HEAP, _LARGE_HEAP = 32 << 20, 256 << 20


class Source(Protocol):
    """Where records come from."""

    def refresh(self, ids: Sequence[str], /) -> None:
        """Bring the entries of these repositories up to date."""

    def records(self, tx: Transaction, ids: Sequence[str], /) -> Sequence[Record]:
        """These repositories as they are; those that are gone are left out."""

    def behind(self, tx: Transaction, last: str, most: int, /) -> Sequence[Record]:
        """So many behind an id, in the order of ids."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What can be searched: all changes below `mark`, and beyond it those `applied`."""

    searcher: tantivy.Searcher
    mark: int
    applied: Mapping[str, int] = field(default_factory=dict)


class Opened:
    """One index folder, open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = tantivy.Index.open(str(path))
        self.index.config_reader("manual")
        self.index.reload()
        self.conditions = Conditions(self.index.schema)
        self.moment = self._now({})
        self.writer: tantivy.IndexWriter | None = None
        self._sizes: Sizes = {}
        self._sized = -_SIZES_S

    def reload(self, applied: Mapping[str, int]) -> None:
        """See what has been committed."""
        self.index.reload()
        self.moment = self._now(applied)

    def sizes(self) -> Sizes:
        """How many documents each tier has, asked anew every ten minutes."""
        if monotonic() - self._sized >= _SIZES_S or not self._sizes:
            names = [fields.ID_TIER, *map(fields.tier_field, fields.SORTS)]
            asked = {name: {"terms": {"field": name, "size": 60_000, "segment_size": 60_000}} for name in names}
            told = self.moment.searcher.aggregate(tantivy.Query.all_query(), asked)
            self._sizes = {
                name: Tiers.of({int(one["key"]): int(one["doc_count"]) for one in told[name]["buckets"]})
                for name in names
            }
            self._sized = monotonic()
        return self._sizes

    def may_write(self) -> tantivy.IndexWriter | None:
        """The writer, if this process is the one that writes."""
        if self.writer is None:
            try:
                self.writer = self.index.writer(heap_size=_HEAP, num_threads=1)
            except ValueError:
                return None  # another process holds the lock
        return self.writer

    def _now(self, applied: Mapping[str, int]) -> Moment:
        searcher = self.index.searcher()
        hits = searcher.search(self.conditions.term(fields.MARK_TERM), 1, count=False).hits
        mark = int(searcher.fast_field_values(fields.MARK, [hits[0][1]])[0] or 0) if hits else 0
        return Moment(searcher, mark, applied)


class SearchIndex:
    """What is found at once, whoever writes meanwhile."""

    def __init__(self, db: Database, root: Path, source: Source, pace: Pace = PACE) -> None:
        self._db, self._folder, self._source = db, Folder(root), source
        self._changes, self._pace = Changes(db), pace
        self._opened: Opened | None = None
        self._lock = threading.RLock()
        self._version = fields.version()

    def view(self, *, fed: bool = False) -> View | None:
        """The index as it is now; None while there is none. `fed`: a thread of this process brings changes in."""
        opened = self._open()
        if opened is None:
            return None
        moment = opened.moment
        waiting = self._waiting(moment)
        if len(waiting) > (MANY_WAITING if fed else MOST_WAITING) or (waiting and opened.writer is None):
            self.keep_up(wait=len(waiting) > MANY_WAITING)
            opened.reload(opened.moment.applied)
            moment = opened.moment
            waiting = self._waiting(moment)
        changed = [one.repo_id for one in waiting]
        return View(moment.searcher, opened.conditions, opened.sizes(), changed, self._pace)

    def keep_up(self, *, wait: bool = True) -> int:
        """Bring in what has changed, if this is the process that does so; how many repositories."""
        if not self._lock.acquire(blocking=wait):
            return 0  # another thread is at it
        try:
            opened = self._open()
            writer = None if opened is None else opened.may_write()
            total, portion = 0, _PORTION
            while opened is not None and writer is not None and portion == _PORTION:
                changed = [one.repo_id for one in self._waiting(opened.moment, _PORTION)]
                # A portion that is not full was the last, whatever is written meanwhile.
                portion = len(changed)
                if changed:
                    self._apply(opened, writer, changed)
                total += portion
            return total
        finally:
            self._lock.release()

    def build(self, *, wait: bool = False) -> bool:
        """Make the index anew from the database and put it in use; False if somebody else is at it."""
        with self._folder.building(wait=wait) as mine:
            if not mine:
                return False
            path = self._folder.fresh(self._version)
            self._fill(path)
            self._folder.use(path)
        self._open()
        return True

    def close(self) -> None:
        """Let another process write."""
        with self._lock:
            if self._opened is not None and self._opened.writer is not None:
                self._opened.writer.wait_merging_threads()
            self._opened = None

    @property
    def ready(self) -> bool:
        """Whether there is an index."""
        return self._open() is not None

    def _open(self) -> Opened | None:
        path = self._folder.current(self._version)
        opened = self._opened
        if opened is not None and opened.path == path:
            return opened
        with self._lock:
            if path is None:
                self._opened = None
            elif self._opened is None or self._opened.path != path:
                self._opened = self._checked(path)
            return self._opened

    def _checked(self, path: Path) -> Opened | None:
        opened = Opened(path)
        with self._db.read() as tx:
            if opened.moment.mark <= self._changes.mark(tx):
                return opened
        # A database that was restored counts from an earlier number: the index knows things that never happened.
        return None

    def _waiting(self, moment: Moment, most: int = MANY_WAITING + 1) -> list[Change]:
        with self._db.read() as tx:
            return self._unknown(tx, moment, most)

    def _unknown(self, tx: Transaction, moment: Moment, most: int) -> list[Change]:
        found = self._changes.since(tx, moment.mark, most + len(moment.applied))
        return [one for one in found if moment.applied.get(one.repo_id) != one.at][:most]

    def _apply(self, opened: Opened, writer: tantivy.IndexWriter, ids: Sequence[str]) -> None:
        self._source.refresh(ids)
        moment = opened.moment
        with self._db.read() as tx:
            mark = self._changes.mark(tx)
            changed = self._unknown(tx, moment, _PORTION)
            records = self._source.records(tx, [one.repo_id for one in changed])
        for change in changed:
            writer.delete_documents_by_term(fields.ID, change.repo_id)
        for record in records:
            writer.add_document(fields.document(record))
        mark = mark if len(changed) < _PORTION else changed[-1].at
        writer.delete_documents_by_term(fields.TERM, fields.MARK_TERM)
        writer.add_document(fields.mark_document(mark))
        writer.commit()
        known = {**moment.applied, **{one.repo_id: one.at for one in changed}}
        opened.reload({repo_id: at for repo_id, at in known.items() if at >= mark})

    def _fill(self, path: Path) -> None:
        index = tantivy.Index(fields.schema(), path=str(path))
        writer: tantivy.IndexWriter | None = None
        with self._db.read() as tx:
            mark = self._changes.mark(tx)
        last = ""
        while True:
            with self._db.read() as tx:
                records = self._source.behind(tx, last, _PORTION)
            if writer is None:
                large = len(records) == _PORTION
                writer = index.writer(_LARGE_HEAP if large else _HEAP, num_threads=2 if large else 1)
            if not records:
                break
            for record in records:
                writer.add_document(fields.document(record))
            last = records[-1].repo.id
        writer.add_document(fields.mark_document(mark))
        writer.commit()
        writer.wait_merging_threads()
