"""Databases for tests: SQLite in a file, or a real PostgreSQL that a test session starts for itself.

The schema is made once for all tests and copied: to migrate each database would take longer than most tests.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from freehold.stores.db import database as database_module
from freehold.stores.db.database import Database

BINARIES = Path("/usr/lib/postgresql/15/bin")


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_schema(url: str) -> str:
    """The same URL; a database of SQLite that is not there yet is made, with the schema in place."""
    path = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_schema())
    return url


def migrate_before(database: Database, migration: str) -> None:
    """The schema of an older hub, which lacks this migration and what came after; `database.migrate()` brings those."""
    folder = Path(database_module.__file__).parent / "migrations"
    later = [{"name": file.stem} for file in folder.glob("*.sql") if file.stem >= migration]
    with database.write() as tx:
        tx.run("CREATE TABLE db_migration (name TEXT PRIMARY KEY)")
        tx.many("INSERT INTO db_migration (name) VALUES (:name)", later)
    database.migrate()
    with database.write() as tx:
        tx.run("DELETE FROM db_migration WHERE name >= :name", name=migration)


@cache
def _schema() -> bytes:
    with tempfile.TemporaryDirectory(prefix="fh-schema-") as folder:
        path = Path(folder) / "hub.sqlite"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        return path.read_bytes()


class Postgres:
    """A PostgreSQL server in a temporary folder; unless `durable`, it waits for no disk: tests kill hubs, not it."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fh-pg-"))
        self.port = free_port()
        self._count = 0
        self._template = ""
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "--auth=trust", "--username=hub", "--no-sync", "--encoding=UTF8", "--locale=C")
        self._options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._options += "" if durable else " -c fsync=off"
        self.start()

    def start(self) -> None:
        """Begin, or begin again."""
        data = str(self.folder / "data")
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", self._options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        return self._made("template1")

    def with_schema(self) -> str:
        """The URL of a new database with the schema in place and nothing in it."""
        if not self._template:
            url = self.fresh()
            database = Database(url)
            database.migrate()
            database.close()
            self._template = url.rpartition("/")[2]
        return self._made(self._template)

    def _made(self, template: str) -> str:
        self._count += 1
        name = f"hub{self._count}"
        with psycopg.connect(f"postgresql://hub@127.0.0.1:{self.port}/postgres", autocommit=True) as admin:
            admin.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
        return f"postgresql://hub@127.0.0.1:{self.port}/{name}"

    def crash(self) -> None:
        """End the server without a word: what it had not written is lost."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        """End the server and remove its folder."""
        self.crash()
        shutil.rmtree(self.folder)
