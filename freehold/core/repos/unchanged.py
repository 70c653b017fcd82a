"""Which paths an older tree has as a newer one has them: read off the bytes, since folders may have 10,000 entries."""

from collections import defaultdict
from collections.abc import Collection

from freehold.base.ids import Oid
from freehold.core.repos.listing import find
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import Node, encode_tree, parse_tree

_NEAR = 8 << 10
"""How far from where an entry lay last it is looked for first, in bytes."""


class _Entry:
    """One entry of a folder, as bytes and as a value; it remembers where in the folder it lay last."""

    def __init__(self, folder: str, name: bytes, node: Node) -> None:
        self.folder = folder
        self._name, self._node = name, node
        self._bytes = encode_tree({name: node})
        self._at = 0

    def is_in(self, body: bytes) -> bool:
        """Whether a tree has exactly this entry."""
        if body.startswith(self._bytes, self._at):
            return True
        at = body.find(self._bytes, max(0, self._at - _NEAR), self._at + _NEAR)
        at = at if at >= 0 else body.find(self._bytes)
        if at == 0 or (at > 0 and body[at - 21] == 0):  # before it ends another entry: NUL and 20 bytes
            self._at = at
            return True
        # Old tools wrote modes in other ways.
        return b" " + self._name + b"\0" + self._node.id in body and parse_tree(body).get(self._name) == self._node


class Folders:
    """The trees that one search comes upon. Paths are first remembered as they are at its start."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._entries: dict[str, _Entry] = {}
        self._children: dict[tuple[str, str], str | None] = {}
        self._nodes: dict[tuple[str, str], Node | None] = {}
        self.read = 0
        """How many bytes of trees were looked through."""

    def remember(self, tree: Oid, paths: Collection[str]) -> None:
        """Note what lies at each of `paths`, which are all there; whoever is followed from here on stays so."""
        root = bytes.fromhex(tree)
        for path in paths:
            node = find(self._objects, root, path)
            folder, _, name = path.rpartition("/")
            if node is not None:
                self._entries[path] = _Entry(folder, name.encode("utf-8", "surrogateescape"), node)

    def changed(self, new: Oid, old: Oid, paths: Collection[str]) -> set[str]:
        """Those of `paths` that `old` has not as they were remembered; `new` has them all."""
        if new == old:
            return set()
        by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            by_folder[self._entries[path].folder].append(path)
        changed: set[str] = set()
        for folder, inside in by_folder.items():
            there = self._tree(old, folder)
            if there is None:
                changed.update(inside)
            elif there != self._tree(new, folder):
                body = self._body(there)
                changed.update(path for path in inside if not path or not self._entries[path].is_in(body))
        return changed

    def at(self, root: Oid, path: str) -> Node | None:
        """What a commit's tree has at `path`."""
        folder, _, name = path.rpartition("/")
        tree = self._tree(root, folder)
        if tree is not None and (tree, name) not in self._nodes:
            self._nodes[tree, name] = node_in(self._body(tree), name.encode("utf-8", "surrogateescape"))
        return self._nodes[tree, name] if tree is not None else None

    def _tree(self, root: str, folder: str) -> str | None:
        """The tree of a folder, by the way that leads to it."""
        tree: str | None = root
        for name in folder.split("/") if folder else []:
            if tree is None:
                return None
            if (tree, name) not in self._children:
                self._children[tree, name] = _subtree(self._body(tree), name.encode("utf-8", "surrogateescape"))
            tree = self._children[tree, name]
        return tree

    def _body(self, tree: str) -> bytes:
        body = self._objects.read(tree)
        self.read += len(body)
        return body


def _subtree(body: bytes, name: bytes) -> str | None:
    node = node_in(body, name)
    return node.oid if node is not None and node.is_tree else None


def node_in(body: bytes, name: bytes) -> Node | None:
    """What a tree has under a name."""
    return parse_tree(body).get(name) if b" " + name + b"\0" in body else None
