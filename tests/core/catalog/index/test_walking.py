"""However a search is cut into portions, it finds what sorting everything would."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.catalog import rows
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.counts import Reach
from freehold.core.catalog.index.search_index import SearchIndex
from freehold.core.catalog.index.view import View
from freehold.core.catalog.index.walking import Pace, Tiers
from freehold.core.catalog.matching import Record, matches, place_of
from freehold.core.catalog.query import Place, Query, Sort
from freehold.core.catalog.records import Records, read
from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database
from tests.core.catalog.shelf import Shelf

ADMIN = Actor("d" * 24, "admin", is_admin=True)
DAY = 86_400_000_000
NARROWED = (Query(), Query(tags=("x",)), Query(search=("bird",)), Query(words=("bird",)), Query(words=("brid", "song")))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Ninety models: few of them used much, most not at all, some private."""
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('walking')}/hub.db")
    db.migrate()
    shelf, random = Shelf(db), Random(7)
    for number in range(90):
        text = f"---\ntags: [{random.choice('xy')}]\n---\n{random.choice(('birds', 'songs of birds', 'owls'))}"
        name = f"{random.choice(('bird', 'song', 'birdsong', 'brid', 'owl'))}-{number}"
        visibility = random.choice(("public", "public", "private"))
        at = random.choice((5, DAY, DAY + 1, 40 * DAY, 41 * DAY))
        repo = shelf.put(name, at=at, files={"README.md": text.encode()}, visibility=visibility)
        with db.write() as tx:
            tx.run(
                "INSERT INTO catalog_use (repo_id, kind, likes, recent, trend)"
                " VALUES (:id, 'model', :likes, :recent, 7)",
                id=repo.id, likes=random.choice((0, 0, 0, 1, 17, 18, 400)), recent=random.choice((0, 3, 3, 900, 10**6)),
            )  # fmt: skip
    yield shelf
    db.close()


@pytest.fixture(scope="module")
def records(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Records:
    catalog = Catalog(shelf.db, shelf, Facts(shelf.db), folder=tmp_path_factory.mktemp("unused"))
    return Records(shelf.db, catalog.refreshed)


@pytest.fixture(scope="module", params=[Pace(1, 2, 0), Pace(3, 20, 0), Pace(10, 40, 30), Pace()], ids=str)
def view(
    request: pytest.FixtureRequest, shelf: Shelf, records: Records, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[View]:
    index = SearchIndex(shelf.db, tmp_path_factory.mktemp("index"), records, request.param)
    index.build()
    view = index.view()
    assert view is not None
    yield view
    index.close()


@pytest.mark.parametrize("actor", [ANONYMOUS, ADMIN], ids=lambda actor: actor.name)
@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", NARROWED, ids=lambda query: " ".join((*query.tags, *query.search, *query.words)))
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_are_those_of_the_sorted_whole(
    view: View, shelf: Shelf, records: Records, actor: Actor, sort: Sort, query: Query, limit: int
) -> None:
    asked = replace(query, sort=sort)
    reach = Reach(everything=True) if actor.is_admin else Reach()
    with shelf.db.read() as tx:
        found = read(rows.of_ids(tx, actor, [*shelf.readers], texts=True))
    fitting = [one for one in records.fresh(found) if matches(one, asked)]
    assert [*chain.from_iterable(_pages(view, reach, asked, limit))] == _sorted(fitting, asked)


def _pages(view: View, reach: Reach, query: Query, limit: int) -> Iterator[Sequence[Place]]:
    after: Place | None = None
    while page := view.page(reach, RepoKind.MODEL, query, after, limit):
        yield page
        after = page[-1]


def _sorted(records: Sequence[Record], query: Query) -> list[Place]:
    return sorted((place_of(one, query) for one in records), key=lambda place: place.key)


sizes = st.dictionaries(st.integers(0, 30), st.integers(1, 9), min_size=1, max_size=12)


@given(sizes=sizes, first=st.integers(0, 30), top=st.integers(0, 30), portion=st.integers(1, 40))
def test_a_portion_downwards_is_as_large_as_asked_and_no_larger(sizes, first, top, portion):
    begin = Tiers.of(sizes).down(first, top, portion)
    held = {tier: count for tier, count in sizes.items() if tier <= top}
    if begin is None:
        assert sum(count for tier, count in held.items() if tier > first) < portion
    else:
        assert begin > first
        assert sum(count for tier, count in held.items() if tier >= begin) >= portion
        assert sum(count for tier, count in held.items() if tier > begin) < portion


@given(sizes=sizes, first=st.none() | st.integers(0, 30), portion=st.integers(1, 40))
def test_and_so_is_one_upwards(sizes, first, portion):
    end = Tiers.of(sizes).up(first, portion)
    held = {tier: count for tier, count in sizes.items() if first is None or tier >= first}
    if end is None:
        assert sum(held.values()) < portion
    else:
        assert sum(count for tier, count in held.items() if tier <= end) >= portion
        assert sum(count for tier, count in held.items() if tier < end) < portion
