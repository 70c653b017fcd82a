"""Access requests as programs see them: asking, deciding, lists, and who is kept from what."""

import csv
import io

import pytest

from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker

CARD = b"""---
license: mit
extra_gated_prompt: Harm nobody.
extra_gated_fields:
  Company: text
  I agree: checkbox
---
# Birds
"""
ANSWERS = {"Company": "=Birds", "I agree": "on"}
ASKED = "models/alice/birds/user-access-request"


@pytest.fixture
def mallory(hub):
    with hub.client("mallory") as client:
        yield Asker(hub, client)


@pytest.fixture
def gated(alice: Asker, birds: str) -> str:
    """Her model, whose gate asks no questions."""
    alice.commit(birds, {"a.bin": b"weights"})
    assert alice.put(f"{birds}/settings", {"gated": "manual"}).status_code == 200
    return birds


@pytest.fixture
def asking(alice: Asker, gated: str) -> str:
    """The same with questions."""
    alice.made(alice.commit(gated, {"README.md": CARD}))
    return gated


def knock(asker: Asker, answers: object = None, where: str = "alice/birds"):
    return asker.client.post(f"/{where}/ask-access", json=answers or {})


def names(alice: Asker, status: str) -> list[str]:
    return [one["user"]["user"] for one in alice.get(f"{ASKED}/{status}").json()]


def everywhere(alice: Asker) -> list[list[str]]:
    return [names(alice, status) for status in ("pending", "accepted", "rejected")]


def may(asker: Asker) -> int:
    """What the whole file answers."""
    status = asker.client.get("/alice/birds/resolve/main/a.bin").status_code
    assert asker.get("models/alice/birds/auth-check").status_code == status
    return status


def said(asker: Asker) -> str:
    answer = asker.client.get("/alice/birds/resolve/main/a.bin")
    assert answer.headers["X-Error-Code"] == "GatedRepo"
    return answer.json()["error"]


@pytest.mark.proves("POST /{prefix}{id}/ask-access")
@pytest.mark.proves("GET /api/{type}s/{id}/user-access-request/{status}")
@pytest.mark.proves("POST /api/{type}s/{id}/user-access-request/handle")
def test_a_request_is_made_seen_and_decided(alice: Asker, carol: Asker, asking: str) -> None:
    answer = knock(carol, ANSWERS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "http://hub.test/alice/birds")
    (line,) = alice.get(f"{ASKED}/pending").json()
    assert line["user"]["user"] == "carol"
    assert line["fields"] == ANSWERS
    assert line["timestamp"].endswith("Z")
    assert line["requestId"]
    assert may(carol) == 403
    assert alice.post(f"{ASKED}/handle", {"user": "carol", "status": "accepted"}).json() == {}
    assert everywhere(alice) == [[], ["carol"], []]
    assert may(carol) == 200
    refused = {"requestId": line["requestId"], "status": "rejected", "rejectionReason": "r" * 200}
    assert alice.post(f"{ASKED}/handle", refused).status_code == 200
    assert everywhere(alice) == [[], [], ["carol"]]
    assert may(carol) == 403
    assert alice.post(f"{ASKED}/handle", {"user": "carol", "status": "pending"}).status_code == 200
    assert everywhere(alice) == [["carol"], [], []]


def test_each_standing_has_its_sentence(alice: Asker, carol: Asker, nobody: Asker, gated: str, hub) -> None:
    assert said(nobody) == (
        "Access to model alice/birds is restricted. You must have access to it and be authenticated to access it."
        " Please log in."
    )
    assert said(carol) == (
        "Access to model alice/birds is restricted and you are not in the authorized list."
        " Visit http://hub.test/alice/birds to ask for access."
    )
    knock(carol)
    assert said(carol) == "Your request to access model alice/birds is awaiting a review from the repo authors."
    alice.post(f"{ASKED}/handle", {"user": "carol", "status": "rejected"})
    assert said(carol) == "Your request to access model alice/birds has been rejected by the repo's authors."


@pytest.mark.proves("POST /api/{type}s/{id}/user-access-request/grant")
def test_the_stories_that_the_client_tells_of_granting(alice: Asker, carol: Asker, gated: str) -> None:
    alice.put(f"{gated}/settings", {"gated": "auto"})
    assert everywhere(alice) == [[], [], []]
    assert alice.post(f"{ASKED}/grant", {"user": "carol"}).status_code == 200
    (line,) = alice.get(f"{ASKED}/accepted").json()
    assert line["status"] == "accepted"
    assert "email" not in line["user"]
    assert line["grantedBy"]["user"] == "alice"
    assert may(carol) == 200
    again = alice.post(f"{ASKED}/grant", {"user": "carol"})
    assert (again.status_code, again.json()["error"]) == (400, "That user already has access to the repo")
    for status, lists in (
        ("pending", [["carol"], [], []]),
        ("rejected", [[], [], ["carol"]]),
        ("accepted", [[], ["carol"], []]),
    ):
        assert alice.post(f"{ASKED}/handle", {"user": "carol", "status": status}).status_code == 200
        assert everywhere(alice) == lists
        repeated = alice.post(f"{ASKED}/handle", {"user": "carol", "status": status})
        assert repeated.status_code == 404
        assert repeated.json()["error"] == "No access request found matching your criteria"


