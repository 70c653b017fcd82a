"""What is said of buckets: the answers as Structs, and a batch as the client sends it, one JSON object a line."""

from typing import Literal

from msgspec import UNSET, DecodeError, Struct, UnsetType, ValidationError, field
from msgspec.json import Decoder

from freehold.base.errors import Invalid, TooLarge

MOST_CHANGES = 1000
"""In one batch; clients cut longer ones."""

LONGEST_BATCH = 8 << 20
"""In bytes; a thousand of the longest paths fit, however they are escaped."""


class BucketAnswer(Struct, rename="camel"):
    """`GET /api/buckets/{id}`, and each line of a list. `size` is the sum of its files' lengths in bytes."""

    id: str
    author: str
    private: bool
    visibility: str
    created_at: str
    updated_at: str
    size: int
    total_files: int


class BucketCreated(Struct):
    """Where a new bucket is."""

    url: str
    id: str
    name: str


class FileAnswer(Struct, rename="camel", omit_defaults=True):
    """A file of a bucket."""

    path: str
    size: int
    xet_hash: str
    uploaded_at: str
    type: str
    mtime: str | UnsetType = UNSET
    content_type: str | UnsetType = UNSET


class FolderAnswer(Struct, rename="camel", omit_defaults=True):
    """What several paths of a bucket begin with."""

    path: str
    type: str
    uploaded_at: str | UnsetType = UNSET


class FileChange(Struct, rename="camel", omit_defaults=True):
    """One change of a file, as followers of a bucket are told; `op` is `add`, `update` or `delete`."""

    path: str
    op: str
    size: int | UnsetType = UNSET
    xet_hash: str | UnsetType = UNSET
    uploaded_at: str | UnsetType = UNSET
    mtime: str | UnsetType = UNSET


class Changes(Struct):
    """The event `changes`: who asks with the cursor is told what comes behind it."""

    cursor: str
    changes: list[FileChange]


class Ready(Struct):
    """The events `ready` (all that there was to replay is told) and `reconnect` (come back with the cursor)."""

    cursor: str


class Reset(Struct):
    """The event `reset`: what was asked for cannot be replayed. List the bucket anew."""

    reason: str


class CreateBucket(Struct):
    """`POST /api/buckets/{id}`."""

    visibility: Literal["public", "private", "protected"] | None = None
    private: bool | None = None
    region: str | None = None
    resource_group_id: str | None = field(default=None, name="resourceGroupId")


class BucketPaths(Struct):
    """`POST /api/buckets/{id}/paths-info`."""

    paths: list[str]


class AddFile(Struct, tag_field="type", tag="addFile", rename="camel"):
    """Put uploaded content at a path. `mtime` is in milliseconds since 1970 UTC."""

    path: str
    xet_hash: str
    mtime: int | float | None = None
    content_type: str | None = None


class CopyFile(Struct, tag_field="type", tag="copyFile", rename="camel"):
    """Put content that lies in another repository or bucket at a path."""

    path: str
    xet_hash: str
    source_repo_type: str
    source_repo_id: str
    mtime: int | float | None = None
    content_type: str | None = None


class DeleteFile(Struct, tag_field="type", tag="deleteFile"):
    """Take what is at a path away."""

    path: str


Change = AddFile | CopyFile | DeleteFile


class Failure(Struct):
    """A change that was not made, and why."""

    path: str
    error: str


class BatchAnswer(Struct):
    """What became of a batch."""

    success: bool
    processed: int
    succeeded: int
    failed: list[Failure]


_LINE = Decoder(Change)


def parse_batch(body: bytes) -> list[Change]:
    """The changes in order. Raises Invalid, naming the line, and TooLarge for more than MOST_CHANGES."""
    changes: list[Change] = []
    for number, line in enumerate(body.split(b"\n", 10 * MOST_CHANGES), start=1):
        if not line.strip():
            continue
        if len(changes) == MOST_CHANGES:
            raise TooLarge(f"A batch may hold {MOST_CHANGES} operations. Send the others in further batches.")
        try:
            changes.append(_LINE.decode(line))
        except ValidationError as error:
            raise Invalid(f"Line {number} of the batch has the wrong form: {error}.") from error
        except (DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(f"Line {number} of the batch is not valid JSON: {error}.") from error
    return changes
