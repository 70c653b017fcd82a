"""Every public repository in the order in which they were made, in portions that stay where they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import ANONYMOUS
from freehold.stores.db.database import Database

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Counted:
    """A public repository, and when it changed last."""

    repo_id: RepoId
    updated_at: int


class Census:
    """What anybody may see, whoever asks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def portions(self, size: int) -> Sequence[str]:
        """Where each portion of `size` repositories begins."""
        visible = visible_to(ANONYMOUS)
        sql = (
            "SELECT x.id FROM (SELECT r.id, row_number() OVER (ORDER BY r.id) AS nth FROM repos_repo r"
            f" WHERE {visible.sql}) x WHERE (x.nth - 1) % :size = 0 ORDER BY x.id"
        )
        with self._db.read() as tx:
            return [row.id for row in tx.all(sql, size=size, **visible.params)]

    def portion(self, start: str, size: int) -> Iterator[Counted]:
        """At most `size` repositories from the one whose id is `start` on, a few at a time."""
        visible = visible_to(ANONYMOUS)
        sql = (
            "SELECT r.id, r.kind, r.namespace, r.name, r.updated_at FROM repos_repo r"
            f" WHERE r.id {{}} :start AND {visible.sql} ORDER BY r.id LIMIT :limit"
        )
        compare, left = ">=", size
        while left > 0:
            # A transaction for each few: a slow reader must not hold one open.
            with self._db.read() as tx:
                rows = tx.all(sql.format(compare), start=start, limit=min(left, _AT_ONCE), **visible.params)
            for row in rows:
                yield Counted(RepoId(RepoKind(row.kind), row.namespace, row.name), row.updated_at)
            left -= len(rows)
            if len(rows) < _AT_ONCE:
                return
            compare, start = ">", rows[-1].id
