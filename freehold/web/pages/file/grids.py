"""Tables of files that describe themselves, as their first rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from freehold.base.words import forms
from freehold.web.languages import count
from freehold.web.tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Table
from freehold.web.wording import grouped
from freehold.wire.parquet.footer import Footer, read_footer
from freehold.wire.parquet.rows import Cell, first_rows, text_of


@dataclass(frozen=True, slots=True)
class Grid:
    """A table and what is said beside it; `unread` names columns whose values are not shown."""

    table: Table
    facts: Sequence[str] = ()
    unread: Sequence[str] = ()


def of_parquet(read_range: Callable[[int, int], bytes], size: int) -> Grid:
    """The columns and the first rows of a Parquet file. Raises Invalid if it is none."""
    footer = read_footer(read_range, size)
    columns = first_rows(footer, read_range, MAX_COLUMNS, MAX_ROWS)
    shown = footer.columns[:MAX_COLUMNS]
    height = max((len(column) for column in columns if column is not None), default=0)
    rows = [[_cell(column, place) for column in columns] for place in range(height)]
    more = footer.rows > height or len(footer.columns) > MAX_COLUMNS
    table = Table(
        [column.name[:MAX_CELL] for column in shown], rows, more, [column.kind for column in shown], footer.rows
    )
    unread = [column.name[:MAX_CELL] for column, values in zip(shown, columns, strict=False) if values is None]
    return Grid(table, _facts(footer), unread)


def _cell(column: Sequence[Cell] | None, place: int) -> str:
    if column is None:
        return "…"
    text = text_of(column[place], MAX_CELL) if place < len(column) else ""
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…"


def _facts(footer: Footer) -> Sequence[str]:
    counts = (
        (footer.rows, forms("%(num)s row", "%(num)s rows")),
        (len(footer.columns), forms("%(num)s column", "%(num)s columns")),
        (footer.groups, forms("%(num)s row group", "%(num)s row groups")),
    )
    return [count(*words, many, num=grouped(many)) for many, words in counts]
