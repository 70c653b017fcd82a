"""Making, deleting, moving and duplicating repositories."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("POST /api/repos/create")
@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("model", "http://hub.test/alice/birds"),
        ("dataset", "http://hub.test/datasets/alice/birds"),
        ("space", "http://hub.test/spaces/alice/birds"),
        ("kernel", "http://hub.test/kernels/alice/birds"),
    ],
)
def test_it_makes_each_kind_and_answers_with_an_address_on_the_clients_host(alice: Asker, kind: str, url: str) -> None:
    answer = alice.create("birds", kind)
    assert answer.status_code == 200
    assert answer.json()["url"] == url
    assert alice.get(f"{kind}s/alice/birds").json()["id"] == "alice/birds"


def test_a_repository_that_exists_is_a_conflict_that_tells_its_address(alice: Asker, birds: str) -> None:
    answer = alice.create("birds")
    assert answer.status_code == 409
    assert answer.json()["url"] == "http://hub.test/alice/birds"
    assert answer.json()["error"]


def test_names_are_compared_without_case(alice: Asker, birds: str) -> None:
    assert alice.create("Birds").status_code == 409


@pytest.mark.parametrize(
    ("sent", "private"),
    [
        ({}, False),
        ({"visibility": "private"}, True),
        ({"visibility": "public"}, False),
        ({"private": True}, True),
        ({"private": False}, False),
    ],
)
def test_visibility_may_be_a_word_or_the_old_boolean(alice: Asker, sent: dict[str, object], private: bool) -> None:
    alice.create("birds", **sent)
    assert alice.get("models/alice/birds").json()["private"] is private


def test_an_organisation_may_default_to_private(alice: Asker) -> None:
    from freehold.core.accounts.actor import SYSTEM

    alice.hub.rooms.people.add_org(SYSTEM, "quiet", default_visibility="private", members=[("alice", "write")])
    assert alice.create("birds", organization="quiet").status_code == 200
    assert alice.get("models/quiet/birds").json()["private"] is True
    assert alice.create("loud", organization="quiet", visibility="public").status_code == 200
    assert alice.get("models/quiet/loud").json()["private"] is False


def test_it_refuses_a_foreign_namespace(bob: Asker) -> None:
    assert bob.create("birds", organization="alice").status_code == 403
    assert bob.create("birds", organization="acme").status_code == 200


def test_it_refuses_nobody_and_a_token_that_only_reads(nobody: Asker, alice: Asker) -> None:
    assert nobody.create("birds").status_code == 401
    with alice.hub.client("alice", role="read") as client:
        assert Asker(alice.hub, client).create("birds").status_code == 403


@pytest.mark.parametrize("name", ["..", "a--b", ".a", "a.", "a.git", "a b", "é", "", "x" * 97, "a/../b"])
def test_it_refuses_bad_names(alice: Asker, name: str) -> None:
    answer = alice.create(name)
    assert answer.status_code in {400, 403}
    assert answer.headers["X-Error-Message"]


def test_a_space_needs_a_known_sdk(alice: Asker) -> None:
    answer = alice.post("repos/create", {"name": "app", "type": "space", "sdk": "flash"})
    assert answer.status_code == 400
    assert "gradio" in answer.json()["error"]


@pytest.mark.proves("DELETE /api/repos/delete")
def test_it_deletes_for_good(alice: Asker, birds: str) -> None:
    body = {"name": "birds", "organization": "alice"}
    assert alice.delete("repos/delete", body).status_code == 200
    again = alice.delete("repos/delete", body)
    assert (again.status_code, again.headers["X-Error-Code"]) == (404, "RepoNotFound")
    assert alice.get(birds).headers["X-Error-Code"] == "RepoNotFound"


def test_only_its_owner_deletes(carol: Asker, birds: str) -> None:
    assert carol.delete("repos/delete", {"name": "birds", "organization": "alice"}).status_code == 403
    assert carol.get(birds).status_code == 200


@pytest.mark.proves("POST /api/repos/move")
def test_a_moved_repository_answers_at_its_old_address_with_a_redirect_that_keeps_method_and_query(
    alice: Asker, birds: str
) -> None:
    alice.made(alice.commit(birds, {"a b.txt": b"x"}))
    moved = alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "acme/owls", "type": "model"})
    assert moved.status_code == 200
    answer = alice.get("models/alice/birds/tree/refs%2Fheads%2Fmain", recursive="true")
    assert answer.status_code == 307
    assert answer.headers["Location"] == "/api/models/acme/owls/tree/refs%2Fheads%2Fmain?recursive=true"
    assert alice.commit(birds, {"b.txt": b"y"}).status_code == 307
    file = alice.client.get("/alice/birds/resolve/main/a%20b.txt")
    assert (file.status_code, file.headers["Location"]) == (307, "/acme/owls/resolve/main/a%20b.txt")
    assert alice.client.get(file.headers["Location"]).content == b"x"


def test_a_move_does_not_tell_strangers_where_a_private_repository_went(
    alice: Asker, secret: str, carol: Asker
) -> None:
    alice.post("repos/move", {"fromRepo": "alice/secret", "toRepo": "alice/hidden", "type": "model"})
    answer = carol.get(secret)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


def test_it_refuses_to_move_onto_another(alice: Asker, birds: str) -> None:
    alice.create("owls")
    answer = alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "alice/owls", "type": "model"})
    assert answer.status_code == 409
    assert "A model repository called alice/owls already exists" in answer.json()["error"]


@pytest.mark.proves("POST /api/{type}s/{id}/duplicate")
def test_it_duplicates_with_every_file(alice: Asker, birds: str, carol: Asker) -> None:
    alice.made(alice.commit(birds, {"a.txt": b"x"}))
    alice.large(birds, "b.bin", b"large" * 100)
    answer = carol.post(f"{birds}/duplicate", {"repository": "carol/birds", "visibility": "private"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"url": "http://hub.test/carol/birds", "filesCopyPending": False}
    assert carol.client.get("/carol/birds/resolve/main/a.txt").content == b"x"
    assert carol.client.get("/carol/birds/resolve/main/b.bin").content == b"large" * 100
    assert carol.get("models/carol/birds").json()["private"] is True
    again = carol.post(f"{birds}/duplicate", {"repository": "carol/birds"})
    assert (again.status_code, again.json()["url"]) == (409, "http://hub.test/carol/birds")


def test_what_may_not_be_read_may_not_be_duplicated(carol: Asker, secret: str) -> None:
    answer = carol.post(f"{secret}/duplicate", {"repository": "carol/secret"})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


def test_who_names_a_moved_repository_in_a_body_is_told_its_new_name(alice: Asker, birds: str) -> None:
    alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "acme/owls"})
    for refused in (
        alice.delete("repos/delete", {"name": "birds"}),
        alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "alice/ducks"}),
    ):
        assert (refused.status_code, refused.headers["X-Error-Code"]) == (404, "RepoNotFound")
        assert "now called acme/owls" in refused.headers["X-Error-Message"]
    assert alice.get("models/acme/owls").status_code == 200


def test_a_moved_repository_is_duplicated_by_its_old_address(alice: Asker, birds: str) -> None:
    alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "acme/owls"})
    answer = alice.post(f"{birds}/duplicate", {"repository": "alice/copy"})
    assert (answer.status_code, answer.headers["Location"]) == (307, "/api/models/acme/owls/duplicate")


def test_every_conflict_tells_an_address_on_the_clients_host(alice: Asker, birds: str) -> None:
    alice.create("owls")
    for refused in (
        alice.create("owls"),
        alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "alice/owls"}),
        alice.post(f"{birds}/duplicate", {"repository": "alice/owls"}),
    ):
        assert (refused.status_code, refused.json()["url"]) == (409, "http://hub.test/alice/owls")


def test_a_refusal_says_what_would_help(alice: Asker, carol: Asker, nobody: Asker, birds: str) -> None:
    with alice.hub.client("alice", "read") as reading:
        read_only = reading.put(f"/api/{birds}/settings", json={"gated": "auto"})
    answers = (
        nobody.put(f"{birds}/settings", {"gated": "auto"}),
        read_only,
        carol.put(f"{birds}/settings", {"gated": "auto"}),
    )
    assert [one.status_code for one in answers] == [403, 403, 403]
    for answer, sentence in zip(answers, ("Sign in", "role `write`", "Ask its owner"), strict=True):
        assert sentence in answer.headers["X-Error-Message"]
        assert "create_pr" not in answer.headers["X-Error-Message"]
