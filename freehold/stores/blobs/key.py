"""The names of blobs: every key is made here, so that no other room can invent a path."""

import re
from dataclasses import dataclass
from typing import Literal

from freehold.base.errors import Invalid
from freehold.base.ids import Sha256, XetHash, is_digest

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_FOLDERS = frozenset({"xorbs", "objects", "parts", "git", "attachments"})


@dataclass(frozen=True, slots=True, order=True)
class BlobKey:
    """`path` is relative, made of plain segments; on local disk it is the path under the store's folder.

    Raises Invalid for anything else: `..`, an absolute path, an unknown first folder.
    """

    path: str

    def __post_init__(self) -> None:
        first, *rest = self.path.split("/")
        if first not in _FOLDERS or not rest or not all(_SEGMENT.fullmatch(part) for part in rest):
            raise Invalid(f"{self.path[:200]!r} is not a blob key.")


def xorb_key(xorb: XetHash, generation: int = 1) -> BlobKey:
    """The chunks of a xorb. A xorb that comes back after its deletion began gets the next generation."""
    return BlobKey(f"xorbs/{_digest(xorb)[:2]}/{xorb}" + (f"-{generation}" if generation > 1 else ""))


def sidecar_key(xorb: BlobKey) -> BlobKey:
    """The layout of a xorb, beside its chunks."""
    return BlobKey(f"{xorb.path}.m")


def object_key(sha256: Sha256) -> BlobKey:
    """The whole content of a large file."""
    return BlobKey(f"objects/{_digest(sha256)[:2]}/{sha256[2:4]}/{sha256}")


def part_key(upload: str, number: int) -> BlobKey:
    """Part `number` of an LFS multipart upload in progress."""
    return BlobKey(f"parts/{upload}/{number:05d}")


def attachment_key(attachment: str) -> BlobKey:
    """A picture, film or sound that a comment shows."""
    return BlobKey(f"attachments/{attachment}")


def pack_key(repo_id: str, name: str, suffix: Literal["pack", "idx"]) -> BlobKey:
    """A git pack or its index, where a bare repository of this name expects it."""
    return BlobKey(f"git/{repo_id}.git/objects/pack/pack-{name}.{suffix}")


def _digest(text: str) -> str:
    if not is_digest(text):
        raise Invalid(f"{text[:100]!r} is not a digest: 64 lower-case hexadecimal digits are needed.")
    return text
