"""Merges two commits' trees with git's own merge, in a folder of its own: the repository is only read."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from freehold.base.errors import Unprocessable
from freehold.base.ids import Oid
from freehold.stores.git.objects import Objects
from freehold.stores.git.process import GitProcess, Limits
from freehold.stores.git.scratch import Quarantine
from freehold.stores.git.store import GitStore
from freehold.wire.git.objects import SUBMODULE
from freehold.wire.git.pack import PackWriter

LIMITS = Limits(cpu_s=60, file=1 << 30)
_CLEAN, _CONFLICTS = 0, 1
_REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class MergedTree:
    """What git made of two trees. With `conflicts` (paths) there is no tree to be used."""

    tree: Oid
    conflicts: Sequence[str]


class Merges:
    """Tries merges, and remembers which files stood in the way: two commits always merge alike."""

    def __init__(self, git: GitStore) -> None:
        self._git = git
        self._known: OrderedDict[tuple[str, Oid, Oid], Sequence[str]] = OrderedDict()
        self._lock = Lock()

    def conflicts(self, repo_id: str, ours: Oid, theirs: Oid) -> Sequence[str]:
        """The paths that cannot be merged without somebody's decision. Raises Unprocessable if git gives up."""
        key = (repo_id, ours, theirs)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            with self._git.view(repo_id) as path:
                known = _merge(path, ours, theirs).conflicts
            with self._lock:
                self._known[key] = known
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return known

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
    if status not in (_CLEAN, _CONFLICTS):
        raise Unprocessable("git could not merge the two histories here. Merge them in a clone, and push the result.")
    tree, *conflicts = said.rstrip(b"\0").split(b"\0")
    names = [name.decode("utf-8", "surrogateescape") for name in conflicts]
    return MergedTree(Oid(tree.decode()), sorted(set(names)))
