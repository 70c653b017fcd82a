"""The files of a bucket as rows, and what lists are made of: folders exist only as parts of paths."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from freehold.base.ids import XetHash
from freehold.stores.db.database import Row, Transaction

EMPTY = XetHash("0" * 64)
"""The Xet hash of a file without bytes. No xorb is needed for it, so every bucket may hold it."""

COLUMNS = "path, xet_hash, size, content_type, modified_at, uploaded_at"

AT_ONCE = 128
"""Few, since a folder with as many files is passed by after them: a page of large folders costs so much for each."""


@dataclass(frozen=True, slots=True)
class BucketFile:
    """A file; times in microseconds since 1970 UTC, `modified_at` by its uploader's word."""

    path: str
    xet_hash: XetHash
    size: int
    content_type: str | None
    modified_at: int | None
    uploaded_at: int

    @property
    def cursor(self) -> str:
        """The `after` of the page that begins behind it."""
        return self.path


@dataclass(frozen=True, slots=True)
class BucketFolder:
    """What several paths begin with. `uploaded_at` is that of its newest file, None where there are too many."""

    path: str
    uploaded_at: int | None = None

    @property
    def cursor(self) -> str:
        """The `after` of the page that begins behind all that it holds."""
        return f"{self.path}/"


def read_file(row: Row) -> BucketFile:
    """The file of a row that has COLUMNS."""
    return BucketFile(
        bytes(row.path).decode(), row.xet_hash, row.size, row.content_type, row.modified_at, row.uploaded_at
    )


def files_at(tx: Transaction, bucket_id: str, paths: Collection[str]) -> dict[str, BucketFile]:
    """Those of `paths` that are files."""
    sql = f"SELECT {COLUMNS} FROM repos_bucket_file WHERE bucket_id = :bucket AND path IN :values"
    rows = tx.within(sql, [path.encode() for path in paths], bucket=bucket_id)
    return {file.path: file for file in map(read_file, rows)}


def files_below(tx: Transaction, bucket_id: str, prefix: str, after: str, limit: int) -> list[BucketFile]:
    """Files whose path begins with the letters of `prefix`, in the order of their bytes, behind `after`."""
    return _span(tx, bucket_id, prefix.encode(), _behind(after), limit)


def level(
    tx: Transaction, bucket_id: str, prefix: str, after: str, limit: int, *, at_once: int = AT_ONCE
) -> list[BucketFile | BucketFolder]:
    """The same with folders folded: what lies in the folder `prefix`, and what lies beside it and begins like it.

    Rows are read `at_once`; a folder of as many files or more is passed by in one step, however much it holds.
    """
    start = prefix.encode()
    low: bytes | None = _behind(after)
    found: list[BucketFile | BucketFolder] = []
    while low is not None and len(found) < limit:
        files = _span(tx, bucket_id, start, low, at_once)
        entries, low = _folded(files, start, cut=len(files) == at_once)
        found += entries
    return found[:limit]


def _span(tx: Transaction, bucket_id: str, prefix: bytes, low: bytes, limit: int) -> list[BucketFile]:
    until = " AND path < :high" if prefix else ""
    # No byte of UTF-8 is the highest, so the last one can be counted up.
    bound = {"high": prefix[:-1] + bytes([prefix[-1] + 1])} if prefix else {}
    rows = tx.all(
        f"SELECT {COLUMNS} FROM repos_bucket_file WHERE bucket_id = :bucket AND path >= :low{until}"
        " ORDER BY path LIMIT :limit",
        bucket=bucket_id, low=max(prefix, low), limit=limit, **bound,
    )  # fmt: skip
    return [read_file(row) for row in rows]


def _folded(
    files: Sequence[BucketFile], prefix: bytes, *, cut: bool
) -> tuple[list[BucketFile | BucketFolder], bytes | None]:
    """Entries for files in order, and where to read on; `cut`: more files may follow, else None."""
    entries: list[BucketFile | BucketFolder] = []
    seen = 0
    for folder, group in groupby(files, lambda file: _folder(file.path.encode(), prefix)):
        members = list(group)
        seen += len(members)
        if folder is None:
            entries += members
        elif not (cut and seen == len(files)):
            entries.append(BucketFolder(folder.decode(), max(file.uploaded_at for file in members)))
        elif entries:
            return entries, folder + b"/"  # there may be more of it: read on from its beginning
        else:
            return [BucketFolder(folder.decode())], _behind(f"{folder.decode()}/")
    return entries, _behind(files[-1].path) if cut else None


def _folder(path: bytes, prefix: bytes) -> bytes | None:
    """The folder below `prefix` that hides this path, None where the path itself is shown."""
    skip = len(prefix) + (path[len(prefix) : len(prefix) + 1] == b"/")
    end = path.find(b"/", skip)
    return None if end < 0 else path[:end]


def _behind(cursor: str) -> bytes:
    """The first path that can follow an entry: any longer one after a file, none within after a folder."""
    raw = cursor.encode()
    if not raw:
        return b""
    return raw[:-1] + b"0" if raw.endswith(b"/") else raw + b"\0"
