"""Children are counted as far as they may be seen, each once, and large numbers only roughly."""

from dataclasses import replace

import pytest

from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.catalog.lineage import MANY, Lineage
from freehold.stores.db.database import Database
from tests.core.facts.reader import A_REPO

CAROL = Actor("c" * 24, "carol", may_write=True)


@pytest.fixture
def db(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/hub.db")
    db.migrate()
    with db.write() as tx:
        _insert(tx, [A_REPO])
    yield db
    db.close()


def _insert(tx, repos):
    tx.many(
        "INSERT INTO repos_repo (id, kind, owner_id, namespace, name, address, visibility, created_at, updated_at)"
        " VALUES (:id, 'model', :owner, 'x', :id, :address, :visibility, 1, 1)",
        [
            {"id": one.id, "owner": one.owner_id, "address": f"model:{one.name}", "visibility": one.visibility}
            for one in repos
        ],
    )


def children(db, number, relation="adapter", *, first=0, bases=("birds",), **changes):
    made = [replace(A_REPO, id=f"{first + n:024x}", name=f"child-{first + n}", **changes) for n in range(number)]
    with db.write() as tx:
        _insert(tx, made)
        tx.many(
            "INSERT INTO catalog_lineage (repo_id, base, address, relation, position)"
            " VALUES (:id, :base, :address, :relation, :position)",
            [
                {"id": one.id, "base": base, "address": f"model:{base}", "relation": relation, "position": position}
                for one in made
                for position, base in enumerate(bases)
            ],
        )


def test_each_kind_is_counted_to_ten_thousand(db):
    children(db, MANY + 10)
    children(db, 3, "merge", first=20_000)
    lineage = Lineage(db)
    assert lineage.counts(ANONYMOUS, A_REPO) == {"adapter": MANY, "merge": 3}
    assert lineage.count(ANONYMOUS, A_REPO) == MANY + 13


def test_what_may_not_be_seen_is_not_counted(db):
    children(db, 2, visibility="private", owner_id="c" * 24)
    children(db, 1, first=10)
    assert Lineage(db).counts(ANONYMOUS, A_REPO) == {"adapter": 1}
    assert Lineage(db).counts(CAROL, A_REPO) == {"adapter": 3}


def test_a_child_that_names_both_addresses_of_its_base_is_one(db):
    with db.write() as tx:
        tx.run("INSERT INTO repos_redirect (address, repo_id, created_at) VALUES ('model:old', :id, 1)", id=A_REPO.id)
    children(db, 2, bases=("birds", "old"))
    children(db, 1, first=10, bases=("old",))
    assert Lineage(db).counts(ANONYMOUS, A_REPO) == {"adapter": 3}
