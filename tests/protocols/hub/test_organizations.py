"""Organisations from within by the Hub's API: roles and resource groups, with the words that clients send."""

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_model

GROUPS = "/api/organizations/acme/resource-groups"


@pytest.fixture
def group(hub):
    """A group of acme with zoe as a writer, and a private model in it."""
    a_model(hub, "acme/secret", visibility="private")
    body = {
        "name": "Core",
        "users": [{"user": "zoe", "role": "write"}],
        "repos": [{"type": "model", "name": "acme/secret"}],
    }
    answer = hub.client("alice").post(GROUPS, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sees(hub, user, path="/api/models/acme/secret"):
    """Whether the item and the list show it, which must be the same."""
    client = hub.client(user)
    item = client.get(path).status_code == 200
    assert item is ("acme/secret" in client.get("/api/models?author=acme").text)
    return item


@pytest.mark.proves("POST /api/organizations/{org}/resource-groups")
def test_a_group_closes_its_repositories_to_all_other_members(hub, group):
    assert [user for user in ("alice", "bob", "zoe", "carol") if sees(hub, user)] == ["alice", "zoe"]
    assert hub.client("zoe").get("/api/models/acme/secret/auth-check/write").status_code == 200
    assert group["users"] == [{"user": "zoe", "role": "write"}]
    assert group["repos"] == [{"type": "model", "name": "acme/secret"}]


@pytest.mark.proves("GET /api/{type}s/{id}/resource-group", "POST /api/{type}s/{id}/resource-group")
def test_what_leaves_its_group_is_open_to_members_again(hub, group):
    where = "/api/models/acme/secret/resource-group"
    assert hub.client("zoe").get(where).json() == {"id": group["id"], "name": "Core", "_id": group["id"]}
    assert hub.client("zoe").post(where, json={"resourceGroupId": None}).status_code == 403
    assert hub.client("alice").post(where, json={"resourceGroupId": None}).status_code == 200
    assert sees(hub, "bob")
    assert hub.client("bob").get(where).json() is None


def test_a_repository_is_made_in_a_group_by_its_members(hub, group):
    body = {"name": "new", "organization": "acme", "visibility": "private", "resourceGroupId": group["id"]}
    assert hub.client("bob").post("/api/repos/create", json=body).status_code == 403
    assert hub.client("zoe").post("/api/repos/create", json=body).status_code == 200
    assert hub.client("bob").get("/api/models/acme/new").status_code == 404
    assert hub.client("zoe").get("/api/models/acme/new").status_code == 200
    assert hub.client("alice").post("/api/repos/create", json=body | {"resourceGroupId": "0" * 24}).status_code == 403


def test_a_team_brings_its_people_and_takes_them_with_it(hub, group):
    orgs = hub.rooms.orgs
    desk = orgs.desk(hub.actor("alice"), "acme")
    team = orgs.teams.add(desk, "Birders")
    orgs.groups.set_team(desk, group["id"], team, "read")
    assert not sees(hub, "bob")
    orgs.teams.set_member(desk, team, "bob", belongs=True)
    assert sees(hub, "bob")
    orgs.teams.remove(desk, team)
    assert not sees(hub, "bob")


@pytest.mark.proves(
    "DELETE /api/organizations/{org}/resource-groups/{group}", "GET /api/organizations/{org}/resource-groups"
)
def test_a_group_ends_only_when_it_is_empty(hub, group):
    client = hub.client("alice")
    assert client.delete(f"{GROUPS}/{group['id']}").status_code == 409
    client.post("/api/models/acme/secret/resource-group", json={"resourceGroupId": None})
    assert client.delete(f"{GROUPS}/{group['id']}").status_code == 200
    assert client.get(GROUPS).json() == []


@pytest.mark.proves(
    "GET /api/organizations/{org}/resource-groups/{group}",
    "PATCH /api/organizations/{org}/resource-groups/{group}",
    "POST /api/organizations/{org}/resource-groups/{group}/users",
    "PATCH /api/organizations/{org}/resource-groups/{group}/users/{user}",
    "POST /api/organizations/{org}/resource-groups/{group}/repos",
)
def test_a_group_is_changed_and_says_what_it_is(hub, group):
    a_model(hub, "acme/more", visibility="private")
    client, one = hub.client("alice"), f"{GROUPS}/{group['id']}"
    assert client.patch(one, json={"name": "Kernel"}).json()["name"] == "Kernel"
    client.post(f"{one}/users", json={"users": [{"user": "bob", "role": "read"}]})
    client.patch(f"{one}/users/zoe", json={"role": "admin"})
    client.post(f"{one}/repos", json={"repos": [{"type": "model", "name": "acme/more"}]})
    assert client.post(f"{one}/users", json={"users": [{"user": "carol", "role": "read"}]}).status_code == 404
    assert client.post(f"{one}/users", json={"users": [{"user": "bob", "role": "king"}]}).status_code == 400
    shown = client.get(one).json()
    assert shown["users"] == [{"user": "bob", "role": "read"}, {"user": "zoe", "role": "admin"}]
    assert {repo["name"] for repo in shown["repos"]} == {"acme/secret", "acme/more"}


def test_a_moved_repository_is_in_no_group(hub, group):
    body = {"fromRepo": "acme/secret", "toRepo": "alice/secret", "type": "model"}
    assert hub.client("alice").post("/api/repos/move", json=body).status_code == 200
    assert hub.client("alice").get("/api/models/alice/secret/resource-group").json() is None


@pytest.mark.proves("POST /api/collections/{ns}/{slug}/resource-group")
def test_a_private_collection_in_a_group_is_there_for_the_group(hub, group):
    client = hub.client("alice")
    made = hub.rooms.collections.create(hub.actor("alice"), Draft("acme", "Ours", private=True))
    url = f"/api/collections/{made.slug}"
    assert hub.client("bob").get(url).status_code == 200
    assert client.post(f"{url}/resource-group", json={"resourceGroupId": group["id"]}).status_code == 200
    assert hub.client("bob").get(url).status_code == 404
    assert hub.client("zoe").get(url).status_code == 200
    assert hub.client("zoe").patch(url, json={"theme": "green"}).status_code == 200


@pytest.mark.proves(
    "PUT /api/organizations/{org}/members/{member}/role",
    "DELETE /api/organizations/{org}/resource-groups/{group}/users/{user}",
)
def test_a_member_without_access_reaches_what_groups_open_and_no_more(hub, group):
    client = hub.client("alice")
    a_model(hub, "acme/other", visibility="private")
    assert client.put("/api/organizations/acme/members/zoe/role", json={"role": "no_access"}).status_code == 200
    assert sees(hub, "zoe")
    assert hub.client("zoe").get("/api/models/acme/other").status_code == 404
    client.delete(f"{GROUPS}/{group['id']}/users/zoe")
    assert not sees(hub, "zoe")


def test_a_contributor_makes_repositories_and_writes_those_alone(hub):
    a_model(hub, "acme/old")
    hub.rooms.people.set_member(SYSTEM, "acme", "zoe", "contributor")
    client = hub.client("zoe")
    assert client.post("/api/repos/create", json={"name": "mine", "organization": "acme"}).status_code == 200
    assert client.get("/api/models/acme/mine/auth-check/write").status_code == 200
    assert client.get("/api/models/acme/old/auth-check/write").status_code == 403


@pytest.mark.proves("DELETE /api/organizations/{org}/members/{member}")
def test_who_goes_loses_what_groups_and_teams_gave(hub, group):
    assert hub.client("alice").delete("/api/organizations/acme/members/zoe").status_code == 200
    assert not sees(hub, "zoe")
    hub.rooms.people.set_member(SYSTEM, "acme", "zoe", "no_access")
    assert not sees(hub, "zoe")


def test_the_last_administrator_stays(hub):
    client = hub.client("alice")
    assert client.delete("/api/organizations/acme/members/alice").status_code == 409
    assert client.put("/api/organizations/acme/members/alice/role", json={"role": "read"}).status_code == 409
    client.put("/api/organizations/acme/members/bob/role", json={"role": "admin"})
    assert client.delete("/api/organizations/acme/members/alice").status_code == 200


def test_a_narrow_token_changes_nobody(hub, group):
    narrow = hub.client(token=hub.narrow("alice", ("org", "acme", ("repo.write", "repo.content.read"))))
    assert narrow.delete("/api/organizations/acme/members/zoe").status_code == 403
    assert narrow.post(GROUPS, json={"name": "More"}).status_code == 403


SETTINGS = "/api/organizations/acme/settings"


@pytest.mark.proves("GET /api/organizations/{org}/settings", "PATCH /api/organizations/{org}/settings")
def test_the_settings_are_read_and_changed_one_by_one(hub):
    alice = hub.client("alice")
    free = {"longestLifeDays": None, "fineGrainedOnly": False}
    assert alice.get(SETTINGS).json() == {"defaultVisibility": "public", "tokens": free}
    assert alice.patch(SETTINGS, json={"defaultVisibility": "private"}).json()["defaultVisibility"] == "private"
    asked = {"longestLifeDays": 90, "fineGrainedOnly": False}
    _, secret = hub.rooms.tokens.add(
        SYSTEM, hub.actor("alice").account_id, "short", "write", expires_at=hub.clock() + 90 * 86_400_000_000
    )
    assert alice.patch(SETTINGS, json={"tokens": asked}).json()["tokens"] == asked
    assert alice.get(SETTINGS).status_code == 403, "this token lives for ever"
    short = hub.client(token=secret)
    assert short.get(SETTINGS).json() == {"defaultVisibility": "private", "tokens": asked}
    for wrong in ({}, {"defaultVisibility": "secret"}, {"tokens": {"longestLifeDays": 0}}, {"tokens": 3}):
        assert short.patch(SETTINGS, json=wrong).status_code == 400, wrong
    assert hub.client("bob").patch(SETTINGS, json={"defaultVisibility": "public"}).status_code == 403


def test_a_new_repository_follows_the_default_unless_its_maker_says_otherwise(hub):
    alice, create = hub.client("alice"), "/api/repos/create"
    for default, seen in (("private", "private"), ("protected", "private"), ("public", "public")):
        alice.patch(SETTINGS, json={"defaultVisibility": default})
        for kind in ("model", "dataset", "bucket"):
            name = f"{kind}-{default}"
            where = create if kind != "bucket" else f"/api/buckets/acme/{name}"
            body = {"name": name, "organization": "acme", "type": kind} if kind != "bucket" else {}
            assert alice.post(where, json=body).status_code == 200
            assert hub.rooms.repos.admit(SYSTEM, RepoId(RepoKind(kind), "acme", name)).repo.visibility == seen
        body = {"name": f"app-{default}", "organization": "acme", "type": "space", "sdk": "static"}
        assert alice.post(create, json=body).status_code == 200
        space = RepoId(RepoKind.SPACE, "acme", f"app-{default}")
        assert hub.rooms.repos.admit(SYSTEM, space).repo.visibility == default
    alice.patch(SETTINGS, json={"defaultVisibility": "private"})
    assert alice.post(create, json={"name": "said", "organization": "acme", "private": False}).status_code == 200
    assert hub.client("carol").get("/api/models/acme/said").status_code == 200
