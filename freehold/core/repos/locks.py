"""Locks: paths that one person has taken for themselves, which nobody else may change on a branch until they are freed.

A lock on a folder holds for all that is below it. Pull requests may touch what is locked: they change no branch.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound, RepoNotFound
from freehold.base.ids import Oid, new_id
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.repos.reader import RepoReader
from freehold.stores.db.database import Database, Row, Transaction
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import TREE, Node
from freehold.wire.git.paths import check_path

MOST = 10_000
"""How many locks one repository may have: each push is compared with all of them."""

_MOST_NAMED = 20
_COLUMNS = "id, path, owner_id, owner_name, created_at"


@dataclass(frozen=True, slots=True)
class Lock:
    """One path and who took it; `created_at` in microseconds."""

    id: str
    path: str
    owner_id: str
    owner_name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which locks are asked for, in the order of their paths: those behind the path `after`, at most `limit`."""

    limit: int
    after: str = ""
    path: str | None = None
    id: str | None = None


class Locks:
    """The rows of `repos_lock`. Whoever holds a reader may see them, whoever holds a writer may take and free them."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def page(self, reader: RepoReader, wanted: Wanted) -> list[Lock]:
        """The locks of a repository."""
        path = "" if wanted.path is None else " AND path = :path"
        named = "" if wanted.id is None else " AND id = :id"
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS} FROM repos_lock WHERE repo_id = :repo AND path > :after{path}{named}"
                " ORDER BY path LIMIT :limit",
                repo=reader.repo.id, after=wanted.after, path=wanted.path, id=wanted.id, limit=wanted.limit,
            )  # fmt: skip
        return [_lock(row) for row in rows]

    def take(self, writer: RepoReader, path: str) -> tuple[Lock, bool]:
        """Lock a path for the writer's actor; the lock, and whether it is new. One that is there stays as it is.

        Raises Forbidden for who may not write, Unprocessable for a path that no file may have, Invalid when the
        repository has too many locks.
        """
        _demand_write(writer)
        check_path(path)
        actor, repo = writer.actor, writer.repo
        with self._db.write() as tx:
            _enter(tx, repo.id, alone="" if self._db.is_sqlite else " FOR UPDATE")
            row = tx.first(f"SELECT {_COLUMNS} FROM repos_lock WHERE repo_id = :repo AND path = :path",
                           repo=repo.id, path=path)  # fmt: skip
            if row is not None:
                return _lock(row), False
            if int(tx.scalar("SELECT count(*) FROM repos_lock WHERE repo_id = :repo", repo=repo.id)) >= MOST:
                raise Invalid(f"A repository may have {MOST} locks. Free some first: `git lfs unlock <path>`.")
            lock = Lock(new_id(), path, actor.principal or "", actor.name, self._clock())
            tx.run(
                "INSERT INTO repos_lock (id, repo_id, path, owner_id, owner_name, created_at)"
                " VALUES (:id, :repo, :path, :owner, :name, :now)",
                id=lock.id, repo=repo.id, path=path, owner=lock.owner_id, name=lock.owner_name, now=lock.created_at,
            )  # fmt: skip
            record(tx, actor, "lock.take", repo.repo_id.path, path=path)
        return lock, True

    def free(self, writer: RepoReader, lock_id: str, *, force: bool = False) -> Lock:
        """Remove a lock of one's own, or with `force` and the right to administer, anybody's.

        Raises NotFound where this repository has no such lock, Forbidden.
        """
        _demand_write(writer)
        actor, repo = writer.actor, writer.repo
        with self._db.write() as tx:
            # The repository is part of the question: an id of another repository's lock is no lock here.
            row = tx.first(f"SELECT {_COLUMNS} FROM repos_lock WHERE repo_id = :repo AND id = :id",
                           repo=repo.id, id=lock_id)  # fmt: skip
            if row is None:
                raise NotFound("This repository has no such lock. `git lfs locks` lists those that it has.")
            lock = _lock(row)
            if lock.owner_id != actor.principal:
                _demand_force(writer, lock, force)
            tx.run("DELETE FROM repos_lock WHERE id = :id", id=lock.id)
            record(tx, actor, "lock.free", repo.repo_id.path, path=lock.path, owner=lock.owner_name)
        return lock


class Guard:
    """What one change must leave alone: the paths that others have locked at its beginning."""

    def __init__(self, db: Database, repo_id: str, actor: Actor) -> None:
        self._repo_id = repo_id
        self._actor = actor
        with db.read() as tx:
            self._locked = self._of_others(tx)
        self._touched: set[str] = set()

    def look(self, objects: Objects, tips: Collection[Oid], known: Collection[Oid]) -> None:
        """Note what the commits that `tips` bring beyond `known` do to locked paths.

        A merge does something to a path only if it leaves it otherwise than each of its parents.
        """
        if not self._locked or not tips:
            return
        watched = _branches(self._locked)
        for oid in objects.commits_beyond(tips, known):
            commit = objects.commit(oid)
            parents: Sequence[Node | None] = [_root(objects, parent) for parent in commit.parents] or [None]
            self._touched.update(_touched(objects, watched, Node(TREE, bytes.fromhex(commit.tree)), parents))

    def look_at_histories(self, objects: Objects, tips: Collection[Oid]) -> None:
        """Note that the histories of `tips` are written anew, which concerns every locked path that they have.

        Their files may stay as they are; but whoever works on a locked one could not bring it back by a push.
        """
        watched = _branches(self._locked)
        for tip in tips if self._locked else ():
            self._touched.update(_touched(objects, watched, _root(objects, tip), [None]))

    def look_at_forced(self, objects: Objects, moves: Collection[tuple[Oid, Oid]]) -> None:
        """Note which locked paths differ after branches were forced from one commit to another that does not hold it.

        What is taken away thereby is in no new commit, so `look` does not see it.
        """
        watched = _branches(self._locked)
        for old, new in moves if self._locked else ():
            if next(iter(objects.commits_beyond([old], [new])), None) is not None:
                self._touched.update(_touched(objects, watched, _root(objects, new), [_root(objects, old)]))

    def look_at_paths(self, paths: Collection[str]) -> None:
        """Note that these paths (files, or folders with all that is in them) are changed."""
        self._touched |= concerned(self._locked, paths)

    def confirm(self, tx: Transaction) -> None:
        """In the transaction that lands the change: raise Forbidden if it touches what is locked.

        Raises Conflict if somebody has locked something since the beginning.
        """
        locked = self._of_others(tx)
        if faults := sorted(self._touched & locked.keys()):
            named = "\n".join(f"  {path} is locked by {locked[path]}" for path in faults[:_MOST_NAMED])
            more = f"\n  and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
            raise Forbidden(f"This changes what others have locked:\n{named}{more}\nAsk them to `git lfs unlock` it.")
        if locked.keys() - self._locked.keys():
            raise Conflict("Somebody has locked a file at this moment. Try again.")

    def _of_others(self, tx: Transaction) -> Mapping[str, str]:
        rows = tx.all(
            "SELECT path, owner_name FROM repos_lock WHERE repo_id = :repo AND owner_id <> :me",
            repo=self._repo_id, me=self._actor.principal or "",
        )  # fmt: skip
        return {row.path: row.owner_name for row in rows}


def concerned(locked: Collection[str], paths: Collection[str]) -> set[str]:
    """Those of the locked paths that a change of `paths` concerns: the one lies in the other, or is the same."""
    if not locked:
        return set()
    everything = set(locked)
    above = {folder for path in locked for folder in _with_folders(path)}
    found: set[str] = set()
    for path in paths:
        found |= everything & set(_with_folders(path))
        if path in above:
            found.update(one for one in locked if one.startswith(f"{path}/"))
    return found


def forget_locks(tx: Transaction, repo_id: str) -> None:
    """The repository goes, and its locks with it."""
    tx.run("DELETE FROM repos_lock WHERE repo_id = :repo", repo=repo_id)


@dataclass(slots=True)
class _Branch:
    """Locked paths as a tree; `path` where one ends here."""

    path: str | None = None
    below: dict[bytes, "_Branch"] = field(default_factory=dict)


def _branches(paths: Collection[str]) -> _Branch:
    root = _Branch()
    for path in paths:
        branch = root
        for name in path.encode().split(b"/"):
            branch = branch.below.setdefault(name, _Branch())
        branch.path = path
    return root


def _touched(objects: Objects, watched: _Branch, new: Node | None, olds: Sequence[Node | None]) -> Iterator[str]:
    """The locked paths that differ from all of `olds`; only folders on the way to one are opened."""
    if new in olds:
        return
    if watched.path is not None:
        yield watched.path
    for name, below in watched.below.items():
        before = [_child(objects, old, name) for old in olds]
        yield from _touched(objects, below, _child(objects, new, name), before)


def _child(objects: Objects, node: Node | None, name: bytes) -> Node | None:
    return objects.tree(node.id).get(name) if node is not None and node.is_tree else None


def _root(objects: Objects, commit: Oid) -> Node:
    return Node(TREE, bytes.fromhex(objects.commit(commit).tree))


def _with_folders(path: str) -> list[str]:
    """The path, and each folder that it lies in."""
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names) + 1)]


def _enter(tx: Transaction, repo_id: str, alone: str) -> None:
    if tx.first(f"SELECT 1 FROM repos_repo WHERE id = :id{alone}", id=repo_id) is None:
        raise RepoNotFound("This repository does not exist any more.")


def _demand_write(writer: RepoReader) -> None:
    if writer.right < Right.WRITE:
        raise Forbidden("Only who may write to this repository may lock and unlock its files. Ask its owner.")


def _demand_force(writer: RepoReader, lock: Lock, force: bool) -> None:
    if not force:
        raise Forbidden(
            f"{lock.path} is locked by {lock.owner_name}. An administrator may `git lfs unlock --force` it."
        )
    if writer.right < Right.ADMIN:
        raise Forbidden(
            f"{lock.path} is locked by {lock.owner_name}, and only an administrator of this repository may free"
            " what others have locked."
        )


def _lock(row: Row) -> Lock:
    return Lock(row.id, row.path, row.owner_id, row.owner_name, row.created_at)
