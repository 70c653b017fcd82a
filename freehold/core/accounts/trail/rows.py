"""Rows of the audit as lines, read in portions."""

from collections.abc import Iterator
from typing import Any

import msgspec

from freehold.base.errors import Invalid
from freehold.stores.db.database import Row, Transaction
from freehold.wire.audit.lines import Line, moment

COLUMNS = (
    "seq, id, at, actor_id, actor_name, action, subject, namespace, detail, personal_hash, prev, hash, salt, personal"
)
_PORTION = 2000


def lines_after(tx: Transaction, seq: int) -> Iterator[Line]:
    """Every line behind `seq`, in the chain's order."""
    while rows := tx.all(
        f"SELECT {COLUMNS} FROM accounts_audit WHERE seq > :after ORDER BY seq LIMIT {_PORTION}", after=seq
    ):
        yield from map(read_row, rows)
        seq = rows[-1].seq


def read_row(row: Row) -> Line:
    """A row as a line. Raises Invalid for one that was given what is no JSON."""
    return Line(
        row.seq, row.id, moment(row.at), row.actor_id, row.actor_name, row.action, row.subject, row.namespace,
        _object(row.seq, row.detail), row.personal_hash, row.prev, row.hash, row.salt,
        None if row.personal is None else _object(row.seq, row.personal),
    )  # fmt: skip


def _object(seq: int, text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        raise Invalid(f"Line {seq} was changed: a part of it is not JSON any more.") from None
