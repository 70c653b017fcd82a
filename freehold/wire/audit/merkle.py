"""The Merkle tree hash of RFC 6962 (section 2.1) over a log that grows: kept as the roots of its full subtrees."""

import hashlib
from collections.abc import Iterable
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


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
