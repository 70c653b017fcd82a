"""Puts a page of a listing together: from rows alone where an index of the database has the order, else by the index.

What has changed since the index was last fed is looked at row by row, so a page is right at once. Whatever the index
finds is fetched by the rule of access, which is asked anew each time: the index is never believed about who may see.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.catalog import rows
from freehold.core.catalog.counts import Counts, Reach, together
from freehold.core.catalog.facets import of_kind
from freehold.core.catalog.keeping import Index
from freehold.core.catalog.large_counts import LargeCounts
from freehold.core.catalog.matching import Record, matches, place_of, values
from freehold.core.catalog.query import Place, Query, place
from freehold.core.catalog.records import Records, read
from freehold.core.catalog.rows import ListedRepo
from freehold.stores.db.database import Database

if TYPE_CHECKING:
    from freehold.core.catalog.index.view import View


class Finding:
    """Lists and counts of what an actor may see."""

    def __init__(self, db: Database, index: Index, records: Records) -> None:
        self._db, self._index, self._records = db, index, records
        self._large = LargeCounts()

    def page(self, actor: Actor, kind: RepoKind, query: Query) -> list[ListedRepo]:
        """One page."""
        after = place(query.after) if query.after else None
        view = None if query.plain else self._index.view()
        if view is None:
            return self._by_rows(actor, kind, query, after)
        return self._by_index(view, actor, kind, query, after)

    def count(self, actor: Actor, kind: RepoKind, query: Query) -> Counts | None:
        """How many there are; None while there is no index."""
        view = self._index.view()
        if view is None:
            return None
        reach = self._reach(actor, kind)
        parts = [self._large.of(view, Reach(everything=reach.everything), kind, query)]
        if reach.closed:
            parts.append(view.count(Reach(open=False, closed=reach.closed), kind, query))
        changed = self._changed(view, actor, kind, query)
        facets = {one.name: Counter(v for record in changed for v in values(record, one.name)) for one in of_kind(kind)}
        return together([*parts, Counts(len(changed), facets)])

    def _by_rows(self, actor: Actor, kind: RepoKind, query: Query, after: Place | None) -> list[ListedRepo]:
        found: list[ListedRepo] = []
        while len(found) < query.limit:
            with self._db.read() as tx:
                page = rows.select(tx, actor, kind, query, after)
                records = read(page)
            for row, record in zip(page, self._records.fresh(records), strict=True):
                after = Place(int(row.sorted_by), row.id)
                if matches(record, query):
                    found.append(_line(record, after))
            if len(page) < query.limit:
                break
        return found[: query.limit]

    def _by_index(
        self, view: "View", actor: Actor, kind: RepoKind, query: Query, after: Place | None
    ) -> list[ListedRepo]:
        reach = self._reach(actor, kind)
        fresh = {place_of(one, query).key: one for one in self._changed(view, actor, kind, query)}
        found: list[ListedRepo] = []
        while len(found) < query.limit:
            wanted = query.limit - len(found)
            places = view.page(reach, kind, query, after, wanted)
            keys = sorted([*(one.key for one in places), *(key for key in fresh if after is None or key > after.key)])
            lines = self._lines(actor, [Place(-key[1], key[2], key[0]) for key in keys[:wanted]])
            found += lines
            if len(keys) < wanted:
                break
            last = keys[wanted - 1]
            after = Place(-last[1], last[2], last[0])
        return found

    def _lines(self, actor: Actor, places: Sequence[Place]) -> list[ListedRepo]:
        with self._db.read() as tx:
            found = read(rows.of_ids(tx, actor, [one.id for one in places]))
        records = {record.repo.id: record for record in self._records.fresh(found)}
        return [_line(records[one.id], one) for one in places if one.id in records]

    def _changed(self, view: "View", actor: Actor, kind: RepoKind, query: Query) -> list[Record]:
        """What the index does not know yet, and fits."""
        if not view.without:
            return []
        with self._db.read() as tx:
            found = read(rows.of_ids(tx, actor, view.without, texts=True))
        of_kind = [pair for pair in found if pair[1].repo.kind is kind]
        return [record for record in self._records.fresh(of_kind) if matches(record, query)]

    def _reach(self, actor: Actor, kind: RepoKind) -> "Reach":
        if actor.is_admin:
            return Reach(everything=True)
        if actor.account_id is None:
            return Reach()
        with self._db.read() as tx:
            return Reach(closed=rows.closed(tx, actor, kind))


def _line(record: Record, at: Place) -> ListedRepo:
    return ListedRepo(record.repo, record.entry, at.text(), record.popularity)
