"""Compares a repository's rows with its packs, and has git look at every object."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pygit2

from freehold.base.errors import HubError
from freehold.base.faults import Fault
from freehold.stores.blobs.key import pack_key
from freehold.stores.git.bare import BareRepositories
from freehold.stores.git.objects import Objects, TreeCache
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
        # Not in the cache of this node: what is checked is what the store has, now.
        self._git.scratch.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._git.scratch.root, prefix="check-") as scratch:
            bare = BareRepositories(self._git.blobs, Path(scratch), 0)
            path = bare.ensure(repo_id)
            bare.fetch(repo_id, self._git.pack_names(repo_id))
            bare.write_refs(repo_id, glimpse.refs)
            objects = Objects(pygit2.Repository(str(path)), TreeCache())
            for name, oid in glimpse.refs.items():
                if objects.peel(oid) is None:
                    yield Fault("git", repo_id, f"{name} is at {oid}, which is no commit of the repository")
            yield from self._fsck(bare, repo_id)

    def _fsck(self, bare: BareRepositories, repo_id: str) -> Iterator[Fault]:
        # `--no-dangling`: what no ref reaches is the past, not damage.
        done = bare.run(repo_id, "fsck", "--full", "--strict", "--no-dangling", "--no-progress")
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
