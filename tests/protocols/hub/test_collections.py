"""Collections at the API: their shapes, and what is refused."""

import pytest

from tests.kit.buckets import a_bucket
from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker


def new(asker: Asker, title: str = "Birds", **more: object) -> str:
    answer = asker.post("collections", {"title": title, "namespace": "alice", "private": False, **more})
    assert answer.status_code == 200, answer.text
    return f"collections/{answer.json()['slug']}"


def add(asker: Asker, at: str, kind: str, name: str, **more: object) -> int:
    return asker.post(f"{at}/items", {"item": {"type": kind, "id": name}, **more}).status_code


@pytest.mark.proves("POST /api/collections", "GET /api/collections/{ns}/{slug}")
def test_one_is_made_and_shown(alice: Asker, nobody: Asker) -> None:
    at = new(alice, "My <b>birds</b>", description="All of them")
    shown = nobody.get(at)
    said = shown.json()
    assert said.pop("lastUpdated").endswith("Z")
    assert said.pop("owner")["name"] == "alice"
    assert said == {
        "slug": at.removeprefix("collections/"),
        "title": "My <b>birds</b>",
        "description": "All of them",
        "items": [],
        "private": False,
        "theme": "blue",
        "upvotes": 0,
        "isUpvotedByUser": False,
        "gating": False,
        "position": 0,
    }
    assert at.startswith("collections/alice/my-b-birds-b-")


def test_without_a_namespace_it_is_ones_own(alice: Asker) -> None:
    assert alice.post("collections", {"title": "Mine"}).json()["owner"]["name"] == "alice"


def test_the_title_of_another_is_refused_with_its_slug(alice: Asker) -> None:
    at = new(alice)
    again = alice.post("collections", {"title": "Birds", "namespace": "alice"})
    assert (again.status_code, f"collections/{again.json()['slug']}") == (409, at)
    assert "already exists" in again.headers["X-Error-Message"]
    other = new(alice, "Owls")
    renamed = alice.client.patch(f"/api/{other}", json={"title": "birds"})
    assert (renamed.status_code, f"collections/{renamed.json()['slug']}") == (409, at)


@pytest.mark.proves("PATCH /api/collections/{ns}/{slug}")
def test_a_new_title_gives_a_new_slug_and_both_lead_there(alice: Asker, nobody: Asker) -> None:
    at = new(alice)
    body = {"title": "Owls", "description": "night", "theme": "green", "private": False, "position": 3}
    changed = alice.client.patch(f"/api/{at}", json=body).json()["data"]
    assert (changed["title"], changed["theme"], changed["position"]) == ("Owls", "green", 0)
    assert changed["slug"][-24:] == at[-24:]
    assert nobody.get(at).json() == nobody.get(f"collections/{changed['slug']}").json() == changed


@pytest.mark.proves("POST /api/collections/{ns}/{slug}/items")
def test_items_of_every_type_keep_their_order(alice: Asker, nobody: Asker, birds: str) -> None:
    for kind in ("dataset", "space", "kernel"):
        alice.create("thing", kind)
    at, inner = new(alice), new(alice, "Inner")
    assert add(alice, at, "model", "alice/birds", note="<i>sings</i>") == 200
    for kind in ("dataset", "space", "kernel"):
        assert add(alice, at, kind, "alice/thing") == 200
    assert add(alice, at, "paper", "2311.12983") == 200
    assert add(alice, at, "collection", inner.removeprefix("collections/")) == 200
    items = nobody.get(at).json()["items"]
    assert [(one["type"], one["position"]) for one in items] == [
        (kind, number) for number, kind in enumerate(("model", "dataset", "space", "kernel", "paper", "collection"))
    ]
    assert (items[0]["id"], items[0]["note"]) == (
        "alice/birds",
        {"text": "<i>sings</i>", "html": "&lt;i&gt;sings&lt;/i&gt;"},
    )
    assert items[5]["slug"] == inner.removeprefix("collections/")
    assert add(alice, at, "model", "ALICE/birds") == 409


@pytest.mark.proves(
    "PATCH /api/collections/{ns}/{slug}/items/{item}", "DELETE /api/collections/{ns}/{slug}/items/{item}"
)
def test_items_are_moved_noted_and_removed(alice: Asker, nobody: Asker) -> None:
    at = new(alice)
    for paper in ("2311.00001", "2311.00002", "2311.00003"):
        add(alice, at, "paper", paper)
    last = nobody.get(at).json()["items"][2]
    assert alice.client.patch(f"/api/{at}/items/{last['_id']}", json={"position": 0, "note": "n"}).status_code == 200
    items = nobody.get(at).json()["items"]
    assert ([one["id"][-1] for one in items], items[0]["note"]["text"]) == (["3", "1", "2"], "n")
    assert alice.client.patch(f"/api/{at}/items/{last['_id']}", json={"note": ""}).status_code == 200
    assert "note" not in nobody.get(at).json()["items"][0]
    assert alice.delete(f"{at}/items/{last['_id']}").status_code == 200
    assert alice.delete(f"{at}/items/{last['_id']}").status_code == 404


