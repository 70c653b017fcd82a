"""The index finds, orders and counts what plain reading of the rows does, whatever is written in between."""

from collections import Counter
from dataclasses import replace
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.catalog import rows
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.facets import of_kind
from freehold.core.catalog.matching import matches, place_of, values
from freehold.core.catalog.query import Query, Sort, Span
from freehold.core.catalog.records import read
from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database
from tests.core.catalog.shelf import Shelf

ALICE = Actor("a" * 24, "alice", may_write=True)
ADMIN = Actor("d" * 24, "admin", is_admin=True, may_write=True)
NAMES = ("bert-base", "bert-large", "BERTs", "tiny_bird", "birds", "owl-7b", "owl.13b", "a", "ab", "bird-songs")
CARDS = tuple(
    f"---\n{head}\n---\n{text}".encode()
    for head in ("tags: [x]", "license: mit\ntags: [x, y]", "pipeline_tag: robotics\nlanguage: [en, fr]", "a: b")
    for text in ("", "A model of birds and their songs.", "owls, trained on BERT")
)
WORDS = ("bird", "birds", "brid", "bert", "owl", "base", "7b", "a", "b", "ert-l", "songs", "x", "nothing", "alice/b")

narrowed = st.builds(
    Query,
    author=st.sampled_from(("", "", "alice", "ACME")),
    search=st.sampled_from(((), (), *((word,) for word in WORDS))),
    words=st.sampled_from(((), (), *((word,) for word in WORDS), ("bird", "song"), ("bert", "base"))),
    tags=st.sampled_from(((), (), ("x",), ("x", "y"))),
    pipeline_tag=st.sampled_from(("", "", "robotics")),
    facets=st.sampled_from(((), (), (("license", "mit"),), (("language", "fr"), ("gate", "open")), (("no", "no"),))),
    parameters=st.sampled_from((None, None, None, Span(1, 10))),
    gated=st.sampled_from((None, None, False)),
    sort=st.sampled_from(Sort),
    limit=st.integers(1, 7),
)
whole = st.builds(Query, sort=st.sampled_from(Sort), limit=st.integers(1, 7))
queries = st.one_of(narrowed, narrowed, narrowed, whole)


class Writers(RuleBasedStateMachine):
    """Somebody writes and feeds the index as it happens; after every step it is compared with the rows."""

    @initialize()
    def begin(self):
        self.folder = TemporaryDirectory()
        self.db = Database(f"sqlite:///{self.folder.name}/hub.db")
        self.db.migrate()
        self.shelf = Shelf(self.db)
        self.catalog = Catalog(self.db, self.shelf, Facts(self.db), folder=self.shelf_folder)
        self.time = 10
        for name in NAMES:
            self.shelf.put(name, at=self.time)

    @property
    def shelf_folder(self):
        from pathlib import Path

        return Path(self.folder.name) / "search"

    @rule(
        name=st.sampled_from(NAMES),
        card=st.sampled_from(CARDS),
        namespace=st.sampled_from(("alice", "acme")),
        visibility=st.sampled_from(("public", "public", "private")),
        same=st.booleans(),
    )
    def write(self, name, card, namespace, visibility, same):
        self.time += 0 if same else 1
        self.shelf.put(name, at=self.time, files={"README.md": card}, namespace=namespace, visibility=visibility)

    @rule(name=st.sampled_from(NAMES), likes=st.integers(0, 40), recent=st.sampled_from((0, 3, 17, 18, 5000)))
    def use(self, name, likes, recent):
        repo_id = next(one.repo.id for one in self.shelf.readers.values() if one.repo.name == name)
        with self.db.write() as tx:
            tx.run("DELETE FROM catalog_use WHERE repo_id = :id", id=repo_id)
            tx.run(
                "INSERT INTO catalog_use (repo_id, kind, likes, recent, trend)"
                " VALUES (:id, 'model', :likes, :recent, 7)",
                id=repo_id, likes=likes, recent=recent,
            )  # fmt: skip

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name):
        reader = next((one for one in self.shelf.readers.values() if one.repo.name == name), None)
        if len(self.shelf.readers) > 3 and reader is not None:
            with self.db.write() as tx:
                tx.run("DELETE FROM repos_repo WHERE id = :id", id=reader.repo.id)
            self.catalog.forget(reader.repo.id)
            self.shelf.put(f"{name}", at=self.time)

    @rule()
    def feed(self):
        self.catalog.index.keep_up()

    @rule()
    def rebuild(self):
        self.catalog.index.build()

    @rule(query=queries, actor=st.sampled_from((ANONYMOUS, ALICE, ADMIN)))
    def look(self, query, actor):
        expected = self.expected(actor, query)
        found, after = [], ""
        while page := self.catalog.list(actor, RepoKind.MODEL, replace(query, after=after)):
            assert len(page) <= query.limit
            found += [line.repo.id for line in page]
            after = page[-1].cursor
        assert found == [one.repo.id for one in expected], (query, self.names(found), self.names(expected))

    @rule(query=queries, actor=st.sampled_from((ANONYMOUS, ALICE, ADMIN)))
    def count(self, query, actor):
        expected = self.expected(actor, query)
        counts = self.catalog.count(actor, RepoKind.MODEL, query)
        assert counts.total == len(expected)
        for facet in of_kind(RepoKind.MODEL):
            assert counts.facets[facet.name] == Counter(v for one in expected for v in values(one, facet.name))

    def expected(self, actor, query):
        with self.db.read() as tx:
            ids = [row.id for row in tx.all("SELECT id FROM repos_repo ORDER BY id")]
        self.catalog._finding._records.refresh(ids)
        with self.db.read() as tx:
            records = [record for _, record in read(rows.of_ids(tx, actor, ids, texts=True))]
        return sorted((one for one in records if matches(one, query)), key=lambda one: place_of(one, query).key)

    def names(self, found):
        return [getattr(one, "repo", one) for one in found]

    def teardown(self):
        if hasattr(self, "catalog"):
            self.catalog.close()
            self.db.close()
            self.folder.cleanup()


Writers.TestCase.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestConformance = Writers.TestCase
