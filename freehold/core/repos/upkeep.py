"""Background work on git packs: `git.repack` after many writes, and the chore `git.sweep`."""

from typing import Any

from freehold.stores.git.packing import Packing
from freehold.stores.git.store import GitStore

SWEEP_EVERY_S = 3600
"""How often `git.sweep` should be scheduled."""


class Upkeep:
    """Handlers of both jobs; each is safe to repeat."""

    def __init__(self, git: GitStore, packing: Packing | None = None) -> None:
        self._git = git
        self._packing = packing or Packing(git)

    def repack(self, payload: dict[str, Any]) -> None:
        """`git.repack {repo_id}`: merge a repository's packs, or free those of one that was deleted."""
        repo_id = str(payload["repo_id"])
        with self._git.db.read() as tx:
            lives = self._git.exists(tx, repo_id)
        if lives:
            self._packing.merge(repo_id)
        else:
            self._git.purge(repo_id)

    def sweep(self, _payload: dict[str, Any]) -> None:
        """`git.sweep`: delete merged packs, and packs of writes that never landed, after their grace period."""
        self._packing.sweep()
