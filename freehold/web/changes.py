"""What changed between two commits, file by file: text by line, large files by size, weights by their headers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Literal

from freehold.base.errors import EntryNotFound, Invalid
from freehold.base.ids import Oid
from freehold.core.repos.entries import Change, Entry
from freehold.core.repos.reader import RepoReader
from freehold.web.diffs import DiffLine, FileDiff, split
from freehold.web.languages import count, say
from freehold.wire import gguf, safetensors

MAX_FILES = 300
MAX_WEIGHTS = 10
"""Files of weights whose headers are compared for one view; of the others only the size is shown."""
MAX_HEADER = 16 << 20
MAX_ROWS = 200
_MAX_VALUE = 120
_METADATA = "metadata · "
"""What names of metadata begin with, so that no tensor is called so."""


@dataclass(frozen=True, slots=True)
class Row:
    """A tensor or a metadata value: what it was and what it is; empty where it is not."""

    name: str
    kind: str
    """`added`, `deleted` or `modified`."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What the headers of two files of weights say differently; `more` rows are left out."""

    rows: Sequence[Row]
    same: int
    """Tensors that both have alike; their numbers were not compared."""
    more: int


@dataclass(frozen=True, slots=True)
class Large:
    """A large file on either side, in bytes; None where it is not there."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file. `lines` are of text; `large` and `weights` of what is not shown by line."""

    path: str
    old_path: str | None
    status: Literal["added", "modified", "deleted", "renamed"]
    added: int = 0
    removed: int = 0
    lines: Sequence[DiffLine] = ()
    large: Large | None = None
    weights: Weights | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """All of them; `cut` when there is more than is shown. The counts are of what is shown."""

    files: Sequence[FileChange]
    cut: bool

    @property
    def added(self) -> int:
        """Lines that came."""
        return sum(file.added for file in self.files)

    @property
    def removed(self) -> int:
        """Lines that went."""
        return sum(file.removed for file in self.files)


def changes_between(reader: RepoReader, base: Oid | None, head: Oid) -> Changes:
    """What changed from one commit (None: from nothing) to another. Raises Gated, since all of this is content."""
    comparison = reader.compare(base, head)
    files, cut = split(comparison.diff)
    texts = {file.path: file for file in files}
    shown = comparison.changes[:MAX_FILES]
    before = _entries(reader, base, [change.old_path or change.path for change in shown]) if base else {}
    after = _entries(reader, head, [change.path for change in shown])
    view = _View(reader, base, head)
    found = [
        view.change(change, texts.get(change.path), before.get(change.old_path or change.path), after.get(change.path))
        for change in shown
    ]
    return Changes(found, cut or len(comparison.changes) > MAX_FILES)


def _entries(reader: RepoReader, rev: Oid, paths: Sequence[str]) -> Mapping[str, Entry]:
    return {entry.path: entry for entry in reader.paths(rev, paths)}


class _View:
    """Counts the files of weights that it opens."""

    def __init__(self, reader: RepoReader, base: Oid | None, head: Oid) -> None:
        self._reader, self._base, self._head = reader, base, head
        self._left = MAX_WEIGHTS

    def change(self, change: Change, text: FileDiff | None, old: Entry | None, new: Entry | None) -> FileChange:
        """One file's change."""
        large = (old is not None and old.large) or (new is not None and new.large)
        ending = PurePosixPath(change.path).suffix.lower()
        if not large and not (ending in _READERS and _is_binary(text)):
            if text is None:
                return FileChange(change.path, change.old_path, change.status)
            return FileChange(change.path, change.old_path, change.status, text.added, text.removed, text.lines)
        sizes = Large(old.size if old else None, new.size if new else None)
        weights = self._weights(ending, old, new) if ending in _READERS else None
        return FileChange(change.path, change.old_path, change.status, large=sizes, weights=weights)

    def _weights(self, ending: str, old: Entry | None, new: Entry | None) -> Weights | None:
        if self._left <= 0:
            return None
        self._left -= 1
        try:
            before = self._header(ending, self._base, old) if old and self._base else {}
            after = self._header(ending, self._head, new) if new else {}
        except (Invalid, EntryNotFound):
            return None  # damaged, too long, or its content is not here: its size is shown
        return _compared(before, after)

    def _header(self, ending: str, rev: Oid, entry: Entry) -> Mapping[str, str]:
        file = self._reader.file(rev, entry.path)
        return dict(_READERS[ending](lambda start, stop: self._reader.read_range(file, start, stop), file.size))


def _is_binary(text: FileDiff | None) -> bool:
    return text is None or all(line.kind == "note" for line in text.lines)


def _safetensors(read_range: safetensors.ReadRange, size: int) -> Iterator[tuple[str, str]]:
    header = safetensors.read_header(read_range, size, MAX_HEADER)
    yield from ((_METADATA + key, _short(value)) for key, value in header.metadata.items())
    yield from ((tensor.name, f"{tensor.dtype} {_shape(tensor.shape)}") for tensor in header.tensors)


def _gguf(read_range: gguf.ReadRange, size: int) -> Iterator[tuple[str, str]]:
    header = gguf.read_header(read_range, size, MAX_HEADER)
    yield from ((_METADATA + key, _short(value)) for key, value in header.values.items())
    yield from ((tensor.name, f"{tensor.type_name} {_shape(tensor.shape)}") for tensor in header.tensors)


_READERS = {".safetensors": _safetensors, ".gguf": _gguf}


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> Weights:
    names = [*before, *(name for name in after if name not in before)]
    different = [name for name in names if before.get(name) != after.get(name)]
    rows = [
        Row(
            _named(name)[:_MAX_VALUE],
            "added" if name not in before else "deleted" if name not in after else "modified",
            before.get(name, ""),
            after.get(name, ""),
        )
        for name in islice(different, MAX_ROWS)
    ]
    same = sum(1 for name in names if before.get(name) == after.get(name) and not name.startswith(_METADATA))
    return Weights(rows, same, len(different) - len(rows))


def _named(name: str) -> str:
    is_value = name.startswith(_METADATA)
    return say("metadata · %(key)s", key=name.removeprefix(_METADATA)) if is_value else name


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or say("scalar")


def _short(value: object) -> str:
    text = count("%(num)s item", "%(num)s items", len(value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "…"
