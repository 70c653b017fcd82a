"""A unified diff as files and numbered lines that a page can show, under limits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_LINES = 3000
MAX_LINE = 2000

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@", re.ASCII)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`kind` is `added`, `removed`, `hunk`, `note` or empty for what both sides have; `old` and `new` count from 1."""

    kind: str
    text: str
    old: int | None = None
    new: int | None = None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What changed in one file; `added` and `removed` count the lines that are shown."""

    path: str
    added: int
    removed: int
    lines: Sequence[DiffLine]


_KINDS = {"+": "added", "-": "removed", "@": "hunk", "\\": "note", "B": "note"}


class _Counter:
    """The numbers of the next line on either side."""

    def __init__(self) -> None:
        self.old = self.new = 0

    def line(self, text: str) -> DiffLine:
        kind = _KINDS.get(text[0], "")
        shown = text[:MAX_LINE]
        if kind == "hunk":
            if found := _HUNK.match(text):
                self.old, self.new = int(found[1]), int(found[2])
            return DiffLine(kind, shown)
        if kind == "note":
            return DiffLine(kind, shown)
        old, new = (None if kind == "added" else self.old), (None if kind == "removed" else self.new)
        self.old += old is not None
        self.new += new is not None
        return DiffLine(kind, shown, old, new)


def split(diff: str) -> tuple[list[FileDiff], bool]:
    """The files of a git diff, and whether lines beyond the limit were left out."""
    files: list[FileDiff] = []
    lines: list[DiffLine] = []
    path, inside, total = "", False, 0
    counter = _Counter()
    for text in diff.split("\n"):
        if text.startswith("diff --git "):
            _close(files, path, lines)
            path, lines, inside = text.rpartition(" b/")[2], [], False
            continue
        inside = inside or text.startswith(("@@ ", "Binary files", "GIT binary patch"))
        if not inside or not text:
            continue
        total += 1
        if total > MAX_LINES:
            _close(files, path, lines)
            return files, True
        lines.append(counter.line(text))
    _close(files, path, lines)
    return files, False


def _close(files: list[FileDiff], path: str, lines: list[DiffLine]) -> None:
    if path:
        added, removed = (sum(line.kind == kind for line in lines) for kind in ("added", "removed"))
        files.append(FileDiff(path, added, removed, lines))
