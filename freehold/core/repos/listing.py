"""Entries of a commit's tree, in git's order and from any point on, with sizes and large files recognised."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from freehold.base.ids import Sha256, XetHash
from freehold.core.repos.entries import Entry, Large
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import SUBMODULE, TREE, Node, tree_order
from freehold.wire.lfs.pointer import LARGEST, SMALLEST, Pointer, parse_pointer

XetHashes = Callable[[Collection[Sha256]], Mapping[Sha256, XetHash | None]]
"""Which of the contents a repository holds, each with its Xet hash if it has one."""


class BlobFact(NamedTuple):
    """What never changes about a blob: its length in bytes, and the large file it points at."""

    size: int
    pointer: Pointer | None


class BlobFacts:
    """Facts about blobs by id, for every repository together."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._facts: OrderedDict[bytes, BlobFact] = OrderedDict()
        self._lock = Lock()

    def of(self, objects: Objects, oid: bytes) -> BlobFact:
        """The fact about a blob of this repository."""
        with self._lock:
            fact = self._facts.get(oid)
        if fact is None:
            fact = self._find(objects, oid.hex())
            with self._lock:
                self._facts[oid] = fact
                if len(self._facts) > self._capacity:
                    self._facts.popitem(last=False)
        return fact

    def _find(self, objects: Objects, oid: str) -> BlobFact:
        size = objects.size(oid)
        pointer = parse_pointer(objects.read(oid)) if SMALLEST <= size <= LARGEST else None
        return BlobFact(size, pointer)


def find(objects: Objects, root: bytes, path: str) -> Node | None:
    """What lies at `path` (empty: the root itself) of the tree `root`."""
    node = Node(TREE, root)
    for part in path.encode("utf-8", "surrogateescape").split(b"/") if path else []:
        child = objects.tree(node.id).get(part) if node.is_tree else None
        if child is None:
            return None
        node = child
    return node


def walk(objects: Objects, root: bytes, *, recursive: bool, after: bytes = b"") -> Iterator[tuple[bytes, Node]]:
    """Entries below the tree `root`, each folder before what it holds, from the first one behind `after`.

    `after` is a path relative to `root`, with a slash at its end if it names a folder. Submodules are left out.
    """
    stack = _beginning(objects, root, recursive, after)
    while stack:
        prefix, rest = stack[-1]
        item = next(rest, None)
        if item is None:
            stack.pop()
            continue
        name, node = item
        if node.mode == SUBMODULE:
            continue
        yield prefix + name, node
        if recursive and node.is_tree:
            stack.append((prefix + name + b"/", iter(objects.tree(node.id).items())))


def folder(objects: Objects, tree: bytes) -> list[tuple[bytes, Node]]:
    """What lies in one folder, folders first, as people read it. Submodules are left out."""
    items = [(name, node) for name, node in objects.tree(tree).items() if node.mode != SUBMODULE]
    return sorted(items, key=lambda item: (not item[1].is_tree, item[0]))


def _beginning(
    objects: Objects, root: bytes, recursive: bool, after: bytes
) -> list[tuple[bytes, Iterator[tuple[bytes, Node]]]]:
    stack = []
    prefix, tree = b"", objects.tree(root)
    while True:
        head, slash, tail = after.partition(b"/")
        if not after:
            stack.append((prefix, iter(tree.items())))
            return stack
        items = list(tree.items())
        start = bisect_right(items, head + slash, key=lambda item: tree_order(*item))
        stack.append((prefix, iter(items[start:])))
        inside = tree.get(head)
        if not (slash and recursive and inside is not None and inside.is_tree):
            return stack
        prefix, tree, after = prefix + head + slash, objects.tree(inside.id), tail


def entries(
    objects: Objects, facts: BlobFacts, nodes: Sequence[tuple[str, Node]], xet_hashes: XetHashes
) -> list[Entry]:
    """The entries of `nodes` (paths from the repository's root), joined with what is known of large files."""
    known = [(path, node, None if node.is_tree else facts.of(objects, node.id)) for path, node in nodes]
    contents = {fact.pointer.sha256 for _, _, fact in known if fact and fact.pointer}
    hashes = xet_hashes(contents) if contents else {}
    return [_entry(path, node, fact, hashes) for path, node, fact in known]


def _entry(path: str, node: Node, fact: BlobFact | None, hashes: Mapping[Sha256, XetHash | None]) -> Entry:
    if fact is None:
        return Entry(path, "directory", node.oid, 0)
    if fact.pointer is None:
        return Entry(path, "file", node.oid, fact.size)
    pointer = fact.pointer
    large = Large(pointer.sha256, pointer.size, fact.size, hashes.get(pointer.sha256))
    return Entry(path, "file", node.oid, pointer.size, large)


def text(path: bytes) -> str:
    """A path as text; bytes that are not UTF-8 (git allows them) survive the way there and back."""
    return path.decode("utf-8", "surrogateescape")
