"""Settings, rights, and what a namespace stores."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("PUT /api/{type}s/{id}/settings")
def test_settings_are_seen_at_once(alice: Asker, birds: str, carol: Asker) -> None:
    assert alice.put(f"{birds}/settings", {"gated": "auto"}).status_code == 200
    assert alice.get(birds).json()["gated"] == "auto"
    assert alice.put(f"{birds}/settings", {"gated": False}).status_code == 200
    assert alice.get(birds).json()["gated"] is False
    assert alice.put(f"{birds}/settings", {"visibility": "private"}).status_code == 200
    assert alice.get(birds).json()["private"] is True
    assert carol.get(birds).status_code == 404
    assert alice.put(f"{birds}/settings", {"private": False}).status_code == 200
    assert carol.get(birds).status_code == 200


@pytest.mark.parametrize("body", [{}, {"visibility": "secret"}, {"visibility": "protected"}, {"gated": "maybe"}])
def test_it_refuses_settings_that_are_none(alice: Asker, birds: str, body: dict[str, object]) -> None:
    assert alice.put(f"{birds}/settings", body).status_code == 400


def test_only_an_administrator_of_the_repository_changes_its_settings(carol: Asker, birds: str) -> None:
    assert carol.put(f"{birds}/settings", {"visibility": "private"}).status_code == 403


@pytest.mark.proves("GET /api/{type}s/{id}/auth-check")
@pytest.mark.proves("GET /api/{type}s/{id}/auth-check/write")
def test_auth_check_tells_rights(alice: Asker, carol: Asker, nobody: Asker, birds: str, secret: str) -> None:
    assert alice.get(f"{secret}/auth-check").status_code == 200
    assert alice.get(f"{secret}/auth-check/write").status_code == 200
    assert carol.get(f"{birds}/auth-check").status_code == 200
    assert carol.get(f"{birds}/auth-check/write").status_code == 403
    hidden = carol.get(f"{secret}/auth-check")
    assert (hidden.status_code, hidden.headers["X-Error-Code"]) == (404, "RepoNotFound")
    stranger = nobody.get(f"{secret}/auth-check")
    assert (stranger.status_code, stranger.headers["X-Error-Code"]) == (401, "RepoNotFound")


@pytest.mark.proves("GET /api/settings/repositories")
@pytest.mark.proves("GET /api/organizations/{org}/settings/repositories")
def test_it_lists_what_a_namespace_stores(alice: Asker, birds: str, secret: str, carol: Asker, nobody: Asker) -> None:
    alice.large(birds, "b.bin", b"large" * 100)
    alice.create("owls", "dataset", organization="acme")
    own = {one["id"]: one for one in alice.get("settings/repositories").json()}
    assert {name: one["visibility"] for name, one in own.items()} == {
        "alice/birds": "public",
        "alice/secret": "private",
    }
    assert (own["alice/birds"]["storage"], own["alice/birds"]["storagePercent"]) == (500, 100)
    assert own["alice/birds"]["updatedAt"].endswith("Z")
    acme = alice.get("organizations/acme/settings/repositories").json()
    assert [(one["id"], one["type"]) for one in acme] == [("acme/owls", "dataset")]
    assert carol.get("organizations/acme/settings/repositories").status_code == 403
    assert carol.get("organizations/nowhere/settings/repositories").status_code == 404
    assert nobody.get("settings/repositories").status_code == 401


def test_the_list_of_what_is_stored_has_pages(alice: Asker, birds: str, secret: str) -> None:
    first = alice.get("settings/repositories", limit=1)
    second = alice.client.get(first.links["next"]["url"])
    assert sorted(one["id"] for one in first.json() + second.json()) == ["alice/birds", "alice/secret"]
    assert "next" not in second.links
