"""What a writer asks of a repository: planned uploads, commits and their operations, and the answers."""

from dataclasses import dataclass, field

from freehold.base.ids import Oid, Sha256


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that a client is about to upload. `sample` is its first bytes (512 at most)."""

    path: str
    size: int
    sample: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """How a planned file should travel."""

    path: str
    large: bool
    """Upload the content by Xet or LFS, then name it in the commit; otherwise send it in the commit."""
    ignore: bool
    """A `.gitignore` rule says to leave it out."""
    oid: str | None
    """What is at that path now: the SHA-256 of a large file, the git id of any other."""


@dataclass(frozen=True, slots=True)
class AddFile:
    """Put `content` at `path`. Content of 10 MiB or more is kept as a large file."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AddLarge:
    """Put the large content `sha256` at `path`; this repository must hold it already."""

    path: str
    sha256: Sha256
    size: int | None = None
    """What the caller believes its size to be; checked where given."""


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove what is at `path`: a file, or a folder with all it holds."""

    path: str


@dataclass(frozen=True, slots=True)
class DeleteFolder:
    """Remove the folder at `path` with all it holds."""

    path: str


@dataclass(frozen=True, slots=True)
class CopyFile:
    """Put what another path of this repository has, at `src_rev` (empty: the commit's parent), at `path`."""

    src_path: str
    src_rev: str
    path: str


Operation = AddFile | AddLarge | DeleteFile | DeleteFolder | CopyFile


@dataclass(frozen=True, slots=True)
class CommitRequest:
    """A commit to make: its operations are applied in order to the parent's tree."""

    summary: str
    description: str = ""
    parent: Oid | None = None
    """The commit that the branch must be at; None: whatever it is at."""
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CommitDone:
    """The commit that was made; `pull_number` when it opened a pull request."""

    oid: Oid
    pull_number: int | None = None
