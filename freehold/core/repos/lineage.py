"""Where one path comes from: the commits that changed it, and the commit of each of its lines."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from freehold.base.ids import Oid
from freehold.core.repos.entries import Commit
from freehold.core.repos.history import describe
from freehold.core.repos.unchanged import Folders
from freehold.stores.git.objects import Objects
from freehold.wire.git.blame import Run
from freehold.wire.git.objects import CommitObject

MAX_BLAMED = 1 << 20
"""Of a text whose lines are traced, in bytes."""
_DEEPEST = 20_000
_MOST_BYTES = 1 << 30
"""How many commits, and bytes of their trees, are looked at for one answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """A run of lines: the `first`, counted from 1, how many, and the commit that brought them."""

    first: int
    count: int
    commit: Commit


def blamed(objects: Objects, runs: Sequence[Run]) -> Sequence[Line]:
    """The runs with their commits described."""
    commits = {run.commit: describe(run.commit, objects.commit(run.commit)) for run in runs}
    return [Line(run.first, run.count, commits[run.commit]) for run in runs]


def log_of(objects: Objects, start: Oid, path: str, after: Oid | None, limit: int | None) -> Iterator[Commit]:
    """The commits that changed `path`, newest first, from the one behind `after`; at most `limit`.

    As git simplifies a history: a merge that has the path just as one of its parents is followed to that parent alone.
    """
    found = _changing(objects, start, path)
    if after is not None:
        # Consumes the walk up to and including `after`.
        any(oid == after for oid, _ in found)
    for oid, commit in islice(found, limit):
        yield describe(oid, commit)


def _changing(objects: Objects, start: Oid, path: str) -> Iterator[tuple[Oid, CommitObject]]:
    folders, seen = Folders(objects), {start}
    first = objects.commit(start)
    waiting = [(-first.committer.at, 0, start, first)]
    for _ in range(_DEEPEST):
        if not waiting or folders.read > _MOST_BYTES:
            return
        _, _, oid, commit = heapq.heappop(waiting)
        here = folders.at(commit.tree, path)
        parents = [(parent, objects.commit(parent)) for parent in commit.parents]
        same = next((one for one in parents if folders.at(one[1].tree, path) == here), None)
        if (here is not None) if not parents else same is None:
            yield oid, commit
        for parent, older in [same] if same else parents:
            if parent not in seen:
                seen.add(parent)
                heapq.heappush(waiting, (-older.committer.at, len(seen), parent, older))
