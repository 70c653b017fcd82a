"""One database, SQLite or PostgreSQL, through plain SQL that both understand.

Reads and writes are transactions; a write on SQLite takes the one write lock at once, so that a
transaction never fails half-way for having begun as a reader.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Connection, CursorResult, Row
from sqlalchemy.exc import IntegrityError, OperationalError

from freehold.base.errors import Conflict, StorageFailed, StorageFull

Params = Mapping[str, Any]


@lru_cache(maxsize=4096)
def _statement(sql: str) -> sqlalchemy.TextClause:
    return sqlalchemy.text(sql)


class Transaction:
    """A transaction in progress. Parameters are written `:name` in the SQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.after_commit: list[Callable[[], object]] = []

    def afterwards(self, action: Callable[[], object]) -> None:
        """Have `action` called once the transaction is durable; never, if it rolls back."""
        self.after_commit.append(action)

    def run(self, sql: str, **params: Any) -> CursorResult[Any]:
        """Execute one statement; `.rowcount` tells how many rows it changed."""
        return self.connection.execute(_statement(sql), params)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        """Execute one statement for each of `rows` (none is allowed)."""
        if rows:
            self.connection.execute(_statement(sql), list(rows))

    def all(self, sql: str, **params: Any) -> Sequence[Row[Any]]:
        """Every row."""
        return self.run(sql, **params).all()

    def first(self, sql: str, **params: Any) -> Row[Any] | None:
        """The first row, or None."""
        return self.run(sql, **params).first()

    def scalar(self, sql: str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        return self.run(sql, **params).scalar()

    def within(self, sql: str, values: Sequence[Any], **params: Any) -> Sequence[Row[Any]]:
        """Rows of a statement whose `IN :values` is expanded; asked in portions of 500 values."""
        clause = _statement(sql).bindparams(sqlalchemy.bindparam("values", expanding=True))
        rows: list[Row[Any]] = []
        for start in range(0, len(values), 500):
            rows += self.connection.execute(clause, {"values": list(values[start : start + 500]), **params}).all()
        return rows


class Database:
    """`url` is SQLAlchemy's: `sqlite:///path/to/file` or `postgresql+psycopg://user@host/name`."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        # SQLite's own wait for its write lock is a sleep that grows: threads of one process queue here instead.
        self._turn: AbstractContextManager[Any] = Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            self.engine = sqlalchemy.create_engine(
                url, pool_size=16, max_overflow=64, hide_parameters=True, connect_args={"timeout": 60}
            )
            sqlalchemy.event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            self.engine = sqlalchemy.create_engine(
                url, pool_size=8, max_overflow=24, pool_pre_ping=True, hide_parameters=True
            )

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads."""
        with _as_hub_errors(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        with _as_hub_errors(), self._turn, self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            transaction = Transaction(connection)
            yield transaction
        for action in transaction.after_commit:
            action()

    def migrate(self) -> None:
        """Bring the schema up to the newest migration; several processes may call it at once."""
        folder = Path(__file__).parent / "migrations"
        files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
        with self.write() as tx:
            if not self.is_sqlite:
                tx.run("SELECT pg_advisory_xact_lock(7305808)")
            tx.run("CREATE TABLE IF NOT EXISTS db_migration (name TEXT PRIMARY KEY)")
            done = {row[0] for row in tx.all("SELECT name FROM db_migration")}
            for file in files:
                if file.stem not in done:
                    self._apply(tx, file)

    def _apply(self, tx: Transaction, file: Path) -> None:
        blob = "BLOB" if self.is_sqlite else "BYTEA"
        script = file.read_text("utf-8").replace("{BLOB}", blob)
        if not self.is_sqlite:
            script = script.replace("%", "%%")  # psycopg reads a lone % as a placeholder, in comments too
        for statement in script.split(";\n"):
            if statement.strip():
                tx.connection.exec_driver_sql(statement)
        tx.run("INSERT INTO db_migration (name) VALUES (:name)", name=file.stem)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own implicit BEGIN is switched off: `read` and `write` say BEGIN themselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-8000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _as_hub_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "UNIQUE" not in str(error.orig).upper():
            raise
        # Checked before, inside the transaction: only somebody who did the same at the same moment gets here.
        raise Conflict("Somebody else did the same at this moment. Look again, then repeat it if need be.") from error
    except OperationalError as error:
        text = str(error.orig)
        if "disk is full" in text or "No space left" in text:
            raise StorageFull("The hub's disk is full. Ask its operator to free some space, then try again.") from error
        raise StorageFailed("The hub's database did not answer. Try again in a moment.") from error
