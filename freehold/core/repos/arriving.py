"""Files that come piece by piece, hashed here: for those who upload by a browser and know no hash beforehand."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.errors import Invalid
from freehold.base.ids import Sha256
from freehold.core.repos.parts import IncomingPart, check_parts, drop_parts, new_upload
from freehold.core.repos.requests import AddFile, AddLarge, PlannedFile
from freehold.core.repos.writer import RepoWriter
from freehold.stores.blobs.key import object_key, part_key

PART = 16 << 20
"""Bytes of one piece: what a broken connection costs at most."""
_MOST_PARTS = 99_999
_SAMPLE = 512


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file on its way. `upload` names its pieces; all but the last have PART bytes."""

    upload: str
    path: str
    size: int

    @property
    def parts(self) -> list[int]:
        """The size of each piece."""
        whole, rest = divmod(self.size, PART)
        return [PART] * whole + ([rest] if rest else [])


def announce_file(writer: RepoWriter, rev: str, path: str, size: int) -> Arrival:
    """Begin an upload. Raises TooLarge, QuotaExceeded, and Unprocessable for a path that no file may have."""
    if not 0 <= size <= PART * _MOST_PARTS:
        raise Invalid("A file's size is a number of bytes, at most 1.6 TB.")
    writer.plan([PlannedFile(path, size, b"")], rev=rev)
    return Arrival(new_upload(), path, size)


def part_of(writer: RepoWriter, arrival: Arrival, number: int) -> IncomingPart:
    """One piece coming in, counted from 1."""
    if not 1 <= number <= len(arrival.parts):
        raise Invalid(f"This upload has the parts 1 to {len(arrival.parts)}.")
    return IncomingPart(writer.shelves.objects, arrival.upload, number, arrival.parts[number - 1])


def parts_here(writer: RepoWriter, arrival: Arrival) -> list[int]:
    """Which pieces have come, so that an upload goes on where it broke off."""
    blobs = writer.shelves.objects.blobs
    sizes = enumerate(arrival.parts, start=1)
    return [number for number, size in sizes if blobs.size(part_key(arrival.upload, number)) == size]


def received(writer: RepoWriter, rev: str, arrival: Arrival) -> AddFile | AddLarge:
    """The whole file, as a commit may add it: what is large is joined and kept. Raises Invalid when a piece is missing.

    A small file's pieces stay until they are swept, so that this can be asked again.
    """
    objects, sizes = writer.shelves.objects, arrival.parts
    keys = [part_key(arrival.upload, number) for number in range(1, len(sizes) + 1)]
    check_parts(objects, keys, sizes)
    sample = objects.blobs.read(keys[0], 0, _SAMPLE) if keys else b""
    if not writer.plan([PlannedFile(arrival.path, arrival.size, sample)], rev=rev)[0].large:
        return AddFile(arrival.path, b"".join(objects.blobs.read(key) for key in keys))
    digest = hashlib.sha256()
    with objects.blobs.writer() as whole:
        for key in keys:
            for piece in objects.blobs.pieces(key):
                digest.update(piece)
                whole.write(piece)
        sha256 = Sha256(digest.hexdigest())
        whole.commit(object_key(sha256))
    objects.link_plain(writer.repo, sha256, arrival.size, writer.permit)
    drop_parts(objects, keys)
    return AddLarge(arrival.path, sha256, arrival.size)


def addition(writer: RepoWriter, rev: str, path: str, content: bytes) -> AddFile | AddLarge:
    """A file that is here already, as a commit may add it: by the repository's own rules, which may call it large."""
    plan = writer.plan([PlannedFile(path, len(content), content[:_SAMPLE])], rev=rev)[0]
    if not plan.large:
        return AddFile(path, content)
    pointer = writer.keep_large(content)
    return AddLarge(path, pointer.sha256, pointer.size)


def additions(writer: RepoWriter, rev: str, files: Sequence[tuple[str, bytes]]) -> list[AddFile | AddLarge]:
    """The same for several."""
    return [addition(writer, rev, path, content) for path, content in files]