def test_an_automatic_gate_lets_in_at_once_but_nobody_whom_the_owner_put_out(alice: Asker, carol: Asker, gated: str):
    alice.put(f"{gated}/settings", {"gated": "auto"})
    knock(carol)
    assert may(carol) == 200
    for status in ("rejected", "pending"):
        alice.post(f"{ASKED}/handle", {"user": "carol", "status": status})
        assert knock(carol).status_code == 303
        assert may(carol) == 403
    assert carol.post(f"{ASKED}/cancel").status_code == 404
    assert may(carol) == 403


@pytest.mark.proves("POST /api/{type}s/{id}/user-access-request/cancel")
def test_a_request_can_be_taken_back_while_nobody_has_decided(alice: Asker, carol: Asker, nobody: Asker, gated: str):
    assert carol.post(f"{ASKED}/cancel").status_code == 404
    knock(carol)
    assert nobody.post(f"{ASKED}/cancel").status_code == 401
    assert carol.post(f"{ASKED}/cancel").json() == {"ok": True}
    assert everywhere(alice) == [[], [], []]
    knock(carol)
    alice.post(f"{ASKED}/handle", {"user": "carol", "status": "accepted"})
    assert carol.post(f"{ASKED}/cancel").status_code == 404
    assert may(carol) == 200


@pytest.mark.proves("POST /api/{type}s/{id}/user-access-request/batch")
def test_many_requests_are_decided_at_once(alice: Asker, carol: Asker, mallory: Asker, gated: str) -> None:
    knock(carol)
    people = [{"user": name} for name in ("carol", "nobody-here", "mallory")]
    assert alice.post(f"{ASKED}/batch", {"status": "accepted", "requests": people}).json() == [
        {"user": "carol", "ok": True},
        {"user": "nobody-here", "ok": False, "error": "user_not_found"},
        {"user": "mallory", "ok": False, "error": "request_not_found"},
    ]
    assert alice.post(f"{ASKED}/batch", {"status": "accepted", "requests": [{"user": "carol"}]}).json()[0]["ok"]
    assert alice.post(f"{ASKED}/batch", {"status": "accepted", "requests": []}).status_code == 400


def test_lists_have_pages_in_the_order_of_asking_and_are_searched_by_name(alice: Asker, gated: str, hub) -> None:
    people = ["bob", "carol", "mallory", "zoe"]
    for name in people:
        with hub.client(name) as client:
            knock(Asker(hub, client))
    first = alice.get(f"{ASKED}/pending", limit=3)
    second = alice.client.get(first.links["next"]["url"])
    assert [one["user"]["user"] for one in first.json() + second.json()] == people
    assert "next" not in second.links
    assert [one["user"]["user"] for one in alice.get(f"{ASKED}/pending", q="CAR").json()] == ["carol"]
    assert alice.get(f"{ASKED}/pending", q="arol").json() == []


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (ANSWERS, 303),
        ({}, 400),
        ({"Company": "x"}, 400),
        ({**ANSWERS, "I agree": ""}, 400),
        ({**ANSWERS, "More": "x"}, 400),
        ({**ANSWERS, "Company": "x" * 2001}, 400),
        ({**ANSWERS, "Company": "<script>alert(1)</script>"}, 303),
        ({**ANSWERS, "Company": "x" * 300_000}, 413),
        (["Company"], 400),
    ],
)
def test_answers_are_checked(alice: Asker, carol: Asker, asking: str, answers: object, status: int) -> None:
    answer = carol.client.post("/alice/birds/ask-access", json=answers)
    assert answer.status_code == status, answer.text
    assert names(alice, "pending") == (["carol"] if status == 303 else [])


