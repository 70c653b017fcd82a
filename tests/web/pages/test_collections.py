"""The pages of collections: what they show to whom, and their forms."""

import pytest

from freehold.features.collections.collections import Draft
from tests.kit.builders import a_dataset, a_model
from tests.web.browsing import Browser, signed_in

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def garden(hub):
    a_model(hub)
    a_model(hub, "alice/secret", visibility="private")
    collections, alice = hub.rooms.collections, hub.actor("alice")
    made = collections.create(alice, Draft("alice", f"Garden {EVIL}", EVIL))
    editor = collections.editor(alice, made.slug)
    for kind, name in (("model", "alice/secret"), ("model", "alice/birds"), ("paper", "2311.12983")):
        editor.add(collections.target(alice, kind, name), f"note {EVIL}")
    return made


def items(hub, made, who="alice"):
    return [item.target if item.repo is None else item.repo.name for item in shown(hub, made, who)]


def shown(hub, made, who="alice"):
    return hub.rooms.collections.show(hub.actor(who), hub.rooms.collections.find(hub.actor(who), made.slug)).items


def test_a_visitor_sees_what_everyone_may_and_no_forms(hub, garden):
    page = Browser(hub).get(f"/collections/{garden.slug}")
    assert page.status_code == 200
    assert "<b>birds</b>" in page.text
    assert "arXiv 2311.12983" in page.text
    assert "2 items" in page.text
    assert "secret" not in page.text
    assert EVIL not in page.text
    for form in ("/items", "/item", "/edit", "/delete"):
        assert f'{garden.slug}{form}"' not in page.text


def test_a_private_one_is_not_there_for_others(hub):
    made = hub.rooms.collections.create(hub.actor("alice"), Draft("acme", "Hidden", private=True))
    seen = [browser.get(f"/collections/{made.slug}").status_code for browser in (signed_in(hub, "zoe"), Browser(hub))]
    assert seen == [200, 404]
    for path in ("/collections", "/acme", "/acme?view=collections"):
        assert "Hidden" not in Browser(hub).get(path).text
        assert "Hidden" in signed_in(hub, "zoe").get(path).text


def test_one_is_begun_filled_changed_and_ended_by_forms(hub):
    a_dataset(hub)
    alice = signed_in(hub, "alice")
    made = alice.post("/collections/new", owner="acme", title="Birds", description="d", visibility="private")
    at = made.headers["location"]
    assert (made.status_code, at.startswith("/collections/acme/birds-")) == (303, True)
    assert alice.post(f"{at}/items", on=at, type="dataset", id=" alice/songs ", note="n").status_code == 303
    assert alice.post(f"{at}/items", on=at, type="paper", id="2311.12983").status_code == 303
    edited = alice.post(f"{at}/edit", on=at, title="Owls", description="", theme="pink", visibility="public")
    assert edited.headers["location"].startswith("/collections/acme/owls-")
    assert "theme-pink" in Browser(hub).get(at).text
    assert alice.post(f"{at}/delete", on=at, title="Birds").status_code == 400
    assert alice.post(f"{at}/delete", on=at, title="Owls").headers["location"] == "/acme?view=collections"
    assert alice.get(at).status_code == 404


def test_items_are_moved_noted_and_removed_by_forms(hub, garden):
    alice, at = signed_in(hub, "alice"), f"/collections/{garden.slug}"
    first = shown(hub, garden)[0]
    assert alice.post(f"{at}/item", on=at, item=first.id, do="to-1").status_code == 303
    assert items(hub, garden) == ["birds", "secret", "2311.12983"]
    assert alice.post(f"{at}/item", on=at, item=first.id, do="note", note="mine").status_code == 303
    assert shown(hub, garden)[1].note == "mine"
    assert alice.post(f"{at}/item", on=at, item=first.id, do="remove").status_code == 303
    assert items(hub, garden) == ["birds", "2311.12983"]
    for wrong in ({"item": first.id, "do": "remove"}, {"item": "x", "do": "to-0"}, {"do": "to--1"}, {"do": "dance"}):
        assert alice.post(f"{at}/item", on=at, **wrong).status_code == 400


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"type": "model", "id": "alice/none"}, "not found"),
        ({"type": "model", "id": "alice/birds"}, "already"),
        ({"type": "bird", "id": "alice/birds"}, "An item is one of"),
        ({"type": "paper", "id": "2311.00001", "note": "x" * 501}, "at most"),
    ],
)
def test_a_form_that_did_nothing_says_why(hub, garden, form, said):
    alice, at = signed_in(hub, "alice"), f"/collections/{garden.slug}"
    answer = alice.post(f"{at}/items", on=at, **form)
    assert (answer.status_code, said in answer.text) == (400, True)


