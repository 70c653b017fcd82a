"""Likes at the API."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("POST|DELETE /api/{type}s/{id}/like", "GET /api/{type}s/{id}/likers")
def test_they_are_given_counted_and_taken_back(alice: Asker, carol: Asker, nobody: Asker, birds: str) -> None:
    for asker in (alice, carol, carol):
        assert asker.post(f"{birds}/like").status_code == 200
    assert (nobody.get(birds).json()["likes"], nobody.get("models").json()[0]["likes"]) == (2, 2)
    assert nobody.client.get(f"/api/{birds}?expand=likes").json()["likes"] == 2
    likers = nobody.get(f"{birds}/likers").json()
    assert [(one["user"], one["avatarUrl"]) for one in likers] == [
        ("carol", "http://hub.test/-/avatar/carol"),
        ("alice", "http://hub.test/-/avatar/alice"),
    ]
    assert carol.delete(f"{birds}/like").status_code == carol.delete(f"{birds}/like").status_code == 200
    assert nobody.get(birds).json()["likes"] == 1
    assert nobody.post(f"{birds}/like").status_code == 401


def test_lists_are_sorted_by_them(alice: Asker, carol: Asker, birds: str) -> None:
    alice.create("newer")
    carol.post(f"{birds}/like")
    assert [one["id"] for one in alice.get("models", sort="likes").json()] == ["alice/birds", "alice/newer"]


@pytest.mark.proves("GET /api/users/{user}/likes")
def test_what_somebody_likes_is_listed_as_far_as_one_may_see_it(
    alice: Asker, carol: Asker, nobody: Asker, birds: str, secret: str
) -> None:
    alice.create("songs", "dataset")
    for repo in (birds, secret, "datasets/alice/songs"):
        alice.post(f"{repo}/like")
    assert carol.post(f"{secret}/like").status_code == 404
    first = nobody.get("users/alice/likes", limit=1)
    assert first.json()[0]["repo"] == {"name": "alice/songs", "type": "dataset"}
    rest = nobody.client.get(first.links["next"]["url"])
    assert [one["repo"]["name"] for one in rest.json()] == ["alice/birds"]
    assert len(alice.get("users/alice/likes").json()) == 3
    assert nobody.get("users/nobody-here/likes").status_code == 404
    assert nobody.get("users/acme/likes").status_code == 404
