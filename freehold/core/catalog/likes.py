"""Who likes which repository, and how many people do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden
from freehold.core.accounts.access import Right, visible_to
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Database, Transaction

Mark = tuple[int, str]
"""Where a page of a list ends: the time of its last line, and the id that tells equal times apart."""

FIRST: Mark = (2**62, "")


@dataclass(frozen=True, slots=True)
class Liker:
    """A person who likes a repository, and since when."""

    account_id: str
    at: int

    @property
    def mark(self) -> Mark:
        """Where a page that ends here is continued."""
        return (self.at, self.account_id)


@dataclass(frozen=True, slots=True)
class Liked:
    """A repository that a person likes, and since when."""

    repo: Repo
    at: int

    @property
    def mark(self) -> Mark:
        """Where a page that ends here is continued."""
        return (self.at, self.repo.id)


class Likes:
    """Likes are given and seen through a reader; what one likes is listed to whoever may see that repository."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def set(self, reader: RepoReader, *, likes: bool) -> None:
        """Like a repository, or no longer; saying it twice changes nothing. Forbidden without a right to write."""
        actor, repo = reader.actor, reader.repo
        if actor.account_id is None or not actor.may_write or reader.right < Right.PROPOSE:
            raise Forbidden("Only a signed-in person can like a repository: use a token with the role `write`.")
        who = {"repo": repo.id, "account": actor.account_id}
        with self._db.write() as tx:
            if likes:
                sql = (
                    "INSERT INTO catalog_like (repo_id, account_id, created_at) VALUES (:repo, :account, :now)"
                    " ON CONFLICT (repo_id, account_id) DO NOTHING"
                )
                changed = tx.run(sql, now=self._clock(), **who).rowcount
            else:
                sql = "DELETE FROM catalog_like WHERE repo_id = :repo AND account_id = :account"
                changed = tx.run(sql, **who).rowcount
            if changed:
                self._count(tx, repo, 1 if likes else -1)
                record(tx, actor, "repo.like" if likes else "repo.unlike", repo.repo_id.path)

    def let_go(self, payload: Mapping[str, Any]) -> None:
        """Take back all that an account likes which was closed: the job `account.closed {account_id}`; repeatable."""
        who = str(payload["account_id"])
        with self._db.write() as tx:
            rows = tx.all("SELECT repo_id FROM catalog_like WHERE account_id = :who ORDER BY repo_id", who=who)
            for row in rows:
                gone = tx.run("DELETE FROM catalog_like WHERE repo_id = :id AND account_id = :who", id=row.repo_id,
                              who=who).rowcount  # fmt: skip
                tx.run("UPDATE catalog_use SET likes = likes - :gone WHERE repo_id = :id", id=row.repo_id, gone=gone)
            if rows:
                record(tx, SYSTEM, "repo.unlike", who, closed=True, repositories=len(rows))

    def _count(self, tx: Transaction, repo: Repo, change: int) -> None:
        tx.run(
            "INSERT INTO catalog_use (repo_id, kind, likes) VALUES (:repo, :kind, :change) ON CONFLICT (repo_id)"
            " DO UPDATE SET likes = catalog_use.likes + :change",
            repo=repo.id,
            kind=repo.kind.value,
            change=change,
        )

    def count(self, reader: RepoReader) -> int:
        """How many people like it."""
        with self._db.read() as tx:
            likes = tx.scalar("SELECT likes FROM catalog_use WHERE repo_id = :repo", repo=reader.repo.id)
        return likes or 0

    def has(self, reader: RepoReader) -> bool:
        """Whether the reader's own actor likes it."""
        sql = "SELECT 1 FROM catalog_like WHERE repo_id = :repo AND account_id = :account"
        with self._db.read() as tx:
            return tx.first(sql, repo=reader.repo.id, account=reader.actor.account_id or "") is not None

    def likers(self, reader: RepoReader, after: Mark = FIRST, limit: int = 100) -> Sequence[Liker]:
        """Who likes it, newest first, behind `after`."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT account_id, created_at FROM catalog_like WHERE repo_id = :repo AND created_at <= :at"
                " AND (created_at < :at OR account_id > :id) ORDER BY created_at DESC, account_id LIMIT :limit",
                repo=reader.repo.id,
                at=after[0],
                id=after[1],
                limit=limit,
            )
        return [Liker(row.account_id, row.created_at) for row in rows]

    def liked(self, actor: Actor, account_id: str, after: Mark = FIRST, limit: int = 100) -> Sequence[Liked]:
        """What a person likes of all that `actor` may see, newest first, behind `after`."""
        visible = visible_to(actor)
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {COLUMNS}, l.created_at AS liked_at FROM catalog_like l JOIN repos_repo r ON r.id = l.repo_id"
                f" WHERE l.account_id = :account AND {visible.sql} AND l.created_at <= :at"
                " AND (l.created_at < :at OR r.id > :id) ORDER BY l.created_at DESC, r.id LIMIT :limit",
                account=account_id,
                at=after[0],
                id=after[1],
                limit=limit,
                **visible.params,
            )
        return [Liked(Repo.from_row(row), row.liked_at) for row in rows]

    def count_liked(self, actor: Actor, account_id: str) -> int:
        """How many repositories a person likes of all that `actor` may see."""
        visible = visible_to(actor)
        sql = (
            "SELECT count(*) FROM catalog_like l JOIN repos_repo r ON r.id = l.repo_id"
            f" WHERE l.account_id = :account AND {visible.sql}"
        )
        with self._db.read() as tx:
            return int(tx.scalar(sql, account=account_id, **visible.params))


def forget(tx: Transaction, repo_id: str) -> None:
    """Drop the likes of a repository that is gone; `downloads.forget` drops their count."""
    tx.run("DELETE FROM catalog_like WHERE repo_id = :repo", repo=repo_id)