def test_forms_are_for_those_who_may_and_for_the_hubs_own_pages(hub, garden):
    at = f"/collections/{garden.slug}"
    bob = signed_in(hub, "bob")
    for form in ("items", "item", "edit", "delete"):
        assert bob.post(f"{at}/{form}", on=at).status_code == 403
    assert signed_in(hub, "alice").post(f"{at}/delete", token="wrong", title="x").status_code == 403
    assert Browser(hub).post(f"{at}/vote", on="/login", up="yes").status_code == 403
    assert bob.post(f"{at}/vote", on=at, up="yes").status_code == 303
    assert hub.rooms.collections.find(hub.actor("bob"), garden.slug).upvotes == 1
    assert bob.post(f"{at}/vote", on=at, up="no").status_code == 303
    assert hub.rooms.collections.find(hub.actor("bob"), garden.slug).upvotes == 0


def test_a_repository_is_collected_from_its_page(hub):
    a_model(hub)
    bob = signed_in(hub, "bob")
    assert "/collections/add?kind=model&amp;id=alice/birds" in bob.get("/alice/birds").text
    assert Browser(hub).get("/collections/add?kind=model&id=alice/birds").status_code == 303
    there = {"kind": "model", "id": "alice/birds"}
    on = "/collections/add?kind=model&id=alice/birds"
    made = bob.post("/collections/add", on=on, **there, title="Mine", note="n")
    assert made.headers["location"].startswith("/collections/bob/mine-")
    slug = made.headers["location"].removeprefix("/collections/")
    again = bob.post("/collections/add", on=on, **there, collection=slug)
    assert (again.status_code, "already" in again.text) == (400, True)
    assert bob.post("/collections/add", on=on, **there).status_code == 400
    hers = hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "Hers"))
    assert bob.post("/collections/add", on=on, **there, collection=hers.slug).status_code == 400


@pytest.mark.parametrize("query", ["", "?kind=model&id=alice/secret", "?kind=bird&id=alice/birds", "?kind=model&id=x"])
def test_nothing_is_collected_that_one_may_not_see(hub, query):
    a_model(hub, "alice/secret", visibility="private")
    assert signed_in(hub, "carol").get(f"/collections/add{query}").status_code == 404


def test_a_refused_title_keeps_the_form(hub):
    alice = signed_in(hub, "alice")
    alice.post("/collections/new", owner="alice", title="Birds")
    again = alice.post("/collections/new", owner="alice", title="Birds", description="kept")
    assert (again.status_code, "already exists" in again.text, "kept" in again.text) == (400, True, True)
    assert alice.post("/collections/new", owner="bob", title="x").status_code == 400


def test_lists_page_and_narrow(hub):
    for number in range(32):
        hub.rooms.collections.create(hub.actor("alice"), Draft("alice", f"List {number}"))
    browser = Browser(hub)
    first = browser.get("/collections?owner=ALICE")
    assert first.text.count('class="collection-row') == 30
    rest = first.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert browser.get(f"/collections{rest}").text.count('class="collection-row') == 2
    assert browser.get("/collections?owner=bob&sort=upvotes").text.count('class="collection-row') == 0
    assert browser.get("/collections?after=junk").status_code == 400
