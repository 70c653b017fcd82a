"""Webhooks through the API: their owner's alone, strict in what they take, silent about secrets."""

import pytest

from tests.protocols.hub.conftest import Asker

HOOKS = "settings/webhooks"
URL = "https://receiver.example/hook?secret=x"
WATCHED = [{"type": "user", "name": "alice"}, {"type": "org", "name": "acme"}]


def made(asker: Asker, **more: object) -> dict:
    answer = asker.post(HOOKS, {"url": URL, "watched": WATCHED, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["webhook"]


@pytest.mark.proves("GET /api/settings/webhooks")
@pytest.mark.proves("POST /api/settings/webhooks")
@pytest.mark.proves("GET /api/settings/webhooks/{hook}")
def test_a_webhook_is_made_and_found(alice: Asker) -> None:
    hook = made(alice)
    assert hook == {
        "id": hook["id"],
        "url": URL,
        "watched": WATCHED,
        "domains": ["repo", "discussion"],
        "secret": None,
        "disabled": False,
    }
    assert alice.get(HOOKS).json() == [hook]
    assert alice.get(f"{HOOKS}/{hook['id']}").json() == {"webhook": hook}


@pytest.mark.proves("POST /api/settings/webhooks/{hook}")
def test_what_an_update_leaves_out_stays(alice: Asker, birds: str) -> None:
    path = f"{HOOKS}/{made(alice)['id']}"
    assert alice.post(path, {"watched": [], "domains": ["repo"]}).json()["webhook"]["watched"] == WATCHED
    watched = [{"type": "model", "name": birds.removeprefix("models/")}]
    changed = alice.post(path, {"watched": watched, "url": "http://other.example/"}).json()["webhook"]
    assert (changed["watched"], changed["url"], changed["domains"]) == (watched, "http://other.example/", ["repo"])


@pytest.mark.proves("POST /api/settings/webhooks/{hook}/disable")
@pytest.mark.proves("POST /api/settings/webhooks/{hook}/enable")
@pytest.mark.proves("DELETE /api/settings/webhooks/{hook}")
def test_it_is_switched_off_and_on_and_deleted(alice: Asker) -> None:
    path = f"{HOOKS}/{made(alice)['id']}"
    assert alice.post(f"{path}/disable", {}).json()["webhook"]["disabled"] is True
    assert alice.post(f"{path}/enable", {}).json()["webhook"]["disabled"] is False
    assert alice.delete(path).status_code == 200
    assert alice.get(path).status_code == 404


def test_a_secret_is_repeated_once_and_then_hidden(alice: Asker) -> None:
    hook = made(alice, secret="hush")
    path = f"{HOOKS}/{hook['id']}"
    assert hook["secret"] == "hush"
    assert alice.get(path).json()["webhook"]["secret"] == "********"
    assert "hush" not in alice.get(HOOKS).text
    assert alice.post(path, {"secret": "********"}).json()["webhook"]["secret"] == "********"
    assert alice.post(path, {"secret": ""}).json()["webhook"]["secret"] is None


def test_what_was_sent_back_hidden_leaves_the_secret(alice: Asker, hub) -> None:
    hook = made(alice, secret="hush")
    alice.post(f"{HOOKS}/{hook['id']}", {"secret": "********"})
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT secret FROM notices_webhook WHERE id = :id", id=hook["id"]) == "hush"


def test_nobody_finds_a_webhook_of_another(alice: Asker, carol: Asker) -> None:
    path = f"{HOOKS}/{made(alice)['id']}"
    assert carol.get(HOOKS).json() == []
    assert [
        answer.status_code
        for answer in (
            carol.get(path), carol.post(path, {"url": URL}), carol.post(f"{path}/disable", {}), carol.delete(path)
        )
    ] == [404] * 4  # fmt: skip
    assert alice.get(path).status_code == 200


def test_a_repository_that_one_cannot_see_is_not_there_to_watch(carol: Asker, secret: str) -> None:
    name = secret.removeprefix("models/")
    hidden = carol.post(HOOKS, {"url": URL, "watched": [{"type": "model", "name": name}]})
    absent = carol.post(HOOKS, {"url": URL, "watched": [{"type": "model", "name": "alice/nothing"}]})
    assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"watched": WATCHED}, 400),
        ({"url": URL, "watched": []}, 400),
        ({"url": URL, "watched": [{"type": "planet", "name": "mars"}]}, 400),
        ({"url": URL, "watched": [{"type": "user", "name": "acme"}]}, 404),
        ({"url": URL, "watched": [{"type": "bucket", "name": "alice/b"}]}, 404),
        ({"url": URL, "watched": WATCHED, "domains": []}, 400),
        ({"url": URL, "watched": WATCHED, "domains": ["weather"]}, 400),
        ({"url": URL, "watched": WATCHED, "secret": "two words"}, 400),
        ({"url": URL, "watched": WATCHED, "secret": "sécret"}, 400),
        ({"url": URL, "watched": WATCHED, "secret": "a\r\nX-Evil: 1"}, 400),
        ({"url": "http://127.0.0.1/", "watched": WATCHED}, 400),
        ({"url": "http://[::1]/", "watched": WATCHED}, 400),
        ({"url": "http://2130706433/", "watched": WATCHED}, 400),
        ({"url": "file:///etc/passwd", "watched": WATCHED}, 400),
        ({"url": "http://receiver.example:22/", "watched": WATCHED}, 400),
        ({"jobSourceId": "j1", "watched": WATCHED}, 501),
    ],
)
def test_it_refuses_what_cannot_be(alice: Asker, body: dict[str, object], status: int) -> None:
    answer = alice.post(HOOKS, body)
    assert (answer.status_code, alice.get(HOOKS).json()) == (status, [])
    assert len(answer.json()["error"]) > 10


def test_a_renamed_repository_is_shown_under_its_new_name_to_those_who_see_it(
    alice: Asker, carol: Asker, birds
) -> None:
    name = birds.removeprefix("models/")
    watched = [{"type": "model", "name": name}]
    hooks = [made(asker, watched=watched, domains=["discussion"])["id"] for asker in (alice, carol)]
    alice.post("repos/move", {"fromRepo": name, "toRepo": "alice/owls", "type": "model"})
    assert carol.get(f"{HOOKS}/{hooks[1]}").json()["webhook"]["watched"][0]["name"] == "alice/owls"
    alice.put("models/alice/owls/settings", {"visibility": "private"})
    assert carol.get(f"{HOOKS}/{hooks[1]}").json()["webhook"]["watched"][0]["name"] == name
    assert alice.get(f"{HOOKS}/{hooks[0]}").json()["webhook"]["watched"][0]["name"] == "alice/owls"


def test_no_more_than_fifty(alice: Asker) -> None:
    for _ in range(50):
        made(alice)
    refused = alice.post(HOOKS, {"url": URL, "watched": WATCHED})
    assert refused.status_code == 400
    assert "50" in refused.json()["error"]
