"""What the audit costs: small changes a second by many writers at once, with a line of the audit each and without.

    python -m bench.audit postgres sqlite

PostgreSQL is started for it, durable; writers are threads of two processes, each change is one transaction.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.accounts.trail.chain import Chain
from freehold.stores.db.database import Database
from tests.kit.databases import Postgres

SECONDS = 6.0
WRITERS = 50
PROCESSES = 2
ROUNDS = 3


def main() -> None:
    """Measure each kind of database that is named."""
    for kind in sys.argv[1:] or ["sqlite", "postgres"]:
        with database(kind) as url:
            for number in range(ROUNDS):
                rates = {lines: changes_a_second(url, lines=lines) for lines in (0, 1)}
                print(f"{kind}, round {number + 1}: {rates[0]:.0f}/s without, {rates[1]:.0f}/s with a line", flush=True)
            db = Database(url)
            print(f"{kind}: the chain holds with {Chain(db, bytes(32)).verify().size} lines", flush=True)
            db.close()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """A fresh one with the schema and a table to write to."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(durable=True) if kind == "postgres" else None
        url = server.fresh() if server else f"sqlite:///{Path(folder) / 'hub.sqlite'}"
        db = Database(url)
        db.migrate()
        with db.write() as tx:
            tx.run("CREATE TABLE bench_thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL)")
        db.close()
        try:
            yield url
        finally:
            if server:
                server.stop()


def changes_a_second(url: str, *, lines: int) -> float:
    """By all writers together."""
    spawn = get_context("spawn")
    go, counts = spawn.Event(), spawn.Queue()
    started = [
        spawn.Process(target=_write, args=(url, lines, WRITERS // PROCESSES, go, counts)) for _ in range(PROCESSES)
    ]
    for one in started:
        one.start()
    for _ in started:
        counts.get()  # ready
    go.set()
    done = sum(counts.get() for _ in started)
    for one in started:
        one.join()
    return done / SECONDS


def _write(url: str, lines: int, writers: int, go: Event, counts: "object") -> None:
    db, stamp = Database(url), str(time.monotonic_ns())
    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(lambda n: _change(db, f"warm-{stamp}-{n}", lines), range(writers)))
        counts.put(0)  # type: ignore[attr-defined]
        go.wait()
        ends = time.monotonic() + SECONDS
        counts.put(sum(threads.map(lambda n: _until(db, f"{stamp}-{n}", lines, ends), range(writers))))  # type: ignore[attr-defined]
    db.close()


def _until(db: Database, name: str, lines: int, ends: float) -> int:
    count = 0
    while time.monotonic() < ends:
        _change(db, f"{name}-{count}", lines)
        count += 1
    return count


def _change(db: Database, name: str, lines: int) -> None:
    with db.write() as tx:
        tx.run("INSERT INTO bench_thing (id, n) VALUES (:id, 1)", id=name)
        for _ in range(lines):
            record(tx, SYSTEM, "repo.create", f"alice/{name}", visibility="public")


if __name__ == "__main__":
    main()
