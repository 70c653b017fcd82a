"""Who the caller is."""

import pytest

from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/whoami-v2")
def test_it_tells_the_account_its_organisations_and_its_token(alice: Asker) -> None:
    said = alice.get("whoami-v2").json()
    assert (said["type"], said["name"], said["isPro"]) == ("user", "alice", False)
    assert [(org["name"], org["roleInOrg"]) for org in said["orgs"]] == [("acme", "admin")]
    assert said["auth"]["type"] == "access_token"
    assert said["auth"]["accessToken"]["role"] == "write"
    assert said["auth"]["accessToken"]["displayName"]


def test_it_refuses_nobody(nobody: Asker) -> None:
    assert nobody.get("whoami-v2").status_code == 401


def test_it_refuses_a_wrong_token_in_the_words_that_clients_know(hub: TestHub) -> None:
    with hub.client() as client:
        answer = client.get("/api/whoami-v2", headers={"Authorization": "Bearer hf_" + "x" * 40})
    assert answer.status_code == 401
    assert answer.headers["X-Error-Message"] == "Invalid credentials in Authorization header"
    assert "X-Error-Code" not in answer.headers
