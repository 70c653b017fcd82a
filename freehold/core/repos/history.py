"""Walks the history: the commits of a revision, and the newest commit that changed each path."""

import heapq
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice
from threading import Lock

from freehold.base.ids import Oid
from freehold.core.repos.entries import Commit, LastCommit
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import CommitObject, Node

_DEEPEST = 20_000
"""How many commits are looked at for the last change of a path, before it is left unsaid."""


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
        self._capacity = capacity
        self._known: OrderedDict[tuple[str, str, str], LastCommit] = OrderedDict()
        self._lock = Lock()

    def of(self, objects: Objects, repo_id: str, commit: Oid, paths: Sequence[str]) -> dict[str, LastCommit]:
        """For each of `paths` (all present in `commit`) the newest commit that changed it, where it was found."""
        found: dict[str, LastCommit] = {}
        missing = []
        with self._lock:
            for path in paths:
                last = self._known.get((repo_id, commit, path))
                if last is None:
                    missing.append(path)
                else:
                    found[path] = last
        if missing:
            fresh = _search(objects, commit, missing)
            found |= fresh
            self._remember(repo_id, commit, fresh)
        return found

    def _remember(self, repo_id: str, commit: str, fresh: dict[str, LastCommit]) -> None:
        with self._lock:
            for path, last in fresh.items():
                self._known[(repo_id, commit, path)] = last
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)


def _search(objects: Objects, start: Oid, paths: Sequence[str]) -> dict[str, LastCommit]:
    """Follow every path to the parent that has it unchanged, as git does; who has none made the change."""
    waiting: dict[str, set[str]] = {start: set(paths)}
    commits = {start: objects.commit(start)}
    newest = [(-commits[start].committer.at, start)]
    found: dict[str, LastCommit] = {}
    for _ in range(_DEEPEST):
        if not newest:
            break
        oid = heapq.heappop(newest)[1]
        commit, left = commits.pop(oid), waiting.pop(oid)
        for parent in commit.parents:
            older = commits.get(parent) or objects.commit(parent)
            same = left - _changed(objects, commit.tree, older.tree, left)
            left -= same
            if same and parent not in waiting:
                waiting[parent], commits[parent] = set(), older
                heapq.heappush(newest, (-older.committer.at, parent))
            if same:
                waiting[parent] |= same
            if not left:
                break
        last = describe(Oid(oid), commit)
        found |= {path: LastCommit(last.oid, last.title, last.date_us) for path in left}
    return found


def _changed(objects: Objects, new: Oid, old: Oid, paths: set[str]) -> set[str]:
    """Those of `paths` that differ between two trees. Folders that are alike are not looked into."""
    if new == old:
        return set()
    changed: set[str] = set()
    work = [("", bytes.fromhex(new), bytes.fromhex(old), paths)]
    while work:
        prefix, left, right, inside = work.pop()
        mine, theirs = objects.tree(left), objects.tree(right)
        below: dict[str, set[str]] = {}
        for path in inside:
            name, slash, _ = path[len(prefix) :].partition("/")
            here, there = _pair(mine, theirs, name)
            if here == there:
                continue
            if slash and here and there and here.is_tree and there.is_tree:
                below.setdefault(name, set()).add(path)
            else:
                changed.add(path)
        for name, deeper in below.items():
            here, there = _pair(mine, theirs, name)
            if here and there:
                work.append((f"{prefix}{name}/", here.id, there.id, deeper))
    return changed


def _pair(mine: dict[bytes, Node], theirs: dict[bytes, Node], name: str) -> tuple[Node | None, Node | None]:
    raw = name.encode("utf-8", "surrogateescape")
    return mine.get(raw), theirs.get(raw)
