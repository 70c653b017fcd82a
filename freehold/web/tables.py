"""The head of a table in a text file, under limits."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

MAX_ROWS = 100
MAX_COLUMNS = 50
MAX_CELL = 300


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows; `more` when there are others, or columns or cells were cut."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: bool


def head(text: str, *, tabs: bool, cut: bool) -> Table | None:
    """Read CSV or TSV; `cut` says that `text` is only the file's beginning. None if it is no table."""
    if cut:
        text = text.rpartition("\n")[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter="\t" if tabs else ",")
    rows: list[list[str]] = []
    more = cut
    try:
        for row in reader:
            if len(rows) > MAX_ROWS:
                more = True
                break
            more = more or len(row) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in row)
            rows.append([cell[:MAX_CELL] for cell in row[:MAX_COLUMNS]])
    except csv.Error:
        return None
    return Table(rows[0], rows[1:], more) if rows else None
