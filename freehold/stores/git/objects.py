"""Reading a repository's objects: trees, commits, blobs and their sizes, through libgit2."""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from threading import Lock

import pygit2
from pygit2.enums import SortMode

from freehold.base.errors import Corrupt
from freehold.base.ids import Oid
from freehold.wire.git.objects import CommitObject, Kind, Node, parse_commit, parse_tree, tag_target

_KINDS: dict[int, Kind] = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}


class TreeCache:
    """Parsed trees by id, for every repository together; holds at most `capacity` entries of trees."""

    def __init__(self, capacity: int = 150_000) -> None:
        self._capacity = capacity
        self._held = 0
        self._trees: OrderedDict[bytes, dict[bytes, Node]] = OrderedDict()
        self._lock = Lock()

    def get(self, oid: bytes) -> dict[bytes, Node] | None:
        """The tree, if it is held. Callers must not change it."""
        with self._lock:
            tree = self._trees.get(oid)
            if tree is not None:
                self._trees.move_to_end(oid)
            return tree

    def put(self, oid: bytes, tree: dict[bytes, Node]) -> None:
        """Hold a tree, and let go of those not used for longest."""
        with self._lock:
            if oid not in self._trees:
                self._trees[oid] = tree
                self._held += len(tree) + 1
            while self._held > self._capacity and len(self._trees) > 1:
                self._held -= len(self._trees.popitem(last=False)[1]) + 1


class Objects:
    """One repository's objects as one thread sees them. Raises Corrupt when stored bytes are damaged."""

    def __init__(self, repository: pygit2.Repository, trees: TreeCache) -> None:
        self.repository = repository
        self._odb = repository.odb
        self._trees = trees

    def kind(self, oid: str) -> Kind | None:
        """What kind of object this is; None when the repository has none of that id."""
        try:
            return _KINDS[self._odb.read_header(oid)[0]]
        except KeyError:
            return None

    def size(self, oid: str) -> int:
        """The length in bytes of an object's content, without reading it."""
        try:
            return int(self._odb.read_header(oid)[1])
        except KeyError as error:
            raise _lost(oid) from error

    def read(self, oid: str) -> bytes:
        """An object's content."""
        try:
            return bytes(self._odb.read(oid)[1])
        except (KeyError, pygit2.GitError) as error:
            raise _lost(oid) from error

    def tree(self, oid: bytes) -> dict[bytes, Node]:
        """The entries of a tree in git's order. Shared: callers must not change it."""
        tree = self._trees.get(oid)
        if tree is None:
            try:
                tree = parse_tree(self.read(oid.hex()))
            except ValueError as error:
                raise _lost(oid.hex()) from error
            self._trees.put(oid, tree)
        return tree

    def commit(self, oid: str) -> CommitObject:
        """A commit's fields."""
        try:
            return parse_commit(self.read(oid))
        except ValueError as error:
            raise _lost(oid) from error

    def peel(self, oid: str) -> Oid | None:
        """The commit that an object stands for: itself, or what a tag points at; None if there is none."""
        for _ in range(10):
            kind = self.kind(oid)
            if kind == "commit":
                return Oid(oid)
            if kind != "tag":
                return None
            oid = tag_target(self.read(oid))[1]
        return None

    def target(self, oid: str) -> Oid | None:
        """What an annotated tag points at in the end, be it a commit or not; None for an object that is no tag."""
        found = None
        while self.kind(oid) == "tag":
            found = oid = tag_target(self.read(oid))[1]
        return None if found is None else Oid(found)

    def commits_beyond(self, tips: Collection[Oid], known: Collection[Oid]) -> Iterator[Oid]:
        """The commits that `tips` reach and `known` do not, parents before children. All are commits that are here."""
        first, *others = tips
        walker = self.repository.walk(first, SortMode.TOPOLOGICAL | SortMode.REVERSE)
        for tip in others:
            walker.push(tip)
        for oid in known:
            walker.hide(oid)
        return (Oid(str(commit.id)) for commit in walker)

    def expand(self, prefix: str) -> Oid | None:
        """The one object whose id begins with `prefix`; None when there is none, or more than one."""
        try:
            return Oid(str(self.repository.expand_id(prefix)))
        except (KeyError, ValueError):
            return None


def _lost(oid: str) -> Corrupt:
    return Corrupt(f"The hub cannot read the git object {oid}. Tell its operator to run `freehold check`.")
