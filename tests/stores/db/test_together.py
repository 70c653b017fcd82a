"""Small writes of many threads share transactions, and each waits for its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from freehold.base.errors import Invalid
from freehold.stores.db.together import Together

ROW = "INSERT INTO accounts_secret (name, value, created_at) VALUES (:name, '0', 0)"


def names(db):
    with db.read() as tx:
        return {row.name for row in tx.all("SELECT name FROM accounts_secret")}


def test_whoever_returns_has_written_and_few_transactions_did_it(db):
    transactions = []

    def write(tx, items):
        transactions.append(list(items))
        for item in items:
            tx.run(ROW, name=item)

    together = Together(db, write)

    def one(number):
        together.add(f"n{number}")
        return f"n{number}" in names(db)

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(one, range(200)))
    assert sorted(item for items in transactions for item in items) == sorted(f"n{n}" for n in range(200))
    assert len(transactions) < 200


def test_what_fails_fails_for_all_who_shared_it_and_for_nobody_later(db):
    begun, go_on = Event(), Event()

    def write(tx, items):
        for item in items:
            tx.run(ROW, name=item)
        if items == ["first"]:
            begun.set()
            go_on.wait(10)
        if "bad" in items:
            raise Invalid("no")

    together = Together(db, write)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(together.add, "first")
        begun.wait(10)
        second, third = threads.submit(together.add, "bad"), threads.submit(together.add, "good")
        while len(together._open.items) < 2:
            pass
        go_on.set()
        first.result()
        for shared in (second, third):
            with pytest.raises(Invalid):
                shared.result()
    together.add("later")
    assert names(db) == {"first", "later"}
