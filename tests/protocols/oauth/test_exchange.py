"""A CI job gets a token for one repository if it proves where it runs, and learns nothing if it does not."""

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.scope import Entity
from freehold.wire.oauth.jose import make_key
from freehold.wire.oauth.publishers import parse_rule
from tests.kit.builders import a_dataset, a_model
from tests.kit.hub import TestHub
from tests.kit.issuer import Issuer

pytestmark = pytest.mark.parametrize("hub", [{"outbound_networks": "127.0.0.0/8"}], indirect=True)
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
HERE = "http://127.0.0.1:8000"
JOB = {"project_id": 42, "ref": "main", "ref_type": "branch"}


@pytest.fixture
def issuer():
    with Issuer() as one:
        yield one


def trust(hub: TestHub, issuer: Issuer, full: str = "alice/birds", kind: RepoKind = RepoKind.MODEL) -> Entity:
    repo = hub.rooms.repos.admin(hub.actor("alice"), RepoId(kind, *full.split("/"))).repo
    entity = Entity(kind.value, repo.id, full)
    rule = parse_rule({"kind": "gitlab", "issuer": issuer.url, "id": "42", "branch": "main"})
    hub.rooms.oauth.publishers.add(hub.actor("alice"), entity, rule)
    return entity


def exchange(hub: TestHub, token: str, resource: str = "alice/birds"):
    body = {"grant_type": GRANT, "subject_token_type": ID_TOKEN, "subject_token": token, "resource": resource}
    with hub.client() as client:
        return client.post("/oauth/token", json=body)


def statuses(hub: TestHub, token: str, *paths: str) -> list[int]:
    with hub.client() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        return [client.get(path).status_code for path in paths]


def test_a_job_publishes_to_its_repository_and_to_no_other(hub, issuer):
    a_model(hub, visibility="private")
    a_model(hub, "alice/other", visibility="private")
    trust(hub, issuer)
    answer = exchange(hub, issuer.token(HERE, **JOB))
    given = answer.json()
    assert (answer.status_code, given["token_type"], given["expires_in"]) == (200, "bearer", 3600)
    write = "/api/models/alice/{}/auth-check/write"
    assert statuses(hub, given["access_token"], write.format("birds"), write.format("other")) == [200, 404]
    hub.clock.advance(3600)
    assert statuses(hub, given["access_token"], write.format("birds")) == [401]


def test_a_resource_may_be_of_any_kind(hub, issuer):
    a_dataset(hub)
    trust(hub, issuer, "alice/songs", RepoKind.DATASET)
    assert exchange(hub, issuer.token(HERE, **JOB), "datasets/alice/songs").status_code == 200
    assert exchange(hub, issuer.token(HERE, **JOB), "alice/songs").json()["error"] == "invalid_grant"
    for wrong in ("alice", "a/b/c", "datasets/alice/songs/x", "../x", "", "datasets//songs"):
        assert exchange(hub, issuer.token(HERE, **JOB), wrong).json()["error"] in {"invalid_target", "invalid_request"}


def test_a_token_is_taken_once(hub, issuer):
    a_model(hub)
    trust(hub, issuer)
    token = issuer.token(HERE, **JOB)
    assert exchange(hub, token).status_code == 200
    again = exchange(hub, token)
    assert again.json()["error"] == "invalid_grant" and "exchanged already" in again.json()["error_description"]
    without = issuer.token(HERE, jti=None, **JOB)
    assert [exchange(hub, without).status_code for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    "claims",
    [
        {"project_id": 43}, {"ref": "dev"}, {"ref_type": "tag"}, {"aud": "https://huggingface.co"}, {"exp": 1},
        {"iss": "https://gitlab.com"}, {"nbf": 1 << 39}, {"project_id": None}, {"iat": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_does_not_fit_gets_the_answer_of_a_repository_that_is_not_there(hub, issuer, claims):
    a_model(hub, visibility="private")
    trust(hub, issuer)
    refused = exchange(hub, issuer.token(**{"audience": HERE, **JOB, **claims}))
    absent = exchange(hub, issuer.token(HERE, **JOB), "alice/absent")
    assert (refused.status_code, refused.json()) == (absent.status_code, absent.json()) == (400, absent.json())


def test_a_forged_token_and_one_that_is_none_are_refused_alike(hub, issuer):
    a_model(hub)
    trust(hub, issuer)
    good = issuer.token(HERE, **JOB)
    shown = issuer.key
    issuer.key = (shown[0], make_key()[1])
    forged = issuer.token(HERE, **JOB)
    issuer.key = shown
    header, body, signature = good.split(".")
    for bad in (forged, f"{header}.{body}.{signature[::-1]}", f"{header}.{body}.", "x.y.z", "x"):
        assert exchange(hub, bad).json()["error"] == "invalid_grant"


def test_nobody_sends_the_hub_to_an_issuer_that_nobody_trusts(hub, issuer):
    a_model(hub)
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400 and issuer.asked == []
    trust(hub, issuer)
    with Issuer() as other:
        assert exchange(hub, other.token(HERE, **JOB)).status_code == 400 and other.asked == []


def test_keys_are_fetched_once_and_again_when_they_have_changed(hub, issuer):
    a_model(hub)
    trust(hub, issuer)
    for _ in range(2):
        assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 200
    assert issuer.asked.count("/keys") == 1
    issuer.key = make_key()
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400
    hub.clock.advance(31)
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 200


def test_an_issuer_that_speaks_for_another_is_not_believed(hub, issuer):
    a_model(hub)
    trust(hub, issuer)
    issuer.speaks_for = "https://gitlab.com"
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400


def test_trust_that_is_taken_back_ends_tokens_at_once(hub, issuer):
    a_model(hub)
    entity = trust(hub, issuer)
    token = exchange(hub, issuer.token(HERE, **JOB)).json()["access_token"]
    publishers = hub.rooms.oauth.publishers
    publishers.remove(hub.actor("alice"), entity, publishers.list(entity.id)[0].id)
    assert statuses(hub, token, "/api/whoami-v2") == [401]
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400


def test_a_repository_that_takes_an_old_name_does_not_inherit_its_publishers(hub, issuer):
    alice = hub.actor("alice")
    a_model(hub)
    trust(hub, issuer)
    hub.rooms.repos.delete(alice, RepoId(RepoKind.MODEL, "alice", "birds"))
    a_model(hub)
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400


def test_who_shut_the_account_shut_its_publishers(hub, issuer):
    a_model(hub)
    trust(hub, issuer)
    hub.rooms.people.disable(hub.actor("admin"), "alice")
    assert exchange(hub, issuer.token(HERE, **JOB)).status_code == 400
