"""Compares a repository's rows with its packs, and has git look at every object."""

from collections.abc import Iterator

from freehold.base.errors import HubError
from freehold.base.faults import Fault
from freehold.stores.blobs.key import pack_key
from freehold.stores.git.store import GitStore


class Checking:
    """What `freehold check` asks of the git store."""

    def __init__(self, git: GitStore) -> None:
        self._git = git

    def faults(self) -> Iterator[Fault]:
        """Whatever is wrong with any repository."""
        with self._git.db.read() as tx:
            repositories = [row.repo_id for row in tx.all("SELECT repo_id FROM git_repo ORDER BY repo_id")]
            strays = tx.all(
                "SELECT r.repo_id, r.name FROM git_ref r LEFT JOIN git_repo g ON g.repo_id = r.repo_id"
                " WHERE g.repo_id IS NULL"
            )
        for row in strays:
            yield Fault("git", row.repo_id, f"{row.name} belongs to no repository")
        for repo_id in repositories:
            try:
                yield from self._check(repo_id)
            except HubError as error:
                yield Fault("git", repo_id, error.message)

    def _check(self, repo_id: str) -> Iterator[Fault]:
        missing = list(self._pack_faults(repo_id))
        yield from missing
        if missing:
            return
        glimpse = self._git.refs(repo_id)
        objects = self._git.objects(repo_id, glimpse.generation)
        for name, oid in glimpse.refs.items():
            if objects.peel(oid) is None:
                yield Fault("git", repo_id, f"{name} is at {oid}, which is no commit of the repository")
        self._git.repository(repo_id)
        # `--no-dangling`: what no ref reaches is the past, not damage.
        done = self._git.bare.run(repo_id, "fsck", "--full", "--strict", "--no-dangling", "--no-progress")
        if done.returncode:
            said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            yield Fault("git", repo_id, f"git fsck: {said[:2000]}")

    def _pack_faults(self, repo_id: str) -> Iterator[Fault]:
        with self._git.db.read() as tx:
            rows = tx.all("SELECT name, size FROM git_pack WHERE repo_id = :id AND retired_at IS NULL", id=repo_id)
        for row in rows:
            size = self._git.blobs.size(pack_key(repo_id, row.name, "pack"))
            if size != row.size:
                yield Fault("git", repo_id, f"pack {row.name} should have {row.size} bytes, found {size}")
            elif self._git.blobs.size(pack_key(repo_id, row.name, "idx")) is None:
                yield Fault("git", repo_id, f"pack {row.name} has lost its index")
