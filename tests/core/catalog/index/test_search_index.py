"""One writes the index, others read it; it follows changes, and is made anew when it cannot be true."""

import pytest

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort
from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database
from tests.core.catalog.shelf import Shelf

X = {"README.md": b"---\ntags: [x]\n---\nSings at dawn.\n"}


@pytest.fixture(params=["sqlite", "postgres"])
def shelf(request, tmp_path):
    url = f"sqlite:///{tmp_path}/hub.db" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()
    db = Database(url)
    db.migrate()
    yield Shelf(db)
    db.close()


@pytest.fixture
def open_catalog(shelf, tmp_path):
    opened = []

    def again():
        opened.append(Catalog(shelf.db, shelf, Facts(shelf.db), folder=tmp_path / "search"))
        return opened[-1]

    yield again
    for one in opened:
        one.close()


def names(catalog, **query):
    return [line.repo.name for line in catalog.list(ANONYMOUS, RepoKind.MODEL, Query(**{"tags": ("x",), **query}))]


def test_two_processes_share_one_index_and_both_are_right_at_once(shelf, open_catalog):
    one, other = open_catalog(), open_catalog()
    shelf.put("owl", files=X)
    assert names(one) == names(other) == ["owl"]
    assert one.index.keep_up() == 0
    shelf.put("cat", at=11, files=X)
    assert names(other) == names(one) == ["cat", "owl"]
    assert one.index.keep_up() + other.index.keep_up() == 1
    assert names(other) == names(one) == ["cat", "owl"]
    one.close()
    shelf.put("bat", at=12, files=X)
    assert other.index.keep_up() == 1


def test_more_changes_than_are_looked_at_are_brought_in(shelf, open_catalog):
    catalog = open_catalog()
    shelf.put("first", files=X)
    assert names(catalog) == ["first"]
    for number in range(130):
        shelf.put(f"r{number}", at=20 + number, files=X)
    assert len(names(catalog, limit=500)) == 131
    assert catalog.index.keep_up() == 0


def test_what_is_closed_is_neither_shown_nor_counted_from_then_on(shelf, open_catalog):
    catalog = open_catalog()
    shelf.put("owl", files=X)
    assert catalog.count(ANONYMOUS, RepoKind.MODEL, Query()).total == 1
    shelf.put("owl", at=11, files=X, visibility="private")
    assert names(catalog) == []
    assert catalog.count(ANONYMOUS, RepoKind.MODEL, Query()).total == 0
    assert names(catalog, tags=(), words=("dawn",), sort=Sort.BEST) == []


def test_an_index_that_knows_of_the_future_is_made_anew(shelf, open_catalog):
    catalog = open_catalog()
    shelf.put("owl", files=X)
    assert names(catalog) == ["owl"]
    catalog.index.keep_up()
    catalog.close()
    with shelf.db.write() as tx:  # as a database that was restored from a backup has it
        tx.run("DELETE FROM repos_repo")
        tx.run("DELETE FROM catalog_change")
    if shelf.db.is_sqlite:
        assert names(open_catalog()) == []


def test_a_lost_folder_is_made_anew(shelf, open_catalog, tmp_path):
    catalog = open_catalog()
    shelf.put("owl", files=X)
    assert names(catalog) == ["owl"]
    for file in (tmp_path / "search").glob("current"):
        file.unlink()
    assert names(catalog) == ["owl"]
