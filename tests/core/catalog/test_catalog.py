"""Lists show what the actor may see, in order, page by page, and are right at once after a commit."""

from pathlib import Path

import pytest

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.catalog import rows
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.query import Query, Sort
from freehold.core.facts.facts import Facts
from freehold.stores.db import database
from freehold.stores.db.database import Database
from tests.core.catalog.shelf import Shelf
from tests.kit.databases import migrate_before

ALICE = Actor("a" * 24, "alice", may_write=True)
CAROL = Actor("c" * 24, "carol", may_write=True)


@pytest.fixture
def shelf(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/hub.db")
    db.migrate()
    yield Shelf(db)
    db.close()


@pytest.fixture
def catalog(shelf, tmp_path):
    catalog = Catalog(shelf.db, shelf, Facts(shelf.db), folder=tmp_path / "search")
    yield catalog
    catalog.close()


def names(catalog, actor=ANONYMOUS, kind=RepoKind.MODEL, **query):
    return [line.repo.name for line in catalog.list(actor, kind, Query(**query))]


def test_newest_first_by_either_date(shelf, catalog):
    shelf.put("old", at=1)
    shelf.put("new", at=2)
    shelf.put("old", at=3)
    assert names(catalog) == ["old", "new"]
    assert names(catalog, sort=Sort.CREATED_AT) == ["new", "old"]


def test_private_repositories_are_listed_only_for_their_people(shelf, catalog):
    shelf.put("secret", visibility="private")
    assert names(catalog) == []
    assert names(catalog, CAROL) == []
    assert names(catalog, ALICE) == ["secret"]


def test_kinds_authors_and_words_narrow_the_list(shelf, catalog):
    shelf.put("birds-base")
    shelf.put("BIRDS_large")
    shelf.put("cats", namespace="acme")
    shelf.put("songs", kind=RepoKind.DATASET)
    assert sorted(names(catalog)) == ["BIRDS_large", "birds-base", "cats"]
    assert names(catalog, author="Acme") == ["cats"]
    assert names(catalog, search=("birds", "LARGE")) == ["BIRDS_large"]
    assert names(catalog, search=("s_l",)) == ["BIRDS_large"]
    assert names(catalog, search=("%",)) == []
    assert names(catalog, kind=RepoKind.DATASET) == ["songs"]


def test_tags_and_tasks_filter_at_once_without_any_job(shelf, catalog):
    shelf.put("mine", files={"README.md": b"---\ntags: [bird]\npipeline_tag: robotics\n---\n"})
    shelf.put("other", files={"README.md": b"---\ntags: [cat]\n---\n"})
    assert names(catalog, tags=("bird",)) == ["mine"]
    assert names(catalog, tags=("bird", "cat")) == []
    assert names(catalog, pipeline_tag="robotics") == ["mine"]
    shelf.put("other", at=11, files={"README.md": b"---\ntags: [bird]\n---\n"})
    assert names(catalog, tags=("bird",)) == ["other", "mine"]
    assert names(catalog, tags=("cat",)) == []


def test_pages_follow_each_other_while_others_write(shelf, catalog):
    for number in range(10):
        shelf.put(f"r{number}", at=5 if number < 5 else number)
    first = catalog.list(ANONYMOUS, RepoKind.MODEL, Query(limit=4))
    shelf.put("newcomer", at=100)
    rest = catalog.list(ANONYMOUS, RepoKind.MODEL, Query(limit=100, after=first[-1].cursor))
    seen = [line.repo.name for line in [*first, *rest]]
    assert sorted(seen) == [f"r{number}" for number in range(10)]


def test_a_filtered_page_is_full_though_lagging_entries_fall_out(shelf, catalog):
    for number in range(9):
        tag = b"yes" if number % 3 == 0 else b"no"
        shelf.put(f"r{number}", at=number + 1, files={"README.md": b"---\ntags: ['" + tag + b"']\n---\n"})
    assert names(catalog, tags=("yes",), limit=2) == ["r6", "r3"]


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".1", "1.a'b", "9" * 30 + ".a", "-1.a"])
def test_it_refuses_a_foreign_cursor(catalog, cursor):
    with pytest.raises(Invalid):
        names(catalog, after=cursor)


