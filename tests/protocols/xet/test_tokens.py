"""Access tokens: who gets one, where it is told, and for how long it holds."""

import pytest

from tests.protocols.xet.conftest import Cas, cas, new_repo
from tests.stores.xet.conftest import some_chunks


def test_it_is_told_in_the_body_and_in_headers(birds):
    with birds.client("alice") as client:
        answer = client.get("/api/models/alice/birds/xet-write-token/main")
    body = answer.json()
    assert answer.headers["X-Xet-Cas-Url"] == body["casUrl"]
    assert answer.headers["X-Xet-Access-Token"] == body["accessToken"]
    assert answer.headers["X-Xet-Token-Expiration"] == str(body["exp"])
    assert body["exp"] > birds.clock() / 1e6 + 600
    assert answer.headers["Cache-Control"] == "no-store"


def test_everyone_has_an_address_of_his_own(birds):
    assert len({cas(birds, user, verb="read").url for user in ("alice", "bob", None)}) == 3


@pytest.mark.parametrize(
    ("user", "path", "status"),
    [
        ("bob", "xet-write-token/main", 403),
        ("bob", "xet-write-token/None?create_pr=1", 200),
        ("bob", "xet-write-token/refs%2Fpr%2F1", 200),
        (None, "xet-write-token/main", 403),
        (None, "xet-write-token/None?create_pr=1", 403),
        (None, "xet-read-token/main", 200),
        ("alice", "xet-read-token/nowhere", 404),
        ("alice", "xet-write-token/nowhere", 404),
    ],
)
def test_rights_decide_who_gets_one(birds, user, path, status):
    with birds.client(user) as client:
        assert client.get(f"/api/models/alice/birds/{path}").status_code == status


def test_a_credential_that_only_reads_gets_no_write_token(birds):
    with birds.client("alice", "read") as client:
        assert client.get("/api/models/alice/birds/xet-write-token/main").status_code == 403
        assert client.get("/api/models/alice/birds/xet-read-token/main").status_code == 200


def test_a_private_repository_looks_absent(birds):
    new_repo(birds, "alice", "secret", "private")
    with birds.client("mallory") as client:
        answers = [client.get(f"/api/models/alice/{name}/xet-read-token/main") for name in ("secret", "absent")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_token_that_only_reads_cannot_upload(birds):
    reader = cas(birds, "alice", verb="read")
    xorb = "0" * 64
    for path in (f"/v1/xorbs/default/{xorb}", f"/v1/xorb-grants/default/{xorb}", "/v1/shards", "/v2/shards"):
        assert reader.call("POST", path, content=b'{"length": 3}').status_code == 403


def test_a_revoked_credential_ends_its_access_tokens(birds):
    mine = cas(birds, "alice", verb="read")
    account = birds.actor("alice").account_id
    [token] = birds.rooms.tokens.list(account)
    birds.rooms.tokens.revoke(birds.actor("alice"), account, token.id)
    assert mine.call("GET", f"/v2/reconstructions/{'0' * 64}").status_code == 401


def test_it_holds_some_minutes_longer_than_it_says(birds):
    mine = cas(birds, "alice")
    birds.clock.advance(3600 + 240)
    mine.push(some_chunks(1))
    birds.clock.advance(120)
    assert mine.call("POST", "/v1/shards", content=b"").status_code == 401


@pytest.mark.parametrize("forge", [lambda t: t[:-2] + "AA", lambda t: "xet_e30.AAAA", lambda t: "hf_x", lambda t: "é"])
def test_it_refuses_forged_tokens(birds, forge):
    mine = cas(birds, "alice", verb="read")
    forged = Cas(birds, mine.url, forge(mine.token).encode("utf-8").decode("latin-1"))
    with birds.client() as client:
        answer = client.get(
            f"{mine.url}/v2/reconstructions/{'0' * 64}",
            headers={"Authorization": b"Bearer " + forged.token.encode("latin-1")},
        )
    assert answer.status_code == 401


def test_it_refuses_a_token_at_another_persons_address(birds):
    hers, his = cas(birds, "alice", verb="read"), cas(birds, "bob", verb="read")
    assert Cas(birds, hers.url, his.token).call("GET", f"/v2/reconstructions/{'0' * 64}").status_code == 403
