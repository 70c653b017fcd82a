"""What changed between two commits, as a list and as a unified diff."""

from typing import Literal

import pygit2
from pygit2.enums import DeltaStatus, DiffFind

from freehold.base.ids import Oid
from freehold.core.repos.entries import Change, Comparison
from freehold.stores.git.objects import Objects

_LONGEST = 5 << 20
"""A diff is cut after about this many characters."""

_STATUS: dict[int, Literal["added", "modified", "deleted", "renamed"]] = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.DELETED: "deleted",
    DeltaStatus.RENAMED: "renamed",
}


def compare(objects: Objects, base: Oid | None, head: Oid) -> Comparison:
    """The difference from `base` (None: nothing) to `head`; of very many files renames are not looked for."""
    repository = objects.repository
    if base is None:
        diff = repository[str(head)].peel(pygit2.Tree).diff_to_tree(swap=True)
    else:
        diff = repository.diff(str(base), str(head))
    if len(diff) <= 1000:
        diff.find_similar(flags=DiffFind.FIND_RENAMES, rename_limit=200)
    return Comparison(base, head, [_change(delta) for delta in diff.deltas], _text(diff))


def _change(delta: pygit2.DiffDelta) -> Change:
    status = _STATUS.get(delta.status, "modified")
    path = delta.old_file.path if status == "deleted" else delta.new_file.path
    return Change(path, status, delta.old_file.path if status == "renamed" else None)


def _text(diff: pygit2.Diff) -> str:
    parts: list[str] = []
    length = 0
    for patch in diff:
        part = patch.data.decode("utf-8", "replace") if patch else ""
        parts.append(part)
        length += len(part)
        if length > _LONGEST:
            parts.append("\\ The diff is too long to be shown whole.\n")
            break
    return "".join(parts)
