"""Names that an account may take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.app import rename_account
from freehold.base.errors import Conflict, Forbidden, InvalidName
from freehold.base.ids import is_name
from freehold.core.accounts.actor import SYSTEM as ROOT
from freehold.core.accounts.names import RESERVED, claim, looks_like, release, rename, skeleton, tombstones
from freehold.core.accounts.people import People
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_model


@pytest.mark.parametrize("name", ["datasets", "API", "login", "xet", "healthz", "static"])
def test_it_refuses_the_hubs_own_routes(db, name):
    with db.read() as tx, pytest.raises(InvalidName, match="used by the hub"):
        claim(tx, name)


@pytest.mark.parametrize("name", ["", "-a", "a.", "a--b", "..", "a/b", "a.git", "ä", "a\0", "a" * 97])
def test_it_refuses_what_is_no_name(db, name):
    with db.read() as tx, pytest.raises(InvalidName):
        claim(tx, name)


@pytest.mark.parametrize("name", ["Al1ce", "ALICE", "aIice"])
def test_it_refuses_names_that_look_like_alice(db, name):
    People(db).add_user(ROOT, "Alice")
    with pytest.raises(Conflict):
        People(db).add_user(ROOT, name)


def test_an_organisation_cannot_take_a_persons_name(db):
    People(db).add_user(ROOT, "alice")
    with pytest.raises(Conflict):
        People(db).add_org(ROOT, "ALICE")


def test_a_retired_name_is_never_given_again(db):
    people = People(db)
    people.add_user(ROOT, "alice")
    people.disable(ROOT, "alice")
    with db.write() as tx:
        tx.run("DELETE FROM accounts_account")
    with pytest.raises(Conflict, match="never given twice"):
        people.add_user(ROOT, "a1ice")


def test_separators_look_alike():
    assert skeleton("a_b.c") == skeleton("a-b-c")


def test_reserved_names_are_written_as_they_are_looked_up():
    assert all(name == name.lower() for name in RESERVED)


@pytest.mark.parametrize(("old", "new"), [("mary", "rnary"), ("wendy", "vvendy"), ("a-b", "ab"), ("a.b.c", "ABC")])
def test_it_refuses_names_that_are_read_alike(db, old, new):
    People(db).add_user(ROOT, old)
    with pytest.raises(Conflict, match="mistaken for"):
        People(db).add_user(ROOT, new)


@given(st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?", fullmatch=True))
def test_the_index_finds_what_the_words_mean(name):
    """`looks_like` in Python and what the database makes of a skeleton are the same."""
    shape = skeleton(name).replace("-", "").replace("m", "rn").replace("w", "vv")
    assert looks_like(name) == shape
    assert looks_like(name.upper().replace(".", "_")) == shape


def test_every_first_word_of_a_route_is_reserved(hub):
    words = {route.path.split("/")[1] for route in hub.house.routes}
    words = {word for word in words if word and "{" not in word and is_name(word)}
    assert words - RESERVED == set()
    assert len(words) > 20


def _rename(hub, old, new):
    rename_account(hub.rooms, ROOT, old, new)


def test_a_renamed_account_keeps_its_old_name_from_others_and_may_go_back(hub):
    model, alice = a_model(hub), hub.client("alice")
    hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "Ours"))
    _rename(hub, "alice", "alicia")
    assert hub.client().get("/api/models/alicia/birds").json()["id"] == "alicia/birds"
    assert hub.client().get(f"/api/models/{model.full}").headers["location"] == "/api/models/alicia/birds"
    assert hub.client().get("/alice").headers["location"] == "/alicia"
    assert alice.get("/api/whoami-v2").json()["name"] == "alicia"
    assert [one["owner"]["name"] for one in hub.client().get("/api/collections?owner=alicia").json()] == ["alicia"]
    for taken in ("alice", "a1ice", "alicia"):
        with pytest.raises(Conflict):
            hub.rooms.people.add_user(ROOT, taken)
    _rename(hub, "alicia", "alice")
    assert hub.client().get("/api/models/alice/birds").status_code == 200
    assert hub.client().get("/api/models/alicia/birds").headers["location"] == "/api/models/alice/birds"


def test_a_name_changes_its_case(hub):
    _rename(hub, "alice", "Alice")
    assert hub.rooms.people.by_name("ALICE").name == "Alice"
    with hub.rooms.db.read() as tx:
        assert tombstones(tx) == []


def test_nobody_is_renamed_to_what_another_had(hub):
    _rename(hub, "alice", "alicia")
    with pytest.raises(Conflict):
        _rename(hub, "mallory", "alice")
    with pytest.raises(Forbidden), hub.rooms.db.write() as tx:
        rename(tx, hub.actor("mallory"), "carol", "carola", 0)


def test_the_operator_lets_a_name_go(hub):
    _rename(hub, "alice", "alicia")
    with hub.rooms.db.write() as tx:
        assert [(one.name, one.reason, one.now) for one in tombstones(tx)] == [("alice", "renamed", "alicia")]
        release(tx, ROOT, "alice")
    assert hub.rooms.people.add_user(ROOT, "alice").name == "alice"
    # Repositories' old addresses still lead to their owner, and nobody takes them over.
    assert hub.client().get("/alice").status_code == 200
