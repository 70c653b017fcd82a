"""Rewrites history without certain large files, every commit and tree that named them anew."""

from freehold.base.ids import Oid, Sha256
from freehold.core.repos.listing import BlobFacts
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import SUBMODULE, TREE, Node, encode_tree, tag_target
from freehold.wire.git.pack import PackWriter

_TAG_SIGNATURE = b"-----BEGIN "


class Rewriter:
    """Puts into `writer` what a history without the contents `unwanted` needs; alike parts stay as they are."""

    def __init__(self, objects: Objects, facts: BlobFacts, unwanted: set[Sha256], writer: PackWriter) -> None:
        self._objects = objects
        self._facts = facts
        self._unwanted = unwanted
        self._writer = writer
        self._commits: dict[str, Oid] = {}
        self._trees: dict[bytes, bytes] = {}

    def ref(self, oid: Oid) -> Oid:
        """Where a ref that is at `oid` should be; an annotated tag is written anew if its commit is."""
        kind = self._objects.kind(oid)
        if kind == "commit":
            return self._commit(oid)
        if kind != "tag":
            return oid
        body = self._objects.read(oid)
        target = tag_target(body)[1]
        new = self.ref(target)
        if new == target:
            return oid
        kept = body.partition(b"\n")[2].partition(_TAG_SIGNATURE)[0]
        return self._writer.add_text("tag", b"object " + new.encode() + b"\n" + kept)

    def _commit(self, start: Oid) -> Oid:
        waiting = [start]
        while waiting:
            oid = waiting[-1]
            commit = self._objects.commit(oid)
            missing = [parent for parent in commit.parents if parent not in self._commits]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if oid not in self._commits:
                self._commits[oid] = self._rewritten(oid)
        return self._commits[start]

    def _rewritten(self, oid: Oid) -> Oid:
        commit = self._objects.commit(oid)
        old = bytes.fromhex(commit.tree)
        tree = self._tree(old)
        new = tree if tree is not None else self._writer.add("tree", b"")
        parents = [self._commits[parent] for parent in commit.parents]
        if new == old and tuple(parents) == commit.parents:
            return oid
        # The headers that are not about the tree (author, encoding) stay byte for byte; a signature would be void.
        head, _, message = self._objects.read(oid).partition(b"\n\n")
        kept = _without_signature(head.split(b"\n"))
        lines = [b"tree " + new.hex().encode(), *(b"parent " + parent.encode() for parent in parents), *kept]
        return self._writer.add_text("commit", b"\n".join(lines) + b"\n\n" + message)

    def _tree(self, oid: bytes) -> bytes | None:
        """The id of the tree without what is unwanted; None if nothing is left of it."""
        if oid in self._trees:
            return self._trees[oid] or None
        kept: dict[bytes, Node] = {}
        for name, node in self._objects.tree(oid).items():
            if node.mode == TREE:
                inner = self._tree(node.id)
                if inner is not None:
                    kept[name] = Node(TREE, inner)
            elif node.mode == SUBMODULE or not self._is_unwanted(node.id):
                kept[name] = node
        unchanged = kept == self._objects.tree(oid)
        new = oid if unchanged else self._writer.add("tree", encode_tree(kept)) if kept else b""
        self._trees[oid] = new
        return new or None

    def _is_unwanted(self, oid: bytes) -> bool:
        pointer = self._facts.of(self._objects, oid).pointer
        return pointer is not None and pointer.sha256 in self._unwanted


def _without_signature(lines: list[bytes]) -> list[bytes]:
    kept: list[bytes] = []
    skipping = False
    for line in lines:
        skipping = line.startswith(b"gpgsig") or (skipping and line.startswith(b" "))
        if not skipping and not line.startswith((b"tree ", b"parent ")):
            kept.append(line)
    return kept
