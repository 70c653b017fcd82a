"""What repositories, namespaces and the whole hub store: how long their contents are, and what that takes.

Contents are counted as logical bytes for each repository that holds them; the quota goes by that. What is stored is
counted once: chunks for the repository that they first came to, a whole copy for the first repository that names it.
Nothing here is kept: every figure is a sum over indexed rows, so none can go wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from freehold.base.errors import Forbidden
from freehold.core.accounts.access import Right, Subject, right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import Account, People
from freehold.core.repos.quotas import Quota, used_by
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.core.repos.writer import RepoAdmin
from freehold.stores.db.database import Transaction
from freehold.stores.git.store import GitStore
from freehold.stores.xet import usage

SHOWN = 200
"""How many repositories are listed: those with the longest contents."""

# A whole copy that several repositories name counts for the first of them alone.
_FIRST = "NOT EXISTS (SELECT 1 FROM repos_object p WHERE p.sha256 = o.sha256 AND p.plain = 1 AND p.repo_id < o.repo_id)"


@dataclass(frozen=True, slots=True)
class Usage:
    """In bytes: `logical` is what the large files are long, the rest what is stored."""

    logical: int
    chunks: int
    plain: int
    git: int

    @property
    def physical(self) -> int:
        """All that is stored."""
        return self.chunks + self.plain + self.git

    @property
    def saved(self) -> int:
        """How much less is stored of large files than they are long."""
        return max(0, self.logical - self.chunks - self.plain)


@dataclass(frozen=True, slots=True)
class NamespaceUsage:
    """`count` are repositories, `files` large files; `deleted`: chunks of repositories that are gone, not freed yet."""

    total: Usage
    repositories: Sequence[tuple[Repo, Usage]]
    count: int
    deleted: int
    quota: Quota
    files: int = 0


@dataclass(frozen=True, slots=True)
class HubUsage:
    """`unused` are chunks that no file uses: uploads in progress, and what the sweep may free."""

    total: Usage
    unused: int


class Storage:
    """Asks the rooms that keep bytes."""

    def __init__(self, git: GitStore, people: People, quota_of: Callable[[str], Quota]) -> None:
        self._git, self._db, self._people, self._quota_of = git, git.db, people, quota_of

    def of_repository(self, admin: RepoAdmin) -> Usage:
        """Of one repository, for whoever administers it."""
        repo = admin.repo
        with self._db.read() as tx:
            plain, packs = self._parts(tx, "SELECT r.id FROM repos_repo r WHERE r.id = :one", {"one": repo.id})
            chunks = usage.of_repository(tx, repo.owner_id, repo.id)
            logical = tx.scalar("SELECT logical_bytes FROM repos_repo WHERE id = :id", id=repo.id)
        return Usage(int(logical or 0), chunks, plain.get(repo.id, 0), packs.get(repo.id, 0))

    def of_namespace(self, actor: Actor, owner: Account) -> NamespaceUsage:
        """Of all repositories of a person or an organisation. Raises Forbidden for all but its administrators."""
        role = self._people.role_in(owner.id, actor.account_id)
        if right(actor, Subject("private", owner.id), role) < Right.ADMIN:
            raise Forbidden(f"Only {owner.name}'s administrators may see what it stores.")
        mine = {"owner": owner.id}
        with self._db.read() as tx:
            plain, packs = self._parts(tx, "SELECT r.id FROM repos_repo r WHERE r.owner_id = :owner", mine)
            chunks = usage.by_repository(tx, owner.id)
            whole = tx.first(
                "SELECT count(*) AS n, coalesce(sum(logical_bytes), 0) AS size FROM repos_repo WHERE owner_id = :owner",
                **mine,
            )
            rows = tx.all(
                f"SELECT {COLUMNS} FROM repos_repo r WHERE r.owner_id = :owner"
                f" ORDER BY r.logical_bytes DESC, r.id LIMIT {SHOWN}",
                **mine,
            )
            files = used_by(tx, owner.id).files
            alive = {row.id for row in tx.all("SELECT id FROM repos_repo WHERE owner_id = :owner", **mine)}
        assert whole is not None  # noqa: S101 - an aggregate has a row
        repositories = [
            (Repo.from_row(row), Usage(row.logical_bytes, *(part.get(row.id, 0) for part in (chunks, plain, packs))))
            for row in rows
        ]
        total = Usage(int(whole.size), *(sum(part.values()) for part in (chunks, plain, packs)))
        deleted = sum(size for repo_id, size in chunks.items() if repo_id not in alive)
        return NamespaceUsage(total, repositories, whole.n, deleted, self._quota_of(owner.id), files)

    def of_hub(self, actor: Actor) -> HubUsage:
        """Of everything, for administrators of the hub. Raises Forbidden."""
        if not actor.is_admin:
            raise Forbidden("Only administrators of this hub may see what it stores.")
        with self._db.read() as tx:
            plain, packs = self._parts(tx, "SELECT r.id FROM repos_repo r", {})
            logical = tx.scalar("SELECT coalesce(sum(logical_bytes), 0) FROM repos_repo")
            kept = usage.total(tx)
        return HubUsage(Usage(int(logical), kept.stored, sum(plain.values()), sum(packs.values())), kept.unused)

    def _parts(
        self, tx: Transaction, repos: str, params: Mapping[str, str]
    ) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Bytes of whole copies and of packs by repository, of those that the query `repos` gives."""
        rows = tx.all(
            "SELECT o.repo_id, sum(o.size) AS size FROM repos_object o"
            f" WHERE o.plain = 1 AND o.repo_id IN ({repos}) AND {_FIRST} GROUP BY o.repo_id",
            **params,
        )
        return {row.repo_id: int(row.size) for row in rows}, self._git.bytes_of(tx, repos, params)
