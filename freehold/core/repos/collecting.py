"""Lets go of large contents that no ref's history names any more, once their namespace's rule says so.

Whoever commits holds the repository's row and moves its generation; whoever collects holds the row, too, and only
does so while the generation is the one whose history was looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import RepoNotFound
from freehold.base.ids import RepoId, RepoKind, Sha256, XetHash
from freehold.base.retention import DAY_US, Doomed, Retention
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.listing import BlobFacts
from freehold.core.repos.naming import named_contents
from freehold.stores.db.database import Row, Transaction
from freehold.stores.git.store import GitStore
from freehold.stores.xet.files import Left
from freehold.stores.xet.store import XetStore

UPLOAD_US = DAY_US
"""How long a content waits at least for the commit that names it: clients upload many files before they commit."""

REASON = "no branch, tag or pull request names it in its history"
UNBOUND = "it was registered, but no content is made of it"


@dataclass(frozen=True, slots=True)
class _Repo:
    id: str
    owner_id: str
    path: str


@dataclass(frozen=True, slots=True)
class _Look:
    """What a repository held at one generation that its history does not name; `contents` are rows."""

    generation: int
    contents: list[Row]


class Collecting:
    """Over every repository."""

    def __init__(self, git: GitStore, objects: RepoObjects, xet: XetStore, clock: Clock = now) -> None:
        self.git, self.objects, self.xet, self.clock = git, objects, xet, clock
        self.db = objects.db
        self._facts = BlobFacts()

    def found(self, rules: Retention) -> Iterator[Doomed]:
        """The contents that no history names; changes nothing."""
        for repo in self._repositories():
            keep = rules.keep_us(repo.owner_id)
            for row in self._look(repo).contents:
                since = self.clock() if row.unnamed_since is None else row.unnamed_since
                due = None if keep is None else since + max(keep, UPLOAD_US)
                yield Doomed("content", f"{repo.path} {row.sha256}", repo.owner_id, row.size, since, due, REASON)

    def collect(self, rules: Retention) -> int:
        """Note what no history names, and let go of what was noted long enough ago; how many contents."""
        gone = 0
        for repo in self._repositories():
            keep = rules.keep_us(repo.owner_id)
            if keep is not None:
                self.mark(repo.id)
                gone += self.release(repo.id, max(keep, UPLOAD_US))
        return gone

    def mark(self, repo_id: str) -> None:
        """Note since when which contents are named nowhere."""
        for repo in self._repositories(repo_id):
            if self._is_marked(repo):
                continue
            moment = self.clock()
            look = self._look(repo)
            unnamed = {row.sha256 for row in look.contents}
            with self.db.write() as tx:
                if not self._still(tx, repo, look.generation):
                    continue  # it goes on; the next sweep looks again
                rows = tx.all("SELECT sha256, unnamed_since FROM repos_object WHERE repo_id = :repo", repo=repo.id)
                changed = [row.sha256 for row in rows if (row.sha256 in unnamed) != (row.unnamed_since is not None)]
                tx.many(
                    "UPDATE repos_object SET unnamed_since = :since WHERE repo_id = :repo AND sha256 = :sha256",
                    [
                        {"since": moment if name in unnamed else None, "repo": repo.id, "sha256": name}
                        for name in changed
                    ],
                )
                tx.run(
                    "INSERT INTO repos_mark (repo_id, generation, marked_at) VALUES (:repo, :generation, :now)"
                    " ON CONFLICT (repo_id) DO UPDATE SET generation = :generation, marked_at = :now",
                    repo=repo.id, generation=look.generation, now=moment,
                )  # fmt: skip

    def release(self, repo_id: str, keep_us: int) -> int:
        """Let a repository hold no longer what is noted as unnamed for so long; how many contents."""
        before = self.clock() - keep_us
        for repo in self._repositories(repo_id):
            with self.db.write() as tx:
                generation = tx.scalar("SELECT generation FROM repos_mark WHERE repo_id = :repo", repo=repo.id)
                if generation is None or not self._still(tx, repo, generation):
                    return 0
                rows = tx.all(
                    "SELECT sha256, unnamed_since FROM repos_object WHERE repo_id = :repo AND unnamed_since <= :before",
                    repo=repo.id, before=before,
                )  # fmt: skip
                contents = {Sha256(row.sha256) for row in rows}
                files = self.objects.forget(tx, repo.id, contents) if contents else []
                unbound = [file for file, at in self._unbound(tx, repo).items() if at <= before]
                since = max((row.unnamed_since for row in rows), default=before)
                self.xet.forget(tx, repo.id, sorted({*files, *unbound}), Left(repo.owner_id, since))
                if contents:
                    record(tx, SYSTEM, "object.collect", repo.path, contents=sorted(contents))
                return len(contents)
        return 0

    def _look(self, repo: _Repo) -> _Look:
        with self.db.read() as tx:
            held = tx.first("SELECT 1 FROM repos_object WHERE repo_id = :repo LIMIT 1", repo=repo.id)
        try:
            glimpse = self.git.refs(repo.id)
            if held is None:
                return _Look(glimpse.generation, [])
            objects = self.git.objects(repo.id, glimpse.generation)
            named = named_contents(objects, self._facts, glimpse)
        except RepoNotFound:
            return _Look(-1, [])  # deleted while we looked
        with self.db.read() as tx:
            rows = tx.all("SELECT sha256, size, unnamed_since FROM repos_object WHERE repo_id = :repo", repo=repo.id)
        return _Look(glimpse.generation, [row for row in rows if row.sha256 not in named])

    def _unbound(self, tx: Transaction, repo: _Repo) -> dict[XetHash, int]:
        """Files that no content of the repository is made of: replaced, or never claimed."""
        rows = tx.all("SELECT xet_hash FROM repos_object WHERE repo_id = :repo AND xet_hash IS NOT NULL", repo=repo.id)
        bound = {row.xet_hash for row in rows}
        return {file: at for file, at in self.xet.files.linked_since(tx, repo.id).items() if file not in bound}

    def _is_marked(self, repo: _Repo) -> bool:
        """Whether nothing has come or moved since the repository was last looked at."""
        with self.db.read() as tx:
            mark = tx.first("SELECT generation, marked_at FROM repos_mark WHERE repo_id = :repo", repo=repo.id)
            return (
                mark is not None
                and self.git.generation(tx, repo.id) == mark.generation
                and tx.first(
                    "SELECT 1 FROM repos_object WHERE repo_id = :repo AND unnamed_since IS NULL AND created_at >= :at",
                    repo=repo.id, at=mark.marked_at,
                ) is None
            )  # fmt: skip

    def _still(self, tx: Transaction, repo: _Repo, generation: int) -> bool:
        """Keep writers away until `tx` ends, then see whether none was there since the look."""
        alone = "" if self.db.is_sqlite else " FOR UPDATE"
        tx.first(f"SELECT 1 FROM repos_repo WHERE id = :repo{alone}", repo=repo.id)
        return self.git.generation(tx, repo.id) == generation

    def _repositories(self, repo_id: str | None = None) -> list[_Repo]:
        """All of them, or only the one of that id. Buckets have no history, and let go of contents by themselves."""
        one = "" if repo_id is None else " AND r.id = :id"
        with self.db.read() as tx:
            rows = tx.all(
                "SELECT r.id, r.owner_id, r.kind, r.namespace, r.name FROM repos_repo r"
                f" WHERE r.kind <> :bucket{one} ORDER BY r.id",
                bucket=RepoKind.BUCKET.value,
                **({} if repo_id is None else {"id": repo_id}),
            )
        return [_Repo(row.id, row.owner_id, RepoId(RepoKind(row.kind), row.namespace, row.name).path) for row in rows]
