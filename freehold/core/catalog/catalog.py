"""The listing of repositories: what each shows of its main branch, and the queries over them.

An entry remembers the repository's `updated_at` that it was made from. One that lags behind is made anew when
it is asked for, so lists and pages are right at once after a commit, whether or not the job has run.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import structlog

from freehold.base.clock import Clock, now
from freehold.base.errors import NotFound, StorageFailed
from freehold.base.ids import Oid, RepoKind
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.catalog import activity, downloads, likes, lineage, rows
from freehold.core.catalog.calendar import Calendar
from freehold.core.catalog.counts import Counts
from freehold.core.catalog.downloads import Downloads
from freehold.core.catalog.finding import Finding
from freehold.core.catalog.keeping import Index
from freehold.core.catalog.likes import Likes
from freehold.core.catalog.lineage import Lineage
from freehold.core.catalog.popularity import Popularity, popularity_of
from freehold.core.catalog.query import Query
from freehold.core.catalog.records import Records
from freehold.core.catalog.rows import CatalogEntry, ListedRepo
from freehold.core.catalog.texts import text_of
from freehold.core.catalog.trending import Trending
from freehold.core.facts.facts import Facts
from freehold.core.facts.subject import Reader
from freehold.core.repos.entries import Revision
from freehold.core.repos.repo import Repo
from freehold.stores.db.database import Database

log = structlog.get_logger("freehold")

_STEPS = ("card", "tags", "safetensors", "gguf", "memory", "safety", "lineage")
"""The facts that entries are made of."""


class HeadReader(Reader, Protocol):
    """A reader that also knows where the main branch is."""

    def revision(self, rev: str = "main") -> Revision: ...


class Gate(Protocol):
    """Where the catalogue gets its readers."""

    def by_row_id(self, actor: Actor, row_id: str, /) -> HeadReader: ...


class Catalog:
    """Entries of repositories, and lists of them that never show what the actor may not see."""

    def __init__(
        self, db: Database, gate: Gate, facts: Facts, clock: Clock = now, *, folder: Path, key: bytes = b""
    ) -> None:
        self._db, self._gate, self._facts = db, gate, facts
        source = Records(db, self.refreshed)
        self.index = Index(db, folder, source)
        self._finding = Finding(db, self.index, source)
        self.likes = Likes(db, clock)
        self.downloads = Downloads(db, key, clock)
        self.trending = Trending(db, clock)
        self.calendar = Calendar(db, clock)
        self.lineage = Lineage(db)

    def landed(self, payload: Mapping[str, Any]) -> None:
        """The job `commit.landed {repo_id, …}`: bring the entry up to date, or drop it with its repository."""
        try:
            reader = self._gate.by_row_id(SYSTEM, payload["repo_id"])
        except NotFound:
            self.forget(payload["repo_id"])
        else:
            self.entry(reader)

    def forget(self, repo_id: str) -> None:
        """Drop the entry, the likes and the facts of a repository that is gone."""
        with self._db.write() as tx:
            likes.forget(tx, repo_id)
            downloads.forget(tx, repo_id)
            lineage.forget(tx, repo_id)
            rows.forget(tx, repo_id)
        self._facts.forget(repo_id)

    def entry(self, reader: HeadReader) -> CatalogEntry:
        """The entry of one repository, made anew if its main branch has moved."""
        commit = reader.revision().commit
        with self._db.read() as tx:
            row = rows.entry_of(tx, reader.repo.id)
            if row is not None and row.commit_oid == (commit or "") and row.updated_at >= reader.repo.updated_at:
                return rows.read_entry(row)
        return self._make(reader, commit)

    def list(self, actor: Actor, kind: RepoKind, query: Query) -> list[ListedRepo]:
        """One page of what `actor` may see; a full page may have a next one after its last `cursor`."""
        return self._finding.page(actor, kind, query)

    def count(self, actor: Actor, kind: RepoKind, query: Query) -> Counts | None:
        """How much `actor` may see of what fits, by facets; None while that is being found out."""
        return self._finding.count(actor, kind, query)

    def remake(self) -> Iterator[Repo]:
        """Make every entry anew, whatever is known, and then the index; yields what is done."""
        last = ""
        while ids := self._behind(last):
            for row_id in ids:
                try:
                    reader = self._gate.by_row_id(SYSTEM, row_id)
                    self._make(reader, reader.revision().commit)
                except NotFound:
                    continue  # deleted since
                except StorageFailed:
                    log.exception("the catalogue could not read a repository", repo=row_id)
                    continue
                yield reader.repo
            last = ids[-1]
        self.index.build()

    def _behind(self, last: str) -> Sequence[str]:
        with self._db.read() as tx:
            return rows.ids(tx, last, 1000)

    def close(self) -> None:
        """Write what was counted, and let other processes write the index."""
        self.downloads.write()
        self.index.close()

    def popularity(self, reader: HeadReader) -> Popularity:
        """How many people use and like one repository."""
        with self._db.read() as tx:
            return popularity_of(tx, reader.repo.id)

    def counts(self, actor: Actor, owner_id: str) -> dict[RepoKind, int]:
        """How many repositories of each kind an account has, of those that `actor` may see."""
        with self._db.read() as tx:
            return rows.counts(tx, actor, owner_id)

    def recent(
        self,
        actor: Actor,
        account_id: str,
        kinds: Sequence[activity.What] = activity.KINDS,
        *,
        after: activity.Mark = activity.FIRST,
        limit: int = 20,
    ) -> Sequence[activity.Event]:
        """The newest events around an account that `actor` may see, behind `after`."""
        return activity.recent(self._db, actor, account_id, kinds, after=after, limit=limit)

    def refreshed(self, repo: Repo, known: CatalogEntry) -> CatalogEntry:
        """The entry of a repository that has changed since `known` was made; that one if it cannot be read."""
        try:
            return self.entry(self._gate.by_row_id(SYSTEM, repo.id))
        except NotFound:
            return known  # deleted since the list was read
        except StorageFailed:
            # One repository that cannot be read must not take every listing with it; its own page says so.
            log.exception("the catalogue could not read a repository", repo=str(repo.repo_id))
            return known

    def _make(self, reader: HeadReader, commit: Oid | None) -> CatalogEntry:
        entry, made_from = CatalogEntry(commit, {}, ()), {}
        # Lists and their filters are everybody's: what a gate hides is in none of them.
        if commit is not None and not (reader.repo.gated and reader.repo.gate_hides):
            facts = self._facts.all(reader, commit, _STEPS)
            named, made_from = facts["tags"], facts["lineage"]
            entry = CatalogEntry(
                commit,
                facts["card"].get("data", {}),
                named.get("tags", []),
                named.get("pipeline_tag"),
                named.get("library_name"),
                facts["safetensors"].get("total") or facts["gguf"].get("total") or 0,
                text_of(reader, commit),
                facts["memory"].get("bytes", 0),
                facts["safety"].get("verdict", ""),
            )
        with self._db.write() as tx:
            rows.keep(tx, reader.repo, entry)
            lineage.keep(tx, reader.repo.id, made_from)
        return entry
