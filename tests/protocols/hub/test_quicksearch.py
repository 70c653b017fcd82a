"""Suggestions while somebody types."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_dataset, a_model


def ask(hub, who=None, **query):
    with hub.client(who) as client:
        return client.get("/api/quicksearch", params=query).json()


def names(found, key):
    return [one.get("id") or one.get("user") or one.get("name") or one["slug"] for one in found[key]]


@pytest.mark.proves("GET /api/quicksearch")
def test_it_finds_everything_that_bears_the_word(hub):
    a_model(hub, "alice/acme-birds"), a_dataset(hub, "alice/acme-songs")
    made = hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "The ACME shelf"))
    found = ask(hub, q="acme")
    assert names(found, "models") == ["alice/acme-birds"]
    assert names(found, "datasets") == ["alice/acme-songs"]
    assert names(found, "orgs") == ["acme"]
    assert names(found, "collections") == [made.slug]
    assert found["spaces"] == [] == found["users"]
    assert found["models"][0]["url"].endswith("/alice/acme-birds")


def test_it_shows_nobody_what_they_may_not_see(hub):
    a_model(hub, "acme/secret", visibility="private")
    hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "Secret shelf", private=True))
    for who in (None, "carol"):
        assert not any(ask(hub, who, q="secret").values())
    assert names(ask(hub, "bob", q="secret"), "models") == ["acme/secret"]
    assert len(ask(hub, "alice", q="secret")["collections"]) == 1


def test_a_shut_account_is_not_found(hub):
    assert names(ask(hub, q="mallory"), "users") == ["mallory"]
    hub.rooms.people.disable(SYSTEM, "mallory")
    assert ask(hub, q="mallory")["users"] == []


def test_the_exact_name_comes_first(hub):
    for name in ("xcarol", "carolx"):
        hub.rooms.people.add_user(SYSTEM, name)
    assert names(ask(hub, q="carol"), "users") == ["carol", "carolx", "xcarol"]


def test_kinds_and_their_number_can_be_chosen(hub):
    for name in ("one", "two", "three"):
        a_model(hub, f"alice/{name}-bird")
    assert set(ask(hub, q="bird", type="model")) == {"models"}
    assert len(ask(hub, q="bird", limit=2)["models"]) == 2
    assert not any(ask(hub, q="  ").values())
    with hub.client() as client:
        assert client.get("/api/quicksearch", params={"q": "x", "type": "planet"}).status_code == 400


@pytest.mark.parametrize("odd", ["%", "_", "!", "a" * 5000, "%' OR 1=1 --", "b " * 900])
def test_signs_that_mean_something_to_a_database_mean_themselves(hub, odd):
    a_model(hub, "alice/birds")
    assert not any(ask(hub, q=f"qq{odd}").values())
