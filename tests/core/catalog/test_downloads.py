"""Downloads: counted once a caller, by day, without keeping who it was; and what trends of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.catalog.downloads import AGAIN, DAY, SETTLED
from freehold.core.catalog.query import Query, Sort
from freehold.core.catalog.trending import HELD, worth
from tests.kit.builders import a_dataset, a_model
from tests.kit.hub import TestHub

SECOND = 1_000_000
HERE, THERE = "192.0.2.0/24", "2001:db8::/48"


def fetch(hub: TestHub, repo: RepoId, who: str | None = None, address: str = HERE, path: str = "config.json") -> None:
    hub.rooms.catalog.downloads.note(hub.rooms.repos.reader(hub.actor(who), repo), path, address)


def seen(hub: TestHub, repo: RepoId) -> tuple[int, int]:
    hub.rooms.catalog.downloads.write()
    found = hub.rooms.catalog.popularity(hub.rooms.repos.reader(hub.actor("alice"), repo))
    return found.downloads, found.all_time


def listed(hub: TestHub, sort: Sort) -> list[str]:
    return [one.repo.name for one in hub.rooms.catalog.list(hub.actor("carol"), RepoKind.MODEL, Query(sort=sort))]


def test_each_caller_counts_once_in_five_minutes(hub: TestHub):
    model = a_model(hub)
    for _ in range(3):
        fetch(hub, model)
        fetch(hub, model, "carol")
        fetch(hub, model, address=THERE)
    assert seen(hub, model) == (3, 3)
    fetch(hub, model, "carol")
    assert seen(hub, model) == (3, 3), "also after it has been written"
    hub.clock.advance(AGAIN / SECOND)
    fetch(hub, model, "carol", address=THERE)
    assert seen(hub, model) == (4, 4)


def test_weights_and_cards_do_not_count(hub: TestHub):
    model, data = a_model(hub), a_dataset(hub, "alice/birds")
    fetch(hub, model, path="model.safetensors")
    fetch(hub, data, path="README.md")
    fetch(hub, data, path="train.csv")
    assert (seen(hub, model), seen(hub, data)) == ((0, 0), (1, 1))


def test_after_thirty_days_a_download_is_history(hub: TestHub):
    model = a_model(hub)
    fetch(hub, model)
    assert seen(hub, model) == (1, 1)
    hub.clock.advance(30 * DAY / SECOND)
    fetch(hub, model)
    hub.rooms.catalog.downloads.write()
    hub.rooms.catalog.trending.tally()
    assert seen(hub, model) == (1, 2)
    assert hub.rooms.catalog.downloads.by_day(model_row(hub, model))[-1] == 1


def model_row(hub: TestHub, repo: RepoId) -> str:
    return hub.rooms.repos.reader(hub.actor("alice"), repo).repo.id


def test_nobodys_address_is_kept(hub: TestHub):
    model = a_model(hub)
    fetch(hub, model)
    hub.rooms.catalog.downloads.write()
    with hub.rooms.db.read() as tx:
        (row,) = tx.all("SELECT who FROM catalog_downloader")
        assert len(row.who) == 32 and HERE not in row.who
    hub.clock.advance(DAY / SECOND)
    hub.rooms.catalog.trending.tally()
    with hub.rooms.db.read() as tx:
        assert not tx.all("SELECT who FROM catalog_downloader")


def test_lists_are_sorted_by_it(hub: TestHub):
    few, many = a_model(hub, "alice/few"), a_model(hub, "alice/many")
    fetch(hub, few)
    fetch(hub, many)
    fetch(hub, many, "carol")
    hub.rooms.catalog.downloads.write()
    assert listed(hub, Sort.DOWNLOADS)[:2] == ["many", "few"]


def test_what_was_deleted_is_not_counted_any_more(hub: TestHub):
    model = a_model(hub)
    fetch(hub, model)
    row = model_row(hub, model)
    hub.rooms.repos.delete(hub.actor("alice"), model)
    hub.work()
    hub.rooms.catalog.downloads.write()
    with hub.rooms.db.read() as tx:
        assert not tx.all("SELECT 1 FROM catalog_download WHERE repo_id = :id", id=row)


def test_people_trend_and_new_accounts_do_not(hub: TestHub):
    loved, pushed = a_model(hub, "alice/loved"), a_model(hub, "alice/pushed")
    hub.clock.advance(SETTLED / SECOND)
    for who in ("carol", "bob"):
        fetch(hub, loved, who)
    for number in range(20):
        hub.rooms.people.add_user(SYSTEM, f"fresh{number}")
        fetch(hub, pushed, f"fresh{number}")
    hub.rooms.catalog.downloads.write()
    hub.rooms.catalog.trending.tally()
    assert listed(hub, Sort.TRENDING)[0] == "loved"


def test_a_new_namespace_does_not_trend(hub: TestHub):
    model = a_model(hub)
    like(hub, "carol", model)
    hub.rooms.catalog.trending.tally()
    assert trend(hub, model) == 0


def test_a_score_fades_and_an_owners_like_adds_nothing(hub: TestHub):
    model = a_model(hub)
    hub.clock.advance(max(SETTLED, HELD) / SECOND + 1)
    like(hub, "alice", model)
    hub.rooms.catalog.trending.tally()
    assert trend(hub, model) == 0
    like(hub, "carol", model)
    hub.rooms.catalog.trending.tally()
    first = trend(hub, model)
    assert first == pytest.approx(3)
    hub.clock.advance(3 * DAY / SECOND)
    hub.rooms.catalog.trending.tally()
    assert trend(hub, model) == pytest.approx(first / 2)
    hub.clock.advance(20 * DAY / SECOND)
    hub.rooms.catalog.trending.tally()
    assert trend(hub, model) == 0


def like(hub: TestHub, who: str, repo: RepoId) -> None:
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(hub.actor(who), repo), likes=True)


def trend(hub: TestHub, repo: RepoId) -> float:
    return hub.rooms.catalog.popularity(hub.rooms.repos.reader(hub.actor("alice"), repo)).trend


@given(st.integers(0, 13), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 10**6))
def test_more_never_lowers_a_score_and_addresses_are_cheap(age: int, people: int, likes: int, addresses: int):
    here = worth(age, people, likes, addresses)
    assert here <= worth(age, people + 1, likes, addresses)
    assert here <= worth(age, people, likes + 1, addresses)
    assert worth(age, 0, 0, addresses) <= worth(age, 10, 0, 0)
