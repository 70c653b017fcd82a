"""The names things go by: repositories, revisions and digests, each a value that validates itself."""

import re
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from freehold.base.errors import InvalidName

Oid = NewType("Oid", str)
"""A git object id: 40 lower-case hexadecimal digits."""

Sha256 = NewType("Sha256", str)
"""A SHA-256 digest: 64 lower-case hexadecimal digits."""

XetHash = NewType("XetHash", str)
"""A chunk, xorb or file hash in the Xet string form (four little-endian u64, 64 hexadecimal digits)."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?", re.ASCII)
_HEX40 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class RepoKind(StrEnum):
    """What a repository holds; the value is the word the wire uses. All but buckets have a git history."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"
    KERNEL = "kernel"
    BUCKET = "bucket"

    @property
    def plural(self) -> str:
        """The segment in API URLs: `models`, `datasets`, `spaces`, `kernels`, `buckets`."""
        return f"{self.value}s"

    @property
    def prefix(self) -> str:
        """The prefix in web URLs: empty for models, otherwise the plural and a slash."""
        return "" if self is RepoKind.MODEL else f"{self.plural}/"


GIT_KINDS = tuple(kind for kind in RepoKind if kind is not RepoKind.BUCKET)
"""The kinds that share the API, the pages and the doors of git repositories, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class RepoId:
    """A repository's address. Spelling is kept; comparison in the database ignores case."""

    kind: RepoKind
    namespace: str
    name: str

    @property
    def full(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def path(self) -> str:
        """The web path without a leading slash: `ns/name`, `datasets/ns/name`, …"""
        return f"{self.kind.prefix}{self.full}"

    def __str__(self) -> str:
        return self.path


def check_name(name: str) -> str:
    """Return `name` if it may name an account or a repository; raise InvalidName otherwise.

    The Hub's rule: 1 to 96 characters of `[A-Za-z0-9._-]`, no `--` or `..`, no leading or trailing
    `-` or `.`, no `.git` suffix.
    """
    if not is_name(name):
        raise InvalidName(
            f"Invalid name: {name[:100]!r}. Use 1 to 96 letters, digits, '-', '_' or '.'; no '--' or '..', "
            "no leading or trailing '-' or '.', and no '.git' at the end."
        )
    return name


def is_name(text: str) -> bool:
    """Whether an account or a repository may be called `text`, by the rule of `check_name`."""
    return bool(_NAME.fullmatch(text)) and "--" not in text and ".." not in text and not text.lower().endswith(".git")


def is_oid(text: str) -> bool:
    """Whether `text` is a full git object id."""
    return _HEX40.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether `text` is 64 lower-case hexadecimal digits (a SHA-256 or a Xet hash)."""
    return _HEX64.fullmatch(text) is not None


def new_id() -> str:
    """A fresh 24-hexadecimal-digit identifier, ordered by time (the form the Hub gives as `_id`)."""
    return f"{int(time.time()) & 0xFFFFFFFF:08x}{secrets.token_hex(8)}"
