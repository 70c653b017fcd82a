"""The audit trail: lines belong to their transactions, and to one chain."""

import json
import sqlite3

import psycopg
import pytest

from freehold.base.errors import Invalid
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import adopt, namespace_of, record
from freehold.core.accounts.trail.chain import Chain


def lines(db):
    with db.read() as tx:
        return tx.all("SELECT * FROM accounts_audit ORDER BY seq")


def test_a_line_belongs_to_its_transaction(db):
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        record(tx, SYSTEM, "repo.create", "alice/birds")
        _ = 1 / 0
    with db.write() as tx:
        record(tx, SYSTEM, "repo.move", "alice/birds", to="alice/fish")
    [row] = lines(db)
    assert (row.seq, row.actor_name, row.action, row.subject, json.loads(row.detail)) == (
        1, "freehold", "repo.move", "alice/birds", {"to": "alice/fish"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "namespace"),
    [("alice", "alice"), ("Alice/Birds", "alice"), ("datasets/acme/x", "acme"), ("buckets/acme/y", "acme"),
     ("datasets", "datasets"), ("acme/a-title-0123", "acme"), ("", "")],
)  # fmt: skip
def test_a_line_belongs_to_the_namespace_of_its_subject(subject, namespace):
    assert namespace_of(subject) == namespace


def test_lines_of_one_transaction_stand_together_and_in_order(db):
    for name in ("birds", "fish"):
        with db.write() as tx:
            record(tx, SYSTEM, "repo.create", f"alice/{name}")
            record(tx, SYSTEM, "repo.like", f"alice/{name}")
    assert [row.action for row in lines(db)] == ["repo.create", "repo.like"] * 2
    assert Chain(db, bytes(32)).verify().size == 4


def test_the_whereabouts_of_people_are_kept_apart(db):
    with db.write() as tx:
        record(tx, SYSTEM, "session.open", "alice", address="192.0.2.7", user_agent="Lynx", way="password")
        record(tx, SYSTEM, "session.open", "alice", address="", user_agent="")
    with_personal, without = lines(db)
    assert json.loads(with_personal.personal) == {"address": "192.0.2.7", "user_agent": "Lynx"}
    assert with_personal.detail == '{"way":"password"}'
    assert (without.personal, without.salt, without.personal_hash) == (None, None, "")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_audit WHERE seq = 1",
        "UPDATE accounts_audit SET actor_name = 'mallory' WHERE seq = 1",
        'UPDATE accounts_audit SET personal = \'{"address":"::1"}\' WHERE seq = 1',
        "UPDATE accounts_audit SET personal = NULL, salt = NULL, hash = '' WHERE seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_a_line(db, statement):
    with db.write() as tx:
        record(tx, SYSTEM, "session.open", "alice", address="192.0.2.7")
    before = lines(db)
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="never"), db.write() as tx:
        tx.run(statement)
    assert lines(db) == before


def test_lines_from_before_the_chain_are_adopted_once(db):
    with db.write() as tx:
        for number in (2, 1):
            tx.run(
                "INSERT INTO accounts_audit_before (id, at, actor_id, actor_name, action, subject, detail)"
                " VALUES (:id, :at, NULL, 'freehold', 'user.add', 'alice', :detail)",
                id=str(number), at=number, detail='{"admin": true}',
            )  # fmt: skip
    for _ in range(2):
        adopt(db)
    assert [(row.action, row.detail) for row in lines(db)] == [
        ("user.add", '{"admin":true}'), ("user.add", '{"admin":true}'), ("audit.begin", '{"adopted":2}'),
    ]  # fmt: skip
    assert [row.at for row in lines(db)][:2] == [1, 2]
    assert Chain(db, bytes(32)).verify().size == 3


def test_a_line_that_cannot_be_kept_is_refused_with_its_change(db):
    if db.is_sqlite:
        pytest.skip("SQLite keeps a NUL")
    with pytest.raises(Invalid, match="NUL"), db.write() as tx:
        tx.run("INSERT INTO accounts_secret (name, value, created_at) VALUES ('a', 'b', 1)")
        record(tx, SYSTEM, "repo.create", "alice/\0birds")
    with db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_secret WHERE name = 'a'") == 0
    assert lines(db) == []
