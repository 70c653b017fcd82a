"""What lies in a ZIP or tar archive, by its directory or its headers alone: nothing is unpacked."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from freehold.base.errors import Invalid

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_READ = 4 << 20
"""In bytes: a directory may be as long as its archive."""
MAX_MEMBERS = 1000
MAX_TAR_READS = 300
"""A tar archive has no directory: each member costs one look."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file or folder inside; a folder's name ends with a slash."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Archive:
    """The first members, and how many there are; None where only the beginning of the archive was looked at."""

    members: Sequence[Member]
    total: int | None


class _Budget(Exception):
    """More was to be read than is allowed."""


class _Ranged(io.RawIOBase):
    """A file that is read by ranges, as far as the budget goes."""

    def __init__(self, read_range: ReadRange, size: int, reads: int) -> None:
        self._read_range, self._size = read_range, size
        self._at, self._bytes, self._reads = 0, MAX_READ, reads

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at

    def read(self, count: int | None = -1) -> bytes:
        stop = self._size if count is None or count < 0 else min(self._size, self._at + count)
        if stop <= self._at:
            return b""
        self._bytes -= stop - self._at
        self._reads -= 1
        if self._bytes < 0 or self._reads < 0:
            raise _Budget
        found = self._read_range(self._at, stop)
        self._at = stop
        return found


def list_zip(read_range: ReadRange, size: int) -> Archive:
    """The members of a ZIP archive. Raises Invalid if it is none, or its directory is too long."""
    try:
        with zipfile.ZipFile(_Ranged(read_range, size, 1000)) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, _Budget, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Invalid("This archive cannot be listed: its directory is damaged, or too long.") from error
    return Archive([Member(one.filename, one.file_size) for one in found[:MAX_MEMBERS]], len(found))


def list_tar(read_range: ReadRange, size: int) -> Archive:
    """The first members of an uncompressed tar archive. Raises Invalid if it is none."""
    members: list[Member] = []
    file = _Ranged(read_range, size, MAX_TAR_READS)
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for one in islice(archive, MAX_MEMBERS):
                members.append(Member(one.name + "/" * one.isdir(), one.size))
            total = len(members) if archive.next() is None else None
    except _Budget:
        total = None
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise Invalid("This archive cannot be listed: it is damaged.") from error
    return Archive(members, total)
