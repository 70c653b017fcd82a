"""The database: transactions end whole or not at all, and its failures speak the hub's words."""

import threading

import pytest

from freehold.base.errors import Conflict, Invalid
from freehold.stores.db.database import Database

ROW = "INSERT INTO accounts_secret (name, value, created_at) VALUES (:name, '0', 0)"


def test_it_migrates_once_however_often_it_is_asked(db: Database):
    db.migrate()
    with db.read() as tx:
        names = [row.name for row in tx.all("SELECT name FROM db_migration ORDER BY name")]
    assert names[0] == "0001_accounts" and len(names) == len(set(names))


def test_a_transaction_that_raises_leaves_nothing(db: Database):
    with pytest.raises(RuntimeError), db.write() as tx:
        tx.run(ROW, name="key")
        raise RuntimeError
    with db.read() as tx:
        assert tx.scalar("SELECT COUNT(*) FROM accounts_secret WHERE name = 'key'") == 0


def test_it_calls_a_lost_race_a_conflict(db: Database):
    with db.write() as tx:
        tx.run(ROW, name="key")
    with pytest.raises(Conflict), db.write() as tx:
        tx.run(ROW, name="key")


def test_writers_of_many_threads_all_get_their_turn(db: Database):
    with db.write() as tx:
        tx.run(ROW, name="n")

    def add_ones():
        for _ in range(5):
            with db.write() as tx:
                lock = "" if db.is_sqlite else " FOR UPDATE"
                value = tx.scalar(f"SELECT value FROM accounts_secret WHERE name = 'n'{lock}")
                tx.run("UPDATE accounts_secret SET value = :value WHERE name = 'n'", value=str(int(value) + 1))

    threads = [threading.Thread(target=add_ones) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        assert tx.scalar("SELECT value FROM accounts_secret WHERE name = 'n'") == "80"


def test_it_asks_for_many_values_in_portions(db: Database):
    with db.write() as tx:
        tx.many(ROW, [{"name": f"k{n}"} for n in range(1201)])
    with db.read() as tx:
        found = tx.within("SELECT name FROM accounts_secret WHERE name IN :values", [f"k{n}" for n in range(2000)])
    assert len(found) == 1201


def test_connections_are_usable_after_an_error(db: Database):
    with db.write() as tx:
        tx.run(ROW, name="key")
    for _ in range(3):
        with pytest.raises(Conflict), db.write() as tx:
            tx.run(ROW, name="other")
            tx.run(ROW, name="key")
    with db.read() as tx:
        assert [row.name for row in tx.all("SELECT name FROM accounts_secret")] == ["key"]


@pytest.mark.services
def test_it_outlives_a_restart_of_the_server(postgres):
    db = Database(postgres.fresh())
    db.migrate()
    with db.read() as tx, db.read() as other:
        own, its = (one.scalar("SELECT pg_backend_pid()") for one in (tx, other))
    with Database(postgres.fresh()).read() as killer:
        killer.run("SELECT pg_terminate_backend(:own), pg_terminate_backend(:its)", own=own, its=its)
    with db.read() as tx:
        assert tx.scalar("SELECT 1") == 1
    db.close()


def test_rows_answer_by_name_and_by_place(db: Database):
    with db.write() as tx:
        tx.run(ROW, name="key")
    with db.read() as tx:
        row = tx.first("SELECT name, COUNT(*) FROM accounts_secret WHERE name LIKE 'k%' AND name = :name GROUP BY name",
                       name="key")  # fmt: skip
        assert tx.first("SELECT name FROM accounts_secret WHERE name = :name", name="nothing") is None
    assert (row.name, row[1]) == ("key", 1)


def test_a_read_sees_one_moment(db: Database):
    count = "SELECT count(*) FROM accounts_secret"
    with db.read() as reading:
        before = reading.scalar(count)
        with db.write() as tx:
            tx.run(ROW, name="meanwhile")
        assert reading.scalar(count) == before
    with db.read() as reading:
        assert reading.scalar(count) == before + 1


@pytest.mark.services
def test_it_refuses_a_text_that_postgresql_cannot_keep(postgres):
    database = Database(postgres.fresh())
    with pytest.raises(Invalid), database.read() as tx:
        tx.scalar("SELECT :text", text="birds\0")
    database.close()


def test_those_who_come_for_the_same_take_turns(db: Database):
    """Without a turn, each would look before any of the others has written."""
    met = []

    def look_then_write():
        with db.write() as tx:
            tx.take_turn("the door")
            if tx.first("SELECT 1 FROM accounts_secret WHERE name LIKE 'door%'") is None:
                tx.run(ROW, name=f"door{threading.get_ident()}")
            else:
                met.append(True)

    threads = [threading.Thread(target=look_then_write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(met) == 7
