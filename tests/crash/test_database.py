"""PostgreSQL itself crashes while many change things: what was acknowledged is there, and the chain holds."""

import threading
from collections.abc import Iterator

import pytest

from freehold.base.errors import StorageFailed
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record
from freehold.core.accounts.trail.chain import Chain
from freehold.stores.db.database import Database
from tests.crash.test_audit import wait_for
from tests.kit.databases import Postgres

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

CRASHES = 5
WRITERS = 12


@pytest.fixture
def server() -> Iterator[Postgres]:
    made = Postgres(durable=True)
    yield made
    made.stop()


def change_until_the_end(db: Database, name: str, acknowledged: set[str]) -> None:
    for number in range(100_000):
        try:
            with db.write() as tx:
                record(tx, SYSTEM, "repo.create", f"{name}-{number}")
        except StorageFailed:
            return
        acknowledged.add(f"{name}-{number}")


def test_a_crash_of_the_database_loses_nothing_that_was_acknowledged(server: Postgres) -> None:
    url, acknowledged = server.fresh(), set[str]()
    Database(url).migrate()
    for crash in range(CRASHES):
        db = Database(url)
        threads = [
            threading.Thread(target=change_until_the_end, args=(db, f"{crash}-{number}", acknowledged))
            for number in range(WRITERS)
        ]
        for one in threads:
            one.start()
        enough = len(acknowledged) + 100
        wait_for(lambda enough=enough: len(acknowledged) >= enough)
        server.crash()
        for one in threads:
            one.join(60)
        db.close()
        server.start()
        look(url, acknowledged)


def look(url: str, acknowledged: set[str]) -> None:
    db = Database(url)
    Chain(db, bytes(32)).verify()
    with db.read() as tx:
        there = {row.subject for row in tx.all("SELECT subject FROM accounts_audit")}
    db.close()
    assert acknowledged <= there, "something acknowledged is lost"
