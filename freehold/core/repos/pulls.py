"""Pull requests as git knows them: a ref, the branch it is meant for, and where its changes begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pygit2 import Tree

from freehold.base.errors import NotFound
from freehold.base.ids import Oid
from freehold.core.repos.entries import Commit
from freehold.core.repos.history import describe
from freehold.stores.db.database import Transaction
from freehold.stores.git.objects import Objects
from freehold.wire.git.refs import PULLS

MOST_COMMITS = 500
"""Of one pull request that are listed."""


@dataclass(frozen=True, slots=True)
class MergedPull:
    """How a pull request ended: `oid` is the commit of the base branch that holds it."""

    oid: Oid
    start: Oid
    """Where its changes began."""
    head: Oid
    """Its last commit then."""


@dataclass(frozen=True, slots=True)
class Pull:
    """The ref `refs/pr/{number}`, meant for the branch `base` (a whole name). `head` is its last commit."""

    number: int
    base: str
    author_id: str | None
    head: Oid
    merged: MergedPull | None

    @property
    def ref(self) -> str:
        """The ref that is pushed to."""
        return f"{PULLS}{self.number}"


@dataclass(frozen=True, slots=True)
class PlannedMerge:
    """What a merge would do: move the base forward, make a commit, nothing (the base has it all), or conflict."""

    kind: Literal["none", "fast-forward", "commit", "conflict"]
    conflicts: Sequence[str] = ()
    """The paths that somebody must decide about."""


def find_pull(tx: Transaction, repo_id: str, number: int, head: Oid | None) -> Pull:
    """The pull request whose ref is at `head`. Raises NotFound."""
    row = tx.first(
        "SELECT base, author_id, merged_oid, merged_start, merged_head FROM repos_pull"
        " WHERE repo_id = :id AND number = :number",
        id=repo_id, number=number,
    )  # fmt: skip
    if row is None or head is None:
        raise NotFound(f"There is no pull request {number} here.")
    merged = None
    if row.merged_oid:
        merged = MergedPull(Oid(row.merged_oid), Oid(row.merged_start), Oid(row.merged_head))
        head = merged.head
    return Pull(number, row.base, row.author_id, head, merged)


def start_of(objects: Objects, base: Oid, head: Oid) -> Oid:
    """Where the changes of `head` begin: the newest commit that it shares with `base`, or `base` if there is none."""
    found = objects.repository.merge_base(base, head)
    return Oid(str(found)) if found else base


def holds(objects: Objects, commit: Oid, older: Oid) -> bool:
    """Whether `older` is `commit` or part of its history."""
    return commit == older or bool(objects.repository.descendant_of(commit, older))


def changed_paths(objects: Objects, old: Oid, new: Oid) -> list[str]:
    """The paths of files that differ between two trees."""
    before, after = (objects.repository[oid].peel(Tree) for oid in (old, new))
    diff = before.diff_to_tree(after)
    return [delta.new_file.path or delta.old_file.path for delta in diff.deltas]


def commits_between(objects: Objects, start: Oid, head: Oid) -> Sequence[Commit]:
    """The commits that `head` adds to `start`, oldest first; of very many the newest."""
    found = list(objects.commits_beyond([head], [start]))[-MOST_COMMITS:]
    return [describe(oid, objects.commit(oid)) for oid in found]