def test_an_entry_follows_the_main_branch(shelf, catalog):
    repo = shelf.put("mine")
    reader = shelf.readers[repo.id]
    assert catalog.entry(reader).commit is None
    reader.files = {"README.md": b"---\nlicense: mit\n---\n"}
    assert catalog.entry(reader).tags == ["license:mit"]
    assert catalog.entry(reader).card == {"license": "mit"}


def test_the_job_keeps_entries_and_drops_those_of_gone_repositories(shelf, catalog):
    repo = shelf.put("mine", files={"README.md": b"---\ntags: [a]\n---\n"})
    catalog.landed({"repo_id": repo.id})
    with shelf.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM catalog_tag") == 1
    del shelf.readers[repo.id]
    catalog.landed({"repo_id": repo.id})
    with shelf.db.read() as tx:
        for table in ("catalog_tag", "catalog_text", "catalog_entry", "facts_fact"):
            assert tx.scalar(f"SELECT count(*) FROM {table}") == 0


def test_an_older_hubs_tags_become_edges(tmp_path):
    script = Path(database.__file__).parent / "migrations" / "0039_catalog_lineage.sql"
    insert = script.read_text("utf-8").partition("INSERT INTO")[2].partition(";")[0]
    db = Database(f"sqlite:///{tmp_path}/hub.db")
    migrate_before(db, "0046")
    tags = ("base_model:Acme/Egg", "base_model:adapter:Acme/Egg", "base_model:merge:a/b", "birds")
    with db.write() as tx:
        for position, tag in enumerate(tags):
            tx.run("INSERT INTO catalog_tag (repo_id, tag, position) VALUES ('r', :tag, :at)", tag=tag, at=position)
        tx.run("INSERT INTO" + insert)
        rows = tx.all("SELECT base, address, relation FROM catalog_lineage ORDER BY position")
        assert [tuple(row) for row in rows] == [
            ("Acme/Egg", "model:acme/egg", "adapter"),
            ("a/b", "model:a/b", "merge"),
        ]
    db.close()


@pytest.mark.parametrize("kept_in", ["sqlite", "postgres"])
def test_an_older_hubs_entries_keep_their_tags_and_texts(request, tmp_path, kept_in):
    at_postgres = kept_in == "postgres"
    db = Database(request.getfixturevalue("postgres").fresh() if at_postgres else f"sqlite:///{tmp_path}/hub.db")
    migrate_before(db, "0046")
    with db.write() as tx:
        for name, body in (("r", "Hoots at night."), ("s", "")):
            tx.run(
                "INSERT INTO catalog_entry (repo_id, commit_oid, memory, safety, updated_at, body)"
                " VALUES (:id, 'c', 5, 'no-code', 7, :body)", id=name, body=body,
            )  # fmt: skip
            tx.run("INSERT INTO catalog_use (repo_id, kind, likes, recent) VALUES (:id, 'model', 1, 2)", id=name)
        for place, tag in enumerate(("owls", "license:mit", "birds")):
            tx.run("INSERT INTO catalog_tag (repo_id, tag, position) VALUES ('r', :tag, :at)", tag=tag, at=place)
        tx.run("DELETE FROM catalog_change")
    db.migrate()
    with db.write() as tx:
        entry, other = rows.entry_of(tx, "r"), rows.entry_of(tx, "s")
        assert (rows.read_entry(entry).tags, entry.body) == (["owls", "license:mit", "birds"], "Hoots at night.")
        assert (rows.read_entry(other).tags, other.body) == ([], "")
        assert (entry.memory, entry.safety, entry.updated_at) == (5, "no-code", 7)
        assert tx.scalar("SELECT count(*) FROM catalog_tag") == 3
        assert tx.scalar("SELECT count(*) FROM catalog_change") == 0
        tx.run("UPDATE catalog_entry SET commit_oid = 'd' WHERE repo_id = 'r'")
        tx.run("UPDATE catalog_use SET likes = 2 WHERE repo_id = 's'")
        assert tx.scalar("SELECT count(*) FROM catalog_change") == 2
    db.close()
