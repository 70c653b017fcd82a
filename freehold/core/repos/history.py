"""Walks the history: the commits of a revision, and the newest commit that changed each path."""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from threading import Lock

from freehold.base.ids import Oid
from freehold.core.repos.entries import Commit, LastCommit
from freehold.core.repos.unchanged import Folders
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import CommitObject

_DEEPEST = 20_000
_MOST_BYTES = 1 << 30
"""How many commits, and bytes of their trees, are looked at before the last change of a path is left unsaid."""


def log(objects: Objects, start: Oid, after: Oid | None, limit: int | None) -> Iterator[Commit]:
    """Commits reachable from `start`, newest first, from the one behind `after`; at most `limit`."""
    found = walk(objects, start)
    if after is not None:
        # Consumes the walk up to and including `after`.
        any(oid == after for oid, _ in found)
    for oid, commit in islice(found, limit):
        yield describe(oid, commit)


def walk(objects: Objects, start: Oid) -> Iterator[tuple[Oid, CommitObject]]:
    """Every commit reachable from `start` in git's order: by date, and of one second as they are come upon."""
    seen = {start}
    first = objects.commit(start)
    waiting = [(-first.committer.at, 0, start, first)]
    while waiting:
        _, _, oid, commit = heapq.heappop(waiting)
        yield oid, commit
        for parent in commit.parents:
            if parent not in seen:
                seen.add(parent)
                older = objects.commit(parent)
                heapq.heappush(waiting, (-older.committer.at, len(seen), parent, older))


def describe(oid: Oid, commit: CommitObject) -> Commit:
    """A commit as the Hub shows it: its message parted into title and text."""
    title, _, message = commit.message.strip("\n").partition("\n")
    return Commit(oid, title, message.strip("\n"), commit.committer.at, [commit.author.name], list(commit.parents))


class LastCommits:
    """Finds and remembers the newest commit that changed each path. What is true of a commit stays true."""

    def __init__(self, capacity: int = 50_000) -> None:
        self._room = capacity
        self._known: OrderedDict[tuple[str, str], dict[str, LastCommit]] = OrderedDict()
        self._lock = Lock()

    def of(self, objects: Objects, repo_id: str, commit: Oid, paths: Sequence[str]) -> dict[str, LastCommit]:
        """For each of `paths` (all present in `commit`) the newest commit that changed it, where it was found."""
        search = _Search(objects, lambda oid, left: self._recall(repo_id, oid, left))
        found = search.run(commit, paths)
        with self._lock:
            known = self._known.setdefault((repo_id, commit), {})
            self._room -= len(found.keys() - known.keys())
            known |= found
            while self._room < 0 and len(self._known) > 1:
                self._room += len(self._known.popitem(last=False)[1])
        return found

    def _recall(self, repo_id: str, commit: str, paths: set[str]) -> dict[str, LastCommit]:
        with self._lock:
            known = self._known.get((repo_id, commit), {})
            return {path: known[path] for path in paths & known.keys()} if known else {}


Recall = Callable[[str, set[str]], dict[str, LastCommit]]


class _Search:
    """Follows every path to the parent that has it unchanged, as git does; who has none made the change.

    `recall` tells what is known already of some paths at a commit.
    """

    def __init__(self, objects: Objects, recall: Recall) -> None:
        self._objects = objects
        self._recall = recall
        self._waiting: dict[str, set[str]] = {}
        self._order: list[tuple[int, str]] = []
        self._folders = Folders(objects)

    def run(self, start: Oid, paths: Sequence[str]) -> dict[str, LastCommit]:
        """The answers; a path whose change lies too deep is left out."""
        found: dict[str, LastCommit] = {}
        first = self._objects.commit(start)
        self._folders.remember(first.tree, paths)
        self._wait(start, first, set(paths))
        for _ in range(_DEEPEST):
            if not self._order or self._folders.read > _MOST_BYTES:
                break
            oid = heapq.heappop(self._order)[1]
            left = self._waiting.pop(oid)
            known = self._recall(oid, left)
            found |= known
            commit = self._objects.commit(oid)
            here = self._made_here(commit, left - known.keys())
            if here:
                made = describe(Oid(oid), commit)
                found |= dict.fromkeys(here, LastCommit(made.oid, made.title, made.date_us))
        return found

    def _made_here(self, commit: CommitObject, left: set[str]) -> set[str]:
        """Those of the paths that no parent has as they are here; the others wait for their parent's turn."""
        for parent in commit.parents:
            if not left:
                break
            older = self._objects.commit(parent)
            changed = self._folders.changed(commit.tree, older.tree, left)
            self._wait(parent, older, left - changed)
            left = changed
        return left

    def _wait(self, oid: str, commit: CommitObject, paths: set[str]) -> None:
        if paths and oid not in self._waiting:
            self._waiting[oid] = set()
            heapq.heappush(self._order, (-commit.committer.at, oid))
        if paths:
            self._waiting[oid] |= paths
