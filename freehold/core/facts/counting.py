"""How many rows data files have: from footers, from lines, or guessed from a sample that is always the same."""

from collections.abc import Sequence
from itertools import chain

import msgspec

from freehold.base.errors import Invalid
from freehold.core.facts.subject import Subject
from freehold.core.repos.entries import Entry
from freehold.wire.parquet.schema import Column, read_footer

Counted = tuple[int | None, bool, Sequence[Column]]
"""Rows (None: nobody knows), whether they were counted and not guessed, and the columns of the first file."""

MAX_FILES = 20
"""So many are looked at; what the others hold is guessed by their sizes."""
SAMPLE = 1 << 20
"""Of a text file, in bytes."""

_FOLDERS = frozenset(("imagefolder", "audiofolder", "videofolder", "pdffolder"))
_PACKED = (".gz", ".zst", ".bz2", ".xz", ".lz4")


def rows_in(subject: Subject, files: Sequence[Entry], kind: str) -> Counted:
    """The rows of files of one kind."""
    if kind in _FOLDERS:
        return len(files), True, ()
    looked = _spread(files)
    if kind == "parquet":
        found = [_parquet(subject, entry) for entry in looked]
    elif kind in ("csv", "json", "text"):
        found = [_lines(subject, entry, kind) for entry in looked]
    else:
        return None, False, ()
    known = [(entry.size, one) for entry, one in zip(looked, found, strict=True) if one[0] is not None]
    size = sum(size for size, _ in known)
    if not size:
        return (0 if known else None), bool(known), ()
    rows = sum(one[0] or 0 for _, one in known)
    exact = len(known) == len(files) and all(one[1] for _, one in known)
    whole = rows if len(known) == len(files) else rows * sum(entry.size for entry in files) // size
    return whole, exact, tuple(chain.from_iterable(one[2] for _, one in known[:1]))


def _spread(files: Sequence[Entry]) -> Sequence[Entry]:
    """A few files from all over the list: its first ones may be alike."""
    step = max(1, len(files) // MAX_FILES)
    return files[::step][:MAX_FILES]


def _parquet(subject: Subject, entry: Entry) -> Counted:
    try:
        footer = read_footer(*subject.ranges(entry.path))
    except Invalid:
        return None, False, ()
    return footer.rows, True, footer.columns


def _lines(subject: Subject, entry: Entry, kind: str) -> Counted:
    if entry.path.lower().endswith(_PACKED):
        return None, False, ()
    try:
        read_range, size = subject.ranges(entry.path)
        raw = read_range(0, min(size, SAMPLE))
    except Invalid:
        return None, False, ()
    if kind == "json" and raw.lstrip()[:1] == b"[":
        return (_items(raw), True, ()) if size <= SAMPLE else (None, False, ())
    lines = raw.count(b"\n") + (len(raw) == size and not raw.endswith(b"\n") and bool(raw))
    if len(raw) < size:
        return (lines * size // len(raw), False, _columns(raw, kind)) if lines else (None, False, ())
    head = 1 if kind == "csv" and lines else 0
    return lines - head, True, _columns(raw, kind)


def _items(raw: bytes) -> int | None:
    try:
        return len(msgspec.json.decode(raw, type=list[msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _columns(raw: bytes, kind: str) -> Sequence[Column]:
    """The columns that the first row shows: text or numbers."""
    lines = raw.split(b"\n", 2)
    if kind == "csv":
        cells = lines[1].split(b"\t" if b"\t" in lines[0] else b",") if len(lines) > 1 else []
        return tuple(Column(str(number), _type(cell)) for number, cell in enumerate(cells[:1000]))
    if kind == "json":
        try:
            row = msgspec.json.decode(lines[0], type=dict[str, msgspec.Raw])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return ()
        kinds = ((name, bytes(value)[:1]) for name, value in list(row.items())[:1000])
        return tuple(
            Column(name, "text" if first == b'"' else "float") for name, first in kinds if first in b'"-0123456789'
        )
    return (Column("text", "text"),)


def _type(cell: bytes) -> str:
    try:
        float(cell.strip().strip(b'"'))
    except ValueError:
        return "text"
    return "float"