@pytest.mark.proves("DELETE /api/collections/{ns}/{slug}")
def test_one_is_deleted(alice: Asker) -> None:
    at = new(alice)
    assert alice.delete(at).status_code == 200
    assert alice.get(at).status_code == alice.delete(at).status_code == 404


def test_what_one_may_not_see_is_not_there(alice: Asker, carol: Asker, nobody: Asker, birds: str, secret: str) -> None:
    hidden, shown = new(alice, "Hidden", private=True), new(alice)
    for name in ("alice/secret", "alice/birds"):
        assert add(alice, shown, "model", name) == add(alice, hidden, "model", name) == 200
    for stranger in (carol, nobody):
        assert stranger.get(hidden).status_code == 404
        items = stranger.get(shown).json()["items"]
        assert [(one["id"], one["position"]) for one in items] == [("alice/birds", 0)]
        assert [one["title"] for one in stranger.get("collections").json()] == ["Birds"]
        assert stranger.get("collections", item="models/alice/secret").json() == []
        assert len(stranger.get("collections", item="models/alice/birds").json()) == 1
    own = new(carol, "Own", namespace="carol")
    assert add(carol, own, "model", "alice/secret") == add(carol, own, "model", "alice/none") == 404
    assert len(alice.get("collections", item="models/alice/secret").json()) == 2


@pytest.mark.proves("GET /api/collections")
def test_lists_are_short_filtered_sorted_and_paged(alice: Asker, bob: Asker, nobody: Asker) -> None:
    at = new(alice)
    for number in range(6):
        add(alice, at, "paper", f"2311.0000{number}")
    new(bob, "Other", namespace="bob")
    new(alice, "Third")
    listed = nobody.get("collections", limit=2)
    assert [one["title"] for one in listed.json()] == ["Third", "Other"]
    rest = nobody.client.get(listed.links["next"]["url"])
    assert [(one["title"], len(one["items"])) for one in rest.json()] == [("Birds", 4)]
    assert "next" not in rest.links
    assert all("position" not in one for one in [*listed.json(), *rest.json()])
    assert [one["title"] for one in nobody.get("collections", owner="BOB").json()] == ["Other"]
    assert len(nobody.client.get("/api/collections?owner=bob&owner=alice").json()) == 3
    assert [one["title"] for one in nobody.get("collections", item="papers/2311.00003").json()] == ["Birds"]
    for sort in ("lastModified", "trending", "upvotes"):
        assert len(nobody.get("collections", sort=sort).json()) == 3


@pytest.mark.parametrize(
    "query",
    ["sort=size", "item=birds/alice/x", "cursor=x", "limit=x", "&".join(f"owner={n}" for n in range(21))],
)
def test_lists_refuse_what_they_do_not_know(nobody: Asker, query: str) -> None:
    assert nobody.client.get(f"/api/collections?{query}").status_code == 400


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [
        ("POST", "/items", {"item": {"type": "bird", "id": "alice/birds"}}),
        ("POST", "/items", {"item": {"type": "paper", "id": "x"}}),
        ("POST", "/items", {"item": {"type": "paper", "id": "2311.12983"}, "note": "x" * 501}),
        ("POST", "/items", {"item": {"type": "paper"}}),
        ("PATCH", "", {"position": -1}),
        ("PATCH", "", {"title": "x" * 101}),
        ("PATCH", "", {"description": "x" * 151}),
        ("PATCH", "", {"theme": "mud"}),
        ("PATCH", "", {}),
        ("PATCH", "/items/x", {}),
        ("PATCH", "/items/x", {"position": -1}),
        ("PATCH", "/items/x", {"position": 10**30}),
    ],
)
def test_what_makes_no_sense_is_said_to(alice: Asker, method: str, tail: str, body: object) -> None:
    answer = alice.client.request(method, f"/api/{new(alice)}{tail}", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


@pytest.mark.parametrize("slug", ["alice/x", "bob/{id}", "alice/birds-%00{id}", "a/b/{id}"])
def test_a_slug_that_is_none_is_not_found(alice: Asker, slug: str) -> None:
    found = alice.get(f"collections/{slug.replace('{id}', new(alice)[-24:])}")
    assert found.status_code in {400, 404}


def test_a_repository_that_has_moved_is_named_anew(alice: Asker, birds: str) -> None:
    at = new(alice)
    add(alice, at, "model", "alice/birds")
    alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "alice/owls", "type": "model"})
    assert [one["id"] for one in alice.get(at).json()["items"]] == ["alice/owls"]
    answer = alice.post(f"{at}/items", {"item": {"type": "model", "id": "alice/birds"}})
    assert (answer.status_code, "alice/owls" in answer.json()["error"]) == (404, True)


def test_a_bucket_is_an_item_too(hub: TestHub, alice: Asker, carol: Asker) -> None:
    a_bucket(hub, "alice/open"), a_bucket(hub, "alice/closed", visibility="private")
    at = new(alice)
    assert add(alice, at, "bucket", "alice/open") == add(alice, at, "bucket", "alice/closed") == 200
    assert [(one["type"], one["id"]) for one in carol.get(at).json()["items"]] == [("bucket", "alice/open")]
    with hub.client() as client:
        page = client.get(f"/{at}", headers={"Accept": "text/html"})
    assert (page.status_code, "<b>open</b>" in page.text, "closed" in page.text) == (200, True, False)
