"""What a repository answers when it is read: revisions, entries, files, refs, commits and changes."""

from dataclasses import dataclass
from typing import Literal

from freehold.base.ids import Oid, Sha256, XetHash


@dataclass(frozen=True, slots=True)
class Revision:
    """A name resolved to a commit."""

    commit: Oid | None
    """None only for the default branch of a repository that has no commit yet."""
    ref: str | None
    """`refs/heads/main`, `refs/tags/v1`, `refs/pr/1`; None when a commit was named by its id."""


@dataclass(frozen=True, slots=True)
class Large:
    """A large file: git holds a pointer, the content is elsewhere."""

    sha256: Sha256
    size: int
    pointer_size: int
    xet_hash: XetHash | None
    """None until the content is Xet-backed in this repository."""


@dataclass(frozen=True, slots=True)
class LastCommit:
    """The newest commit that changed an entry."""

    oid: Oid
    title: str
    date_us: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder of one commit."""

    path: str
    kind: Literal["file", "directory"]
    oid: Oid
    """The git id: of the pointer when the file is large."""
    size: int
    """Of the content in bytes, large or not; 0 for folders."""
    large: Large | None = None
    last_commit: LastCommit | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A part of what lies in a folder, folders first; `total` counts all of it."""

    entries: list[Entry]
    total: int
    readme: str = ""
    """The path of the text that tells what the folder is, if it has one."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of one commit, ready to be sent."""

    entry: Entry
    commit: Oid
    etag: str
    """The SHA-256 of a large file, the git id of any other."""
    size: int

    @property
    def path(self) -> str:
        """Where it lies in the repository."""
        return self.entry.path


@dataclass(frozen=True, slots=True)
class Ref:
    """A named commit. `name` is short (`main`, `v1`), except for pull requests, where it equals `ref`."""

    name: str
    ref: str
    oid: Oid
    """Always a commit: an annotated tag is followed."""


@dataclass(frozen=True, slots=True)
class Refs:
    """Every visible ref of a repository, each list ordered by name."""

    branches: list[Ref]
    converts: list[Ref]
    tags: list[Ref]
    pulls: list[Ref]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `title` is the message's first line, `message` what follows it."""

    oid: Oid
    title: str
    message: str
    date_us: int
    """When it was committed, in microseconds since 1970 UTC."""
    authors: list[str]
    """Names, as the commit spells them."""
    parents: list[Oid]


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two commits."""

    path: str
    status: Literal["added", "modified", "deleted", "renamed"]
    old_path: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two commits; without a `base`, all that the head has."""

    base: Oid | None
    head: Oid
    changes: list[Change]
    diff: str
    """A unified git diff; large files appear as their pointers."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A large content that a repository holds, and one path it is known by."""

    sha256: Sha256
    size: int
    filename: str
    ref: str | None
    """A branch that has it at its tip, if any."""
    pushed_at: int
