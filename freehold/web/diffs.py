"""A unified diff as files and lines that a page can show, under limits."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_LINES = 3000
MAX_LINE = 2000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """`kind` is `added`, `removed`, `hunk`, `note` or empty for what both sides have."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What changed in one file; `added` and `removed` count the lines that are shown."""

    path: str
    added: int
    removed: int
    lines: Sequence[DiffLine]


_KINDS = {"+": "added", "-": "removed", "@": "hunk", "\\": "note", "B": "note"}


def split(diff: str) -> tuple[list[FileDiff], bool]:
    """The files of a git diff, and whether lines beyond the limit were left out."""
    files: list[FileDiff] = []
    lines: list[DiffLine] = []
    path, inside, total = "", False, 0
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
        lines.append(DiffLine(_KINDS.get(text[0], ""), text[:MAX_LINE]))
    _close(files, path, lines)
    return files, False


def _close(files: list[FileDiff], path: str, lines: list[DiffLine]) -> None:
    if path:
        added, removed = (sum(line.kind == kind for line in lines) for kind in ("added", "removed"))
        files.append(FileDiff(path, added, removed, lines))
