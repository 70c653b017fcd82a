"""One database, SQLite or PostgreSQL, through plain SQL that both understand.

Reads and writes are transactions. A read sees one moment, whatever is written meanwhile. A write on SQLite
takes the one write lock at once, so that a transaction never fails half-way for having begun as a reader;
on PostgreSQL writers of different rows do not wait for each other.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from freehold.base.errors import Conflict, Invalid, StorageFailed, StorageFull
from freehold.stores.db.connections import Connections, Driver, Postgres, Sqlite

Params = Mapping[str, Any]

Row: TypeAlias = Any
"""A named tuple of the statement's columns."""


@lru_cache(maxsize=1024)
def _row_of(columns: tuple[str, ...]) -> Any:
    # A column without a name that Python can say (`count(*)`) is reached by its place.
    return namedtuple("Row", columns, rename=True)


class Transaction:
    """A transaction in progress. Parameters are written `:name` in the SQL."""

    def __init__(self, connection: Any, driver: Driver) -> None:
        self.connection = connection
        self.after_commit: list[Callable[[], object]] = []
        self._gathered: dict[Callable[[Transaction, list[Any]], None], list[Any]] = {}
        self._driver = driver

    def afterwards(self, action: Callable[[], object]) -> None:
        """Have `action` called once the transaction is durable; never, if it rolls back."""
        self.after_commit.append(action)

    def gather(self, finish: Callable[["Transaction", list[Any]], None]) -> list[Any]:
        """A list of this transaction, which `finish` is handed right before the commit.

        For what needs a row that every writer needs: it is locked after all others, hence for the shortest time
        and never by somebody who goes on to wait, not even for the disk. `finish` reads no answers.
        """
        return self._gathered.setdefault(finish, [])

    def finish(self) -> None:
        """Hand over what was gathered; `Database.write` calls this when the block has ended well."""
        for finish, gathered in self._gathered.items():
            finish(self, gathered)

    @property
    def gathered(self) -> bool:
        """Whether there is anything to `finish`."""
        return bool(self._gathered)

    @property
    def is_sqlite(self) -> bool:
        """Whether there is one writer anyway."""
        return not self._driver.remote

    def take_turn(self, subject: str) -> None:
        """Wait until no other transaction is at `subject`, and keep others away until this one ends.

        For what must be looked up before it is written, where there is no row yet to lock. SQLite has one
        writer anyway.
        """
        if self._driver.remote:
            number = int.from_bytes(sha256(subject.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
            self.run("SELECT pg_advisory_xact_lock(:number)", number=number)

    def run(self, sql: str, **params: Any) -> Any:
        """Execute one statement; `.rowcount` tells how many rows it changed."""
        return self.connection.execute(self._driver.statement(sql), params)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        """Execute one statement for each of `rows` (none is allowed)."""
        if rows:
            self.connection.cursor().executemany(self._driver.statement(sql), rows)

    def all(self, sql: str, **params: Any) -> list[Row]:
        """Every row."""
        cursor = self.run(sql, **params)
        row_of = _row_of(tuple(column[0] for column in cursor.description))
        return [row_of._make(row) for row in cursor.fetchall()]

    def first(self, sql: str, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = self.all(sql, **params)
        return rows[0] if rows else None

    def scalar(self, sql: str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.run(sql, **params).fetchone()
        return row[0] if row else None

    def within(self, sql: str, values: Sequence[Any], **params: Any) -> list[Row]:
        """Rows of a statement whose `IN :values` is expanded; asked in portions of 500 values."""
        rows: list[Row] = []
        for start in range(0, len(values), 500):
            named = {f"value{n}": value for n, value in enumerate(values[start : start + 500])}
            places = ", ".join(f":{name}" for name in named)
            rows += self.all(sql.replace(" IN :values", f" IN ({places})"), **named, **params)
        return rows


class Database:
    """`url` is `sqlite:///path/to/file` or `postgresql://user@host/name`."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite:///")
        # SQLite's own wait for its write lock is a sleep that grows: threads of one process queue here instead.
        self._turn: AbstractContextManager[Any] = Lock() if self.is_sqlite else nullcontext()
        self._driver: Driver = Sqlite(url.removeprefix("sqlite:///")) if self.is_sqlite else Postgres(url)
        self._connections = Connections(self._driver)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads, and sees the database as it was when it began."""
        with self._as_hub_errors(), self._connections.transaction(self._driver.read) as connection:
            yield Transaction(connection, self._driver)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        with self._as_hub_errors(), self._turn, self._connections.transaction(self._driver.write) as connection:
            transaction = Transaction(connection, self._driver)
            yield transaction
            if transaction.gathered:
                self._driver.commit(connection, transaction.finish)
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
        blob, here, elsewhere = ("BLOB", "sqlite", "postgres") if self.is_sqlite else ("BYTEA", "postgres", "sqlite")
        script = file.read_text("utf-8").replace("{BLOB}", blob)
        for statement in script.split(";\n"):
            # What the two say differently, such as triggers, begins with the name of the one that is meant.
            if statement.strip() and not statement.lstrip().startswith(f"{{{elsewhere}}}"):
                tx.connection.execute(statement.replace(f"{{{here}}}", "", 1))
        tx.run("INSERT INTO db_migration (name) VALUES (:name)", name=file.stem)

    def close(self) -> None:
        """Give back every connection."""
        self._connections.close()

    @contextmanager
    def _as_hub_errors(self) -> Iterator[None]:
        module = self._driver.module
        try:
            yield
        except module.IntegrityError as error:
            if "UNIQUE" not in str(error).upper():
                raise
            # Checked before, inside the transaction: only somebody who did the same at the same moment gets here.
            raise Conflict(_LOST_RACE) from error
        except module.DataError as error:
            raise Invalid(_NOT_KEPT) from error
        except module.OperationalError as error:
            if "disk is full" in str(error) or "No space left" in str(error):
                raise StorageFull(_FULL) from error
            raise StorageFailed("The hub's database did not answer. Try again in a moment.") from error


_LOST_RACE = "Somebody else did the same at this moment. Look again, then repeat it if need be."
_NOT_KEPT = "A text in this request has characters that cannot be kept, such as NUL. Remove them."
_FULL = "The hub's disk is full. Ask its operator to free some space, then try again."
