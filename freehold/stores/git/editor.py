"""Edits a tree in memory and writes each changed folder once, whatever the number of edits."""

from freehold.base.errors import Unprocessable
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import TREE, Node, encode_tree
from freehold.wire.git.pack import PackWriter


class _Folder:
    """A folder that was looked into. `children` may still name folders that were not."""

    __slots__ = ("changed", "children")

    def __init__(self, children: dict[bytes, "Node | _Folder"]) -> None:
        self.children = children
        self.changed = False


class TreeEditor:
    """A copy of the tree `root` (None: empty) to be edited by path. Paths are taken as already checked."""

    def __init__(self, objects: Objects, root: bytes | None) -> None:
        self._objects = objects
        self._root = _Folder(dict(objects.tree(root)) if root else {})

    def find(self, path: str) -> Node | None:
        """What lies at `path`; a folder that was edited shows as one, without its id."""
        folder, name = self._walk(path)
        child = folder.children.get(name) if folder else None
        return Node(TREE, b"") if isinstance(child, _Folder) else child

    def put(self, path: str, node: Node) -> None:
        """Put a file (or, for a copy, a whole folder) at `path`, in place of the file there.

        Raises Unprocessable where a file stands in the way of a folder or a folder in the way of a file.
        """
        folder = self._root
        *parents, name = path.encode().split(b"/")
        folder.changed = True
        for depth, part in enumerate(parents):
            child = self._open(folder, part)
            if child is None:
                there = folder.children.get(part)
                if there is not None:
                    blocked = b"/".join(parents[: depth + 1]).decode()
                    raise Unprocessable(f"{path!r} cannot be added: {blocked!r} is a file. Delete it first.")
                child = folder.children[part] = _Folder({})
            folder = child
            folder.changed = True
        there = folder.children.get(name)
        if isinstance(there, _Folder) or (there is not None and there.is_tree):
            raise Unprocessable(f"{path!r} cannot be added: it is a folder. Delete it first.")
        folder.children[name] = node

    def remove(self, path: str) -> bool:
        """Remove what lies at `path`, file or folder; False when nothing does. Folders left empty go too."""
        trail: list[tuple[_Folder, bytes]] = []
        folder = self._root
        *parents, name = path.encode().split(b"/")
        for part in parents:
            trail.append((folder, part))
            child = self._open(folder, part)
            if child is None:
                return False
            folder = child
        if folder.children.pop(name, None) is None:
            return False
        folder.changed = True
        for parent, part in reversed(trail):
            parent.changed = True
            if not folder.children:
                del parent.children[part]
            folder = parent
        return True

    def write(self, writer: PackWriter) -> bytes:
        """Put the changed folders into `writer`; returns the id of the new root."""
        return self._write(self._root, writer)

    def _walk(self, path: str) -> tuple[_Folder | None, bytes]:
        folder: _Folder | None = self._root
        *parents, name = path.encode().split(b"/")
        for part in parents:
            folder = self._open(folder, part) if folder else None
        return folder, name

    def _open(self, folder: _Folder, name: bytes) -> _Folder | None:
        child = folder.children.get(name)
        if isinstance(child, Node):
            if not child.is_tree:
                return None
            child = folder.children[name] = _Folder(dict(self._objects.tree(child.id)))
        return child

    def _write(self, folder: _Folder, writer: PackWriter) -> bytes:
        entries = {
            name: Node(TREE, self._write(child, writer)) if isinstance(child, _Folder) else child
            for name, child in folder.children.items()
        }
        # An unchanged folder is written again only if it was looked into: the pack keeps one copy of an object.
        return writer.add("tree", encode_tree(entries))
