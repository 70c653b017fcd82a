"""Keeps whole copies within their budget: what is Xet-backed needs none, they only make plain downloads fast."""

from typing import Any

from freehold.base.ids import Sha256
from freehold.core.repos.large import RepoObjects, lock_content, sweep_content
from freehold.core.repos.parts import sweep_parts


class Trimming:
    """The jobs `objects.sweep` and `objects.trim`. `budget` is in bytes."""

    def __init__(self, objects: RepoObjects, budget: int) -> None:
        self._objects = objects
        self._budget = budget

    def sweep(self, payload: dict[str, Any]) -> None:
        """Delete the whole copies of `payload["contents"]` that nobody names any more."""
        for sha256 in payload["contents"]:
            sweep_content(self._objects, Sha256(sha256))

    def trim(self, _payload: dict[str, Any]) -> None:
        """Drop the oldest whole copies beyond the budget, what no row names, and parts that nobody completed."""
        self._objects.blobs.tidy()
        self._sweep_unnamed()
        sweep_parts(self._objects)
        copies = self._copies()
        excess = sum(size for _, size in copies) - self._budget
        for sha256, size in copies:
            if excess <= 0:
                return
            if self._release(sha256):
                sweep_content(self._objects, sha256)
                excess -= size

    def _copies(self) -> list[tuple[Sha256, int]]:
        """Contents that could do without their whole copy, oldest first."""
        with self._objects.db.read() as tx:
            rows = tx.all(
                "SELECT sha256, max(size) AS size FROM repos_object WHERE plain = 1 GROUP BY sha256"
                " HAVING min(CASE WHEN xet_hash IS NOT NULL AND verified = 1 THEN 1 ELSE 0 END) = 1"
                " ORDER BY max(created_at), sha256"
            )
        return [(Sha256(row.sha256), row.size) for row in rows]

    def _release(self, sha256: Sha256) -> bool:
        """Take the copy's name from every row, if each of them can do without."""
        with self._objects.db.write() as tx:
            lock_content(tx, sha256)
            needed = tx.first(
                "SELECT 1 FROM repos_object WHERE sha256 = :sha256 AND plain = 1"
                " AND (xet_hash IS NULL OR verified <> 1) LIMIT 1",
                sha256=sha256,
            )
            if needed:
                return False
            tx.run("UPDATE repos_object SET plain = 0 WHERE sha256 = :sha256", sha256=sha256)
        return True

    def _sweep_unnamed(self) -> None:
        # A crash between a blob's commit and its row leaves one; whoever is linking it just now
        # holds the lock or will find it gone and ask for the bytes again.
        with self._objects.db.read() as tx:
            named = {row.sha256 for row in tx.all("SELECT DISTINCT sha256 FROM repos_object WHERE plain = 1")}
        for key, _ in self._objects.blobs.keys("objects"):
            sha256 = Sha256(key.path.rsplit("/", 1)[-1])
            if sha256 not in named:
                sweep_content(self._objects, sha256)
