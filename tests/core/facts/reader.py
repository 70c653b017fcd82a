"""A repository in memory, with just what facts are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1

from freehold.base.errors import EntryNotFound
from freehold.base.ids import Oid, RepoKind
from freehold.core.repos.entries import Entry, File, Revision
from freehold.core.repos.repo import Repo

A_REPO = Repo("1" * 24, RepoKind.MODEL, "a" * 24, "alice", "birds", "public", "", "", None, 10, 20, 0)


@dataclass
class MemoryReader:
    """Every revision is the same tree; `reads` counts how often a file's content was asked for."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    repo: Repo = A_REPO
    reads: list[str] = field(default_factory=list)

    def of_kind(self, kind: RepoKind) -> "MemoryReader":
        return replace(self, repo=replace(self.repo, kind=kind))

    def revision(self, rev: str = "main") -> Revision:
        listing = repr(sorted(self.files.items())).encode()
        return Revision(Oid(sha1(listing).hexdigest()) if self.files else None, "refs/heads/main")

    def tree(self, rev, path="", *, recursive=False):
        return [Entry(name, "file", Oid("0" * 40), len(data)) for name, data in sorted(self.files.items())]

    def paths(self, rev, paths):
        return [entry for entry in self.tree(rev) if entry.path in paths]

    def file(self, rev, path):
        if path not in self.files:
            raise EntryNotFound(f"No such file: {path}.")
        entry = self.paths(rev, [path])[0]
        return File(entry, Oid("0" * 40), entry.oid, entry.size)

    def opened(self):
        return self

    def open_bytes(self, rev, path, limit):
        self.reads.append(path)
        return self.files[path][:limit]

    def read_range(self, file, start, stop):
        self.reads.append(file.path)
        return self.files[file.path][start:stop]
