"""Fills a database with rows as fast as it takes them: without its triggers, and with its indexes made at the end."""

import time
from collections.abc import Mapping
from typing import Any

from bench.catalogue.synthetic import TABLES, Synthetic
from freehold.stores.db.database import Database


def load(db: Database, made: Synthetic) -> float:
    """All repositories; seconds."""
    began = time.perf_counter()
    if db.is_sqlite:
        _load_sqlite(db, made)
    else:
        _load_postgres(db, made)
    return time.perf_counter() - began


def _load_sqlite(db: Database, made: Synthetic) -> None:
    named = ", ".join(f"'{table}'" for table in TABLES)
    with db.write() as tx:
        rows = tx.all(
            f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({named}) AND sql IS NOT NULL"
            " AND type IN ('index', 'trigger')"
        )
        for row in rows:
            tx.run(f"DROP {row.type} {row.name}")
    for batch in made.batches():
        with db.write() as tx:
            for table, lines in batch.tables.items():
                tx.many(_insert(table, lines[0]), lines) if lines else None
    for row in rows:
        with db.write() as tx:
            tx.run(row.sql)
    with db.write() as tx:
        tx.run("ANALYZE")


def _insert(table: str, line: Mapping[str, Any]) -> str:
    return f"INSERT INTO {table} ({', '.join(line)}) VALUES ({', '.join(f':{name}' for name in line)})"


def _load_postgres(db: Database, made: Synthetic) -> None:
    named = ", ".join(f"'{table}'" for table in TABLES)
    with db.write() as tx:
        indexes = tx.all(
            f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ({named})"
            " AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
        )
        for row in indexes:
            tx.run(f"DROP INDEX {row.indexname}")
        for table in TABLES:
            tx.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for batch in made.batches():
        with db.write() as tx:
            for table, lines in batch.tables.items():
                if lines:
                    columns = ", ".join(lines[0])
                    with tx.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for line in lines:
                            copy.write_row(tuple(line.values()))
    for row in indexes:
        with db.write() as tx:
            tx.run(row.indexdef)
    with db.write() as tx:
        for table in TABLES:
            tx.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        tx.run("ANALYZE")
