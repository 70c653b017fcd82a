"""The lock requests of git-lfs, byte for byte where its client looks."""

import re

import pytest

from tests.kit.builders import a_model
from tests.protocols.lfs.talk import MEDIA_TYPE

PLACE = "/acme/m.git/info/lfs/locks"


@pytest.fixture
def model(hub):
    return a_model(hub, "acme/m", visibility="private")


def take(hub, user: str, path: str, place: str = PLACE):
    return hub.client(user).post(place, json={"path": path, "ref": {"name": "refs/heads/main"}})


def test_a_new_lock_is_201_and_one_that_is_there_409_with_its_owner(hub, model):
    made = take(hub, "bob", "a.bin")
    assert (made.status_code, made.headers["content-type"]) == (201, MEDIA_TYPE)
    lock = made.json()["lock"]
    assert (lock["path"], lock["owner"]) == ("a.bin", {"name": "bob"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", lock["locked_at"])
    again = take(hub, "alice", "a.bin")
    assert (again.status_code, again.json()["lock"]) == (409, lock)
    assert "already locked by bob" in again.json()["message"]


def test_lists_come_in_pages(hub, model):
    for number in range(5):
        take(hub, "bob", f"{number}.bin")
    seen, cursor = [], ""
    while True:
        page = hub.client("zoe").get(PLACE, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [lock["path"] for lock in page["locks"]]
        if not (cursor := page.get("next_cursor", "")):
            break
    assert seen == [f"{number}.bin" for number in range(5)]
    assert hub.client("zoe").get(PLACE, params={"cursor": "%%"}).status_code == 400


def test_verify_tells_ours_from_theirs_in_pages(hub, model):
    take(hub, "bob", "a.bin"), take(hub, "alice", "b.bin")
    first = hub.client("bob").post(f"{PLACE}/verify", json={"limit": 1}).json()
    second = hub.client("bob").post(f"{PLACE}/verify", json={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [len(first["ours"]), len(first["theirs"]), len(second["ours"]), len(second["theirs"])] == [1, 0, 0, 1]
    assert second["next_cursor"] == ""


def test_force_is_for_administrators_of_the_repository(hub, model):
    lock = take(hub, "alice", "a.bin").json()["lock"]
    place = f"{PLACE}/{lock['id']}/unlock"
    for user in ("bob", "zoe"):
        refused = hub.client(user).post(place, json={"force": True})
        assert (refused.status_code, refused.headers["content-type"]) == (403, MEDIA_TYPE)
    lock = take(hub, "bob", "b.bin").json()["lock"]
    place = f"{PLACE}/{lock['id']}/unlock"
    assert "locked by bob" in hub.client("alice").post(place, json={"force": False}).json()["message"]
    assert hub.client("alice").post(place, json={"force": True}).json() == {"lock": lock}
    assert hub.client("alice").post(place, json={"force": True}).status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"path": 1}', b'{"path": "../x"}', b'{"path": "\xff"}', b"[" * 99]
)
def test_what_is_no_lock_request_is_refused_in_words(hub, model, body):
    answer = hub.client("bob").post(PLACE, content=body)
    assert answer.status_code in {400, 422} and answer.json()["message"]


def test_a_moved_repository_leads_on(hub, model):
    hub.client("alice").post("/api/repos/move", json={"fromRepo": "acme/m", "toRepo": "acme/n", "type": "model"})
    moved = hub.client("bob").get(PLACE, params={"path": "a b"})
    assert (moved.status_code, moved.headers["location"]) == (307, "/acme/n.git/info/lfs/locks?path=a+b")