def test_a_form_does_as_well_as_json(alice: Asker, carol: Asker, asking: str) -> None:
    assert carol.client.post("/alice/birds/ask-access", data=ANSWERS).status_code == 303
    assert alice.get(f"{ASKED}/pending").json()[0]["fields"] == ANSWERS
    broken = carol.client.post(
        "/alice/birds/ask-access", content=b"a=%ff", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert broken.status_code == 400


def test_asking_twice_is_asking_once(alice: Asker, carol: Asker, asking: str) -> None:
    knock(carol, ANSWERS)
    before = alice.get(f"{ASKED}/pending").json()
    assert knock(carol, {**ANSWERS, "Company": "Other"}).status_code == 303
    assert alice.get(f"{ASKED}/pending").json() == before


def test_what_is_not_gated_or_not_there_cannot_be_asked_for(
    alice: Asker, carol: Asker, birds: str, secret: str
) -> None:
    open_ = knock(carol)
    assert (open_.status_code, open_.headers["X-Error-Code"]) == (400, "RepoNotGated")
    for call in ("handle", "grant"):
        answer = alice.post(f"{ASKED}/{call}", {"user": "carol", "status": "accepted"})
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (400, "RepoNotGated")
        assert answer.json()["error"] == "model alice/birds is not gated"
    alice.put(f"{secret}/settings", {"gated": "auto"})
    hidden, absent = (knock(carol, where=f"alice/{name}") for name in ("secret", "nothing"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text == absent.text


def test_strangers_and_reading_tokens_decide_nothing(hub, alice: Asker, carol: Asker, mallory: Asker, gated: str):
    knock(carol)
    with hub.client("alice", "read") as reading, hub.client("carol", "read") as carols:
        for asker in (mallory, carol, Asker(hub, reading)):
            assert asker.get(f"{ASKED}/pending").status_code == 403
            assert asker.post(f"{ASKED}/handle", {"user": "carol", "status": "accepted"}).status_code == 403
            assert asker.post(f"{ASKED}/grant", {"user": "mallory"}).status_code == 403
            assert asker.client.get("/alice/birds/user-access-report").status_code == 403
        assert carols.post("/alice/birds/ask-access").status_code == 403
    assert everywhere(alice) == [["carol"], [], []]


def test_nobody_decides_on_a_request_by_the_id_of_another_repository(hub, alice: Asker, carol: Asker, gated: str):
    knock(carol)
    (line,) = alice.get(f"{ASKED}/pending").json()
    with hub.client("mallory") as client:
        mine = Asker(hub, client)
        mine.create("owls")
        mine.put("models/mallory/owls/settings", {"gated": "manual"})
        handle = "models/mallory/owls/user-access-request/handle"
        assert mine.post(handle, {"requestId": line["requestId"], "status": "accepted"}).status_code == 404
    assert everywhere(alice) == [["carol"], [], []]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"user": "carol"}, {"user": "carol", "status": "friend"}, {"status": "accepted"},
        {"user": "carol", "requestId": "x", "status": "accepted"},
        {"user": "carol", "status": "rejected", "rejectionReason": "r" * 201},
    ],
)  # fmt: skip
def test_it_refuses_decisions_that_are_none(alice: Asker, carol: Asker, gated: str, body: dict[str, str]) -> None:
    knock(carol)
    assert alice.post(f"{ASKED}/handle", body).status_code == 400
    assert alice.get(f"{ASKED}/friends").status_code == 400


@pytest.mark.parametrize("call", [{"user": "who-is-that"}, {"user": "acme"}])
def test_who_does_not_exist_cannot_be_let_in(alice: Asker, gated: str, call: dict[str, str]) -> None:
    for path in ("grant", "handle"):
        answer = alice.post(f"{ASKED}/{path}", {**call, "status": "accepted"})
        assert (answer.status_code, answer.json()["error"]) == (404, "User not found")


@pytest.mark.proves("GET /{prefix}{id}/user-access-report")
def test_the_report_holds_everybody_and_the_audit_says_who_took_it(hub, alice: Asker, carol: Asker, asking: str):
    knock(carol, ANSWERS)
    alice.post(f"{ASKED}/grant", {"user": "mallory"})
    answer = alice.client.get("/alice/birds/user-access-report")
    assert answer.headers["Content-Disposition"] == "attachment; filename=user-access-report-alice-birds.json"
    asked, granted = answer.json()
    assert (asked["user"], asked["status"], asked["fields"]) == ("carol", "pending", ANSWERS)
    assert (granted["user"], granted["status"], granted["grantedBy"]) == ("mallory", "accepted", "alice")
    table = alice.client.get("/alice/birds/user-access-report?format=csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["user"] for row in rows] == ["carol", "mallory"]
    assert rows[0]["answer: Company"] == "'=Birds"  # no spreadsheet takes it for a formula
    with hub.rooms.db.read() as tx:
        taken = tx.all("SELECT actor_name FROM accounts_audit WHERE action = 'gate.export'")
    assert [row.actor_name for row in taken] == ["alice", "alice"]


def test_closing_a_gate_again_finds_everybody_where_they_were(alice: Asker, carol: Asker, gated: str) -> None:
    alice.post(f"{ASKED}/grant", {"user": "carol"})
    alice.put(f"{gated}/settings", {"gated": False})
    assert names(alice, "accepted") == ["carol"]
    alice.put(f"{gated}/settings", {"gated": "manual"})
    assert may(carol) == 200


def test_a_writer_of_the_organisation_decides_as_well(hub, alice: Asker, bob: Asker, carol: Asker) -> None:
    alice.create("owls", "dataset", organization="acme")
    alice.put("datasets/acme/owls/settings", {"gated": "manual"})
    assert knock(carol, where="datasets/acme/owls").headers["Location"] == "http://hub.test/datasets/acme/owls"
    path = "datasets/acme/owls/user-access-request"
    assert [one["user"]["user"] for one in bob.get(f"{path}/pending").json()] == ["carol"]
    assert bob.post(f"{path}/handle", {"user": "carol", "status": "accepted"}).status_code == 200


@pytest.mark.proves("GET /.well-known/freehold-receipts")
def test_the_key_of_receipts_is_published(hub: TestHub):
    (key,) = hub.client().get("/.well-known/freehold-receipts").json()["keys"]
    assert (key["kty"], key["crv"], key["use"], len(key["x"])) == ("OKP", "Ed25519", "sig", 43)
