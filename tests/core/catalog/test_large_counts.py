"""Counts of much are those of looking at each, whichever way they are counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.ids import RepoKind
from freehold.core.catalog import rows
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.counts import Counts, Reach
from freehold.core.catalog.facets import of_kind
from freehold.core.catalog.index.view import View
from freehold.core.catalog.large_counts import LargeCounts
from freehold.core.catalog.matching import Record, matches, values
from freehold.core.catalog.query import Query
from freehold.core.catalog.records import read
from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database
from tests.core.catalog.index.test_conformance import ALICE, CARDS, NAMES, narrowed
from tests.core.catalog.shelf import Shelf


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalog, Shelf]]:
    with stocked(tmp_path_factory.mktemp("counted")) as stock:
        yield stock


@contextmanager
def stocked(folder: Path) -> Iterator[tuple[Catalog, Shelf]]:
    """Ten models, with every card among them; two are closed."""
    db = Database(f"sqlite:///{folder}/hub.db")
    db.migrate()
    shelf = Shelf(db)
    for number, name in enumerate(NAMES):
        card, visibility = CARDS[number % len(CARDS)], "public" if number % 5 else "private"
        shelf.put(name, at=number, files={"README.md": card}, visibility=visibility)
    catalog = Catalog(db, shelf, Facts(db), folder=folder / "index")
    catalog.index.build()
    yield catalog, shelf
    catalog.close()
    db.close()


@pytest.fixture(scope="module")
def view(stock: tuple[Catalog, Shelf]) -> View:
    view = stock[0].index.view()
    assert view is not None
    return view


@pytest.fixture(scope="module")
def records(stock: tuple[Catalog, Shelf]) -> list[Record]:
    """What there is, by plain reading."""
    _, shelf = stock
    with shelf.db.read() as tx:
        return [record for _, record in read(rows.of_ids(tx, ALICE, [*shelf.readers], texts=True))]


def looked_at(records: list[Record], query: Query, *, everything: bool) -> Counts:
    found = [one for one in records if matches(one, query) and (everything or one.repo.visibility == "public")]
    return Counts(
        len(found),
        {facet.name: Counter(v for one in found for v in values(one, facet.name)) for facet in of_kind(RepoKind.MODEL)},
    )


@settings(deadline=None)
@given(query=narrowed, everything=st.booleans())
def test_what_fits_is_the_whole_without_what_does_not(view, records, query, everything):
    reach = Reach(everything=everything)
    whole, rest = (view.count(reach, RepoKind.MODEL, Query()), view.count_rest(reach, RepoKind.MODEL, query))
    assert whole.less(rest) == looked_at(records, query, everything=everything)


@settings(deadline=None)
@given(query=narrowed, everything=st.booleans(), exact_to=st.integers(0, 12))
def test_it_is_the_same_wherever_much_begins(view, records, query, everything, exact_to):
    found = LargeCounts(exact_to).of(view, Reach(everything=everything), RepoKind.MODEL, query)
    assert found == looked_at(records, query, everything=everything)


@pytest.mark.parametrize(("exact_to", "then"), [(5, 8), (20, 9)])
def test_much_is_counted_again_only_after_a_while(tmp_path, exact_to, then):
    counts = LargeCounts(exact_to)
    with stocked(tmp_path) as (catalog, shelf):
        assert counts.of(catalog.index.view(), Reach(), RepoKind.MODEL, Query()).total == 8
        shelf.put("late", at=100)
        catalog.index.keep_up()
        assert counts.of(catalog.index.view(), Reach(), RepoKind.MODEL, Query()).total == then
