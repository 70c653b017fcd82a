"""What git and git-lfs ask of an SSH server: the one command line, and never anything but these few words."""

import shlex
from dataclasses import dataclass
from typing import Literal

from freehold.base.errors import Invalid, RepoNotFound
from freehold.base.ids import RepoId, RepoKind

LONGEST = 2000
"""Characters of a command line."""

Service = Literal["git-upload-pack", "git-receive-pack", "git-lfs-authenticate"]

NOT_ONE = "This hub gives no shell: by SSH it knows `git clone`, `git fetch`, `git push` and git-lfs, and nothing else."
ABSENT = (
    "Repository not found. Its address looks like ssh://git@host/alice/model or ssh://git@host/datasets/alice/data."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command: what to do with which repository; `to_write` if it may change something."""

    service: Service
    repo_id: RepoId
    to_write: bool


def parse_command(text: str) -> Asked:
    """The command. Raises Invalid for any other, RepoNotFound for a path that no repository can have."""
    if len(text) > LONGEST:
        raise Invalid(NOT_ONE)
    try:
        words = shlex.split(text)
    except ValueError:
        raise Invalid(NOT_ONE) from None
    match words:
        case ["git-upload-pack", path]:
            return Asked("git-upload-pack", parse_path(path), to_write=False)
        case ["git-receive-pack", path]:
            return Asked("git-receive-pack", parse_path(path), to_write=True)
        case ["git-lfs-authenticate", path, "download" | "upload" as verb, *rest] if len(rest) <= 1:
            return Asked("git-lfs-authenticate", parse_path(path), to_write=verb == "upload")
    raise Invalid(NOT_ONE)


def parse_path(path: str) -> RepoId:
    """The repository at a path such as `/datasets/alice/songs.git`. Raises RepoNotFound."""
    parts = path.removeprefix("/").removesuffix("/").removesuffix(".git").split("/")
    kind = next((kind for kind in RepoKind if kind.prefix == f"{parts[0]}/"), RepoKind.MODEL)
    names = parts if kind is RepoKind.MODEL else parts[1:]
    if len(names) != 2:
        raise RepoNotFound(ABSENT)
    return RepoId(kind, *names)
