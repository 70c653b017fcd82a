"""What a repository must show after a crash: all that was acknowledged; of the change in flight, all or nothing."""

import random
from dataclasses import dataclass, field

import httpx

from tests.crash.visitor import Visitor, sha256


@dataclass
class Change:
    """One commit's worth of work: small files, large files by either way, and deletions."""

    small: dict[str, bytes]
    by_lfs: dict[str, bytes]
    by_xet: dict[str, bytes]
    deleted: list[str]

    def applied_to(self, files: dict[str, str]) -> dict[str, str]:
        """The digests of all files after this change."""
        kept = {path: digest for path, digest in files.items() if path not in self.deleted}
        return kept | {path: sha256(content) for path, content in (self.small | self.by_lfs | self.by_xet).items()}


@dataclass
class Story:
    """A repository and what is known of it.

    `acknowledged` holds commits, oldest first; `pending` is the change whose answer never came.
    """

    repo: str
    chance: random.Random
    files: dict[str, str] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    pending: Change | None = None

    def begin(self, visitor: Visitor) -> None:
        visitor.create(self.repo)
        self.acknowledged = visitor.history(self.repo)

    def go_on(self, visitor: Visitor) -> None:
        """Make changes until the hub is gone; what it acknowledges is noted at once."""
        try:
            while True:
                self.pending = self._change()
                self._make(visitor)
        except httpx.TransportError:
            return

    def look(self, visitor: Visitor) -> None:
        """Fail if an acknowledged commit is missing, or anything shows that was not acknowledged or in flight."""
        history = visitor.history(self.repo)[::-1]
        assert history[: len(self.acknowledged)] == self.acknowledged, "acknowledged commits are lost"
        unheard = history[len(self.acknowledged) :]
        assert len(unheard) <= (self.pending is not None), "commits that nobody made"
        if self.pending is not None and unheard:  # it was done, and only the answer was lost
            self.files = self.pending.applied_to(self.files)
            self.acknowledged = history
        assert visitor.files(self.repo) == set(self.files), "the tree is neither that before the change nor that after"
        for path in self.chance.sample(sorted(self.files), min(6, len(self.files))):
            assert sha256(visitor.read(self.repo, path)) == self.files[path], path

    def retry(self, visitor: Visitor) -> None:
        """Do again what broke off, as a client would: it must succeed, whatever of it had been done."""
        if self.pending is not None:
            self.pending.deleted = [path for path in self.pending.deleted if path in self.files]
            self._make(visitor)

    def _make(self, visitor: Visitor) -> None:
        change = self.pending
        assert change is not None
        for content in change.by_lfs.values():
            visitor.upload_by_lfs(self.repo, content)
        for content in change.by_xet.values():
            visitor.upload_by_xet(self.repo, content)
        commit = visitor.commit(self.repo, change.small, change.by_lfs | change.by_xet, change.deleted)
        self.pending = None
        self.files = change.applied_to(self.files)
        if commit not in self.acknowledged:  # a retry of what had been done changes nothing
            self.acknowledged.append(commit)

    def _change(self) -> Change:
        chance = self.chance
        name = f"{chance.randrange(40):02d}"
        small = {f"notes/{chance.randrange(60):02d}.txt": chance.randbytes(20) for _ in range(chance.randrange(1, 4))}
        by_lfs = {f"lfs/{name}.bin": chance.randbytes(chance.randrange(1 << 20))} if chance.random() < 0.4 else {}
        by_xet = {f"xet/{name}.bin": chance.randbytes(chance.randrange(3 << 20))} if chance.random() < 0.4 else {}
        present = sorted(path for path in self.files if path not in {*small, *by_lfs, *by_xet})
        return Change(small, by_lfs, by_xet, chance.sample(present, 1) if present and chance.random() < 0.3 else [])
