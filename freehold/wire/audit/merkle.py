"""The Merkle tree hash of RFC 6962 (section 2.1) over a log that grows: kept as the roots of its full subtrees."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves: `roots` holds one hash for each 1 in the binary form of `size`, the largest first."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Frontier":
        """The tree with more leaves behind, each given as the bytes that it holds."""
        size, roots = self.size, list(self.roots)
        for leaf in leaves:
            node, level = hashlib.sha256(b"\0" + leaf).digest(), size
            while level & 1:
                node = _parent(roots.pop(), node)
                level >>= 1
            roots.append(node)
            size += 1
        return Frontier(size, tuple(roots))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash; that of no leaves is the hash of nothing."""
        if not self.roots:
            return hashlib.sha256().digest()
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = _parent(left, node)
        return node


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of a leaf (RFC 6962, 2.1.1): the hashes of what lies beside it, from the bottom up."""
    level, path = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves], []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        above = [_parent(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        # A last one without a neighbour goes up as it is, which gives the tree that RFC 6962 cuts from the top.
        level, index = above + level[len(above) * 2 :], index // 2
    return path


def root_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads (RFC 9162, 2.1.3.2); None where the path does not fit the place."""
    if not 0 <= index < size:
        return None
    node, last, steps = hashlib.sha256(b"\0" + leaf).digest(), size - 1, iter(path)
    while last:
        if index & 1 or index < last:
            step = next(steps, None)
            if step is None:
                return None
            node = _parent(step, node) if index & 1 else _parent(node, step)
        index, last = index >> 1, last >> 1
    return node if next(steps, None) is None else None


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
