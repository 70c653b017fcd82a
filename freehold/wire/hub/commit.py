"""A commit as the Hub's clients send it: NDJSON, one operation a line, read piece by piece under limits."""

import binascii
from dataclasses import dataclass
from typing import Literal

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder

from freehold.base.errors import Invalid, TooLarge
from freehold.base.streams import Buffer

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class CommitLimits:
    """How much one commit may carry. Large files travel apart, so these bound only what lies in the request."""

    line_bytes: int = 32 * MIB
    content_bytes: int = 512 * MIB
    """The sum of the decoded contents."""
    operations: int = 100_000


class HeaderValue(Struct, rename="camel"):
    """What the commit says of itself. `parent_commit`: the tip that the client believes in."""

    summary: str = ""
    description: str | None = None
    parent_commit: str | None = None


class FileValue(Struct):
    """A small file with its content."""

    path: str
    content: str
    encoding: Literal["base64", "utf-8"] = "base64"


class LfsFileValue(Struct):
    """A large file by its SHA-256; `size` is absent when the client copies one."""

    path: str
    oid: str
    algo: Literal["sha256"] = "sha256"
    size: int | None = None


class PathValue(Struct):
    """A path to delete; a folder's may end in a slash."""

    path: str


class Header(Struct, tag_field="key", tag="header"):
    """The first line."""

    value: HeaderValue


class FileLine(Struct, tag_field="key", tag="file"):
    """Put a small file."""

    value: FileValue


class LfsFileLine(Struct, tag_field="key", tag="lfsFile"):
    """Put a large file."""

    value: LfsFileValue


class DeletedFile(Struct, tag_field="key", tag="deletedFile"):
    """Delete a file, or a folder by a path that names one."""

    value: PathValue


class DeletedFolder(Struct, tag_field="key", tag="deletedFolder"):
    """Delete a folder."""

    value: PathValue


@dataclass(frozen=True, slots=True)
class SmallFile:
    """A small file with its decoded content."""

    path: str
    content: bytes


Operation = SmallFile | LfsFileValue | DeletedFile | DeletedFolder


@dataclass(frozen=True, slots=True)
class ReceivedCommit:
    """A whole commit: its header and its operations, in the order sent."""

    header: HeaderValue
    operations: list[Operation]


_LINE: Decoder[Header | FileLine | LfsFileLine | DeletedFile | DeletedFolder] = Decoder(
    Header | FileLine | LfsFileLine | DeletedFile | DeletedFolder
)


class CommitReader:
    """Feed it the body as it arrives, then `finish`. Raises Invalid or TooLarge, each naming the line."""

    def __init__(self, limits: CommitLimits | None = None) -> None:
        self._limits = limits or CommitLimits()
        self._pending = bytearray()
        self._header: HeaderValue | None = None
        self._operations: list[Operation] = []
        self._content_bytes = 0
        self._lines = 0

    def feed(self, piece: Buffer) -> None:
        """Take the next bytes of the body, however they were cut."""
        searched = len(self._pending)
        self._pending += piece
        start = 0
        while (end := self._pending.find(b"\n", max(start, searched))) >= 0:
            self._take(memoryview(self._pending)[start:end].tobytes())
            start = end + 1
        del self._pending[:start]
        if len(self._pending) > self._limits.line_bytes:
            raise self._line_too_large(self._lines + 1)

    def finish(self) -> ReceivedCommit:
        """The commit, once every byte was fed."""
        self._take(bytes(self._pending))
        self._pending.clear()
        if self._header is None:
            raise Invalid("The commit is empty: its first line must be a header with a summary.")
        return ReceivedCommit(self._header, self._operations)

    def _take(self, line: bytes) -> None:
        self._lines += 1
        if not line.strip():
            return
        if len(line) > self._limits.line_bytes:
            raise self._line_too_large(self._lines)
        match self._parse(line):
            case Header(value):
                if self._header is not None:
                    raise Invalid(f"Line {self._lines} of the commit is a second header; send one, first.")
                self._header = value
            case FileLine(value):
                self._add(SmallFile(value.path, self._decode(value)))
            case LfsFileLine(value):
                self._add(value)
            case operation:
                self._add(operation)

    def _parse(self, line: bytes) -> Header | FileLine | LfsFileLine | DeletedFile | DeletedFolder:
        try:
            return _LINE.decode(line)
        except ValidationError as error:
            raise Invalid(f"Line {self._lines} of the commit has the wrong form: {error}.") from error
        except (DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(f"Line {self._lines} of the commit is not valid JSON: {error}.") from error

    def _add(self, operation: Operation) -> None:
        if self._header is None:
            raise Invalid("The commit's first line must be its header.")
        if len(self._operations) >= self._limits.operations:
            raise TooLarge(f"A commit may hold {self._limits.operations} operations; split it into several.")
        self._operations.append(operation)

    def _decode(self, file: FileValue) -> bytes:
        if file.encoding == "utf-8":
            content = file.content.encode()
        else:
            try:
                content = binascii.a2b_base64(file.content, strict_mode=True)
            except ValueError as error:
                fault = f"the content of {file.path[:200]!r} is not valid base64 ({error})"
                raise Invalid(f"Line {self._lines} of the commit: {fault}.") from error
        self._content_bytes += len(content)
        if self._content_bytes > self._limits.content_bytes:
            raise TooLarge(
                f"The files in one commit may hold {self._limits.content_bytes // MIB} MiB together; "
                "split it into several commits, or upload large files by Xet or LFS."
            )
        return content

    def _line_too_large(self, line: int) -> TooLarge:
        return TooLarge(
            f"Line {line} of the commit is longer than {self._limits.line_bytes // MIB} MiB; "
            "upload a file of that size by Xet or LFS."
        )
