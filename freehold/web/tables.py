"""The head of a table in a text file, under limits."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any

import msgspec

MAX_ROWS = 100
MAX_COLUMNS = 50
MAX_CELL = 300


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows; `more` when there are others, or columns or cells were cut."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: bool
    kinds: Sequence[str] = ()
    """What each column holds, where the file says so."""
    total: int | None = None
    """How many rows there are, where the file says so."""


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


def of_json(text: str) -> Table | None:
    """A list of objects. None for other JSON, and for none."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        return None
    return _of_objects(found[:MAX_ROWS], len(found) > MAX_ROWS)


def of_lines(text: str, *, cut: bool) -> Table | None:
    """A JSON object a line; `cut` says that `text` is only the file's beginning. None if it is something else."""
    if cut:
        text = text.rpartition("\n")[0]
    lines = [line for line in text.split("\n") if line.strip()]
    objects: list[Mapping[str, Any]] = []
    for line in lines[:MAX_ROWS]:
        try:
            found = msgspec.json.decode(line)
        except (msgspec.MsgspecError, RecursionError):
            return None
        if not isinstance(found, dict):
            return None
        objects.append(found)
    return _of_objects(objects, cut or len(lines) > MAX_ROWS) if objects else None


def _of_objects(objects: Sequence[Mapping[str, Any]], more: bool) -> Table:
    names = dict.fromkeys(name for one in objects for name in one)
    shown = list(islice(names, MAX_COLUMNS))
    rows = [[_cell(one[name]) if name in one else "" for name in shown] for one in objects]
    more = more or len(names) > MAX_COLUMNS or any(len(cell) > MAX_CELL for row in rows for cell in row)
    return Table([name[:MAX_CELL] for name in shown], [[cell[:MAX_CELL] for cell in row] for row in rows], more)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value[: MAX_CELL + 1] if isinstance(value, str) else msgspec.json.encode(value).decode()[: MAX_CELL + 1]
