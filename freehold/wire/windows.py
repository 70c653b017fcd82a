"""A file of which only parts are read, piece by piece and no more than was allowed, as parsers want to have it."""

from collections.abc import Callable

from freehold.base.errors import Invalid

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_AT_ONCE = 8 << 20
MAX_LINE = 1 << 16
_PIECE = 1 << 16


class Window:
    """Reads forwards and seeks, at most `most` bytes in all; asking for more raises Invalid."""

    def __init__(self, read_range: ReadRange, size: int, most: int) -> None:
        self._read_range, self.size, self.left = read_range, size, most
        self._at = self._start = 0
        self._held = b""

    def read(self, length: int = -1) -> bytes:
        """So many bytes; fewer only at the end."""
        rest = max(0, self.size - self._at)
        wanted = rest if length < 0 else min(length, rest)
        if not wanted:
            return b""
        if wanted > MAX_AT_ONCE:
            raise Invalid("A part of this file is too long to be read at once.")
        offset = self._at - self._start
        if offset < 0 or offset + wanted > len(self._held):
            self._fetch(min(max(wanted, _PIECE), max(wanted, self.left)))
            offset = 0
        found = self._held[offset : offset + wanted]
        self._at += len(found)
        return found

    def readline(self) -> bytes:
        """Up to the end of a line, or of the file."""
        start = self._at
        found = self.read(MAX_LINE)
        line, end, _ = found.partition(b"\n")
        if not end and len(found) == MAX_LINE:
            raise Invalid("A line of this file is too long.")
        self._at = start + len(line) + len(end)
        return line + end

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go on elsewhere."""
        at = offset + (self._at if whence == 1 else self.size if whence == 2 else 0)
        if at < 0:
            raise ValueError("before the beginning")
        self._at = at
        return at

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seekable(self) -> bool:
        """Always."""
        return True

    def _fetch(self, length: int) -> None:
        length = min(length, self.size - self._at)
        if length > self.left:
            raise Invalid("This file takes more reading than is allowed.")
        self._start = self._at
        self._held = self._read_range(self._at, self._at + length)
        self.left -= length
