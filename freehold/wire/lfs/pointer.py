"""The pointer that git holds in place of a large file (git-lfs specification, version 1)."""

import re
from dataclasses import dataclass

from freehold.base.ids import Sha256

SMALLEST = 120
LARGEST = 1023
"""A pointer's length in bytes lies between these; git-lfs reads no pointer of 1024 bytes or more."""

_VERSION = b"version https://git-lfs.github.com/spec/v1\n"
_OID = re.compile(rb"oid sha256:([0-9a-f]{64})")
_SIZE = re.compile(rb"size (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which content a pointer stands for, and its length in bytes."""

    sha256: Sha256
    size: int


def write_pointer(pointer: Pointer) -> bytes:
    """The canonical text of a pointer: the one that every client writes."""
    return _VERSION + f"oid sha256:{pointer.sha256}\nsize {pointer.size}\n".encode()


def parse_pointer(content: bytes) -> Pointer | None:
    """The pointer that `content` is; None when it is anything else."""
    if not SMALLEST <= len(content) <= LARGEST or not content.startswith(_VERSION):
        return None
    lines = content[len(_VERSION) :].rstrip(b"\n").split(b"\n")
    oids = [found[1] for line in lines if (found := _OID.fullmatch(line))]
    sizes = [found[1] for line in lines if (found := _SIZE.fullmatch(line))]
    if len(oids) != 1 or len(sizes) != 1:
        return None
    return Pointer(Sha256(oids[0].decode()), int(sizes[0]))
