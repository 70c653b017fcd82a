"""Open connections to one database, kept and lent; what SQLite's driver and PostgreSQL's do differently."""

import re
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any, Protocol

PATIENCE_S = 60.0
"""How long to wait for a connection, in seconds."""

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-8000")


class Driver(Protocol):
    """A database's driver by PEP 249, and what its SQL needs."""

    @property
    def module(self) -> Any:
        """The driver itself."""

    @property
    def size(self) -> int:
        """How many connections may be open at once."""

    @property
    def remote(self) -> bool:
        """Whether a connection can die while nobody uses it."""

    @property
    def read(self) -> str:
        """The statement that begins a transaction which only reads, all of it from one moment."""

    @property
    def write(self) -> str:
        """The statement that begins a transaction which will write."""

    def commit(self, connection: Any, last: Callable[[], object]) -> None:
        """Do `last`, which needs what all writers need, and commit; durable on return.

        What `last` asks of the server is answered by nothing that it reads.
        """

    def connect(self) -> Any:
        """A new connection that begins transactions only when told to."""

    def statement(self, sql: str) -> str:
        """SQL with parameters written `:name`, as the driver wants it."""


class Sqlite:
    """A file. Its driver reads `:name` as it stands."""

    module = sqlite3
    size = 80
    remote = False
    read = "BEGIN"
    write = "BEGIN IMMEDIATE"

    def __init__(self, path: str) -> None:
        self._path = path

    def commit(self, connection: Any, last: Callable[[], object]) -> None:
        """Whoever writes has the one write lock anyway."""
        last()
        connection.commit()

    def connect(self) -> sqlite3.Connection:
        """Wait up to a minute for another process's write."""
        connection = sqlite3.connect(
            self._path, timeout=60, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def statement(self, sql: str) -> str:
        """The same."""
        return sql


class Postgres:
    """A server. A hub on SQLite need not load its driver."""

    size = 48  # more than there are threads: some ask a second question while they hold a transaction
    remote = True
    read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    write = "BEGIN"

    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415 - see above

        self.module: Any = psycopg
        self._url = url

    def commit(self, connection: Any, last: Callable[[], object]) -> None:
        """Give the locks back before the disk is waited for, and then wait for it; all in one trip to the server.

        A commit that waits for the disk keeps its locks meanwhile, and all who need the same row would wait for the
        disk one after the other. So this one does not, and a second, empty commit does: its record lies behind that of
        the first, and one flush serves whoever waits. Who locks next builds on what may still be lost, but lies behind
        it in the server's log: a crash that takes the one takes the other, and nobody was told of either.
        """
        with connection.pipeline():
            connection.execute("SET LOCAL synchronous_commit TO off")
            last()
            connection.commit()
            connection.execute("SELECT pg_logical_emit_message(true, 'freehold', '')")

    def connect(self) -> Any:
        """Without the driver's own implicit BEGIN."""
        return self.module.connect(self._url, autocommit=True)

    def statement(self, sql: str) -> str:
        """With `%(name)s` for `:name`."""
        return _pyformat(sql)


@lru_cache(maxsize=4096)
def _pyformat(sql: str) -> str:
    return re.sub(r"(?<![:\w]):([A-Za-z_]\w*)", r"%(\1)s", sql.replace("%", "%%"))


class Connections:
    """Lends connections, the one last used first; whoever finds all of them lent waits."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._idle: deque[Any] = deque()
        self._seats = BoundedSemaphore(driver.size)

    @contextmanager
    def transaction(self, begin: str) -> Iterator[Any]:
        """A connection in a transaction that commits when the block ends and rolls back when it raises."""
        with self._seat():
            connection = self._begun(begin)
            try:
                yield connection
                connection.commit()
            except BaseException:
                self._abandon(connection)
                raise
            self._idle.append(connection)

    @contextmanager
    def _seat(self) -> Iterator[None]:
        if not self._seats.acquire(timeout=PATIENCE_S):
            raise self.driver.module.OperationalError("All connections to the database are in use.")
        try:
            yield
        finally:
            self._seats.release()

    def close(self) -> None:
        """Close what nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _begun(self, begin: str) -> Any:
        """A kept connection to a server that was restarted is dead: `begin` finds out, and the next is tried."""
        while (connection := self._kept()) is not None:
            try:
                connection.execute(begin)
            except self.driver.module.OperationalError:
                connection.close()
                if not self.driver.remote:
                    raise
            else:
                return connection
        connection = self.driver.connect()
        try:
            connection.execute(begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def _kept(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _abandon(self, connection: Any) -> None:
        try:
            connection.rollback()
        except self.driver.module.Error:
            connection.close()  # which rolls back, too
        else:
            self._idle.append(connection)
