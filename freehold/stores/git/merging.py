"""Merges two commits' trees with git's own merge, in a folder of its own: the repository is only read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from freehold.base.errors import Unprocessable
from freehold.base.ids import Oid, is_oid
from freehold.stores.git.answers import Answers
from freehold.stores.git.objects import Objects
from freehold.stores.git.process import GitProcess, Limits
from freehold.stores.git.scratch import Quarantine
from freehold.stores.git.store import GitStore
from freehold.wire.git.objects import SUBMODULE
from freehold.wire.git.pack import PackWriter

LIMITS = Limits(cpu_s=30, file=1 << 30)
AT_ONCE = 4
"""Merges that one process has git try at the same time: anybody's look at a pull request may ask for one."""
_CLEAN, _CONFLICTS = 0, 1
_REMEMBERED = 2000
_GAVE_UP = "git could not merge the two histories here. Merge them in a clone, and push the result."


@dataclass(frozen=True, slots=True)
class MergedTree:
    """What git made of two trees. With `conflicts` (paths) there is no tree to be used."""

    tree: Oid
    conflicts: Sequence[str]


class Merges:
    """Tries merges, and remembers which files stood in the way: two commits always merge alike."""

    def __init__(self, git: GitStore) -> None:
        self._git = git
        self._known = Answers[tuple[str, Oid, Oid], Sequence[str] | None](_REMEMBERED)
        self._turns = BoundedSemaphore(AT_ONCE)

    def conflicts(self, repo_id: str, ours: Oid, theirs: Oid) -> Sequence[str]:
        """The paths that cannot be merged without somebody's decision. Raises Unprocessable if git gives up."""
        known = self._known.of((repo_id, ours, theirs), lambda: self._tried(repo_id, ours, theirs))
        if known is None:
            raise Unprocessable(_GAVE_UP)
        return known

    def _tried(self, repo_id: str, ours: Oid, theirs: Oid) -> Sequence[str] | None:
        """None where git gives up, which is remembered too: it took longest."""
        with self._turns, self._git.view(repo_id) as path:
            try:
                return _merge(path, ours, theirs).conflicts
            except Unprocessable:
                return None

    @contextmanager
    def merged(self, repo_id: str, ours: Oid, theirs: Oid) -> Iterator[tuple[MergedTree, Objects]]:
        """The merged tree, and all objects with those that the merge made. Raises Unprocessable if git gives up."""
        with self._git.view(repo_id) as path:
            merged = _merge(path, ours, theirs)
            with Quarantine(path).objects() as objects:
                yield merged, objects


def collect(tree: Oid, made: Objects, known: Objects, writer: PackWriter) -> None:
    """Put everything below `tree` that `known` has not into `writer`; `made` has it all."""
    waiting = [tree]
    while waiting:
        oid = waiting.pop()
        if known.kind(oid) is not None:
            continue
        writer.add("tree", made.read(oid))
        for node in made.tree(bytes.fromhex(oid)).values():
            if node.is_tree:
                waiting.append(node.oid)
            elif node.mode != SUBMODULE and known.kind(node.oid) is None:
                writer.add("blob", made.read(node.oid))


def _merge(path: Path, ours: Oid, theirs: Oid) -> MergedTree:
    words = ("merge-tree", "--write-tree", "--allow-unrelated-histories", "--name-only", "--no-messages", "-z")
    process = GitProcess("--git-dir", str(path), *words, ours, theirs, home=path, limits=LIMITS)
    try:
        said = process.read_all()
        status = process.wait()
    finally:
        process.close()
    tree, *conflicts = said.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
    # git says 1 also where it did not get so far as to merge: then it names no tree, or no file.
    if not is_oid(tree) or status not in (_CLEAN, _CONFLICTS) or (status == _CONFLICTS) != bool(conflicts):
        raise Unprocessable(_GAVE_UP)
    return MergedTree(Oid(tree), sorted(set(conflicts)))
