"""Which large contents the history of a repository names, whatever ref and however long ago."""

from freehold.base.ids import Oid, Sha256
from freehold.core.repos.listing import BlobFacts
from freehold.stores.git.objects import Objects
from freehold.stores.git.store import Glimpse
from freehold.wire.git.objects import SUBMODULE


def named_contents(objects: Objects, facts: BlobFacts, glimpse: Glimpse) -> set[Sha256]:
    """The contents of every pointer in every commit that a ref reaches."""
    tips = {tip for oid in glimpse.refs.values() if (tip := objects.peel(oid)) is not None}
    history = _History(objects, facts)
    for commit in objects.commits_beyond(tips, []) if tips else ():
        history.look(commit)
    return history.contents


class _History:
    """Looks at each tree and blob once, however many commits share it."""

    def __init__(self, objects: Objects, facts: BlobFacts) -> None:
        self._objects, self._facts = objects, facts
        self._seen: set[bytes] = set()
        self.contents: set[Sha256] = set()

    def look(self, commit: Oid) -> None:
        trees = [bytes.fromhex(self._objects.commit(commit).tree)]
        while trees:
            tree = trees.pop()
            if tree in self._seen:
                continue
            self._seen.add(tree)
            for node in self._objects.tree(tree).values():
                if node.is_tree:
                    trees.append(node.id)
                elif node.mode != SUBMODULE and node.id not in self._seen:
                    self._seen.add(node.id)
                    pointer = self._facts.of(self._objects, node.id).pointer
                    if pointer is not None:
                        self.contents.add(pointer.sha256)
