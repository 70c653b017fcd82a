"""People and organisations at the API."""

import pytest

from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker


def users(asker: Asker, path: str, **params: object) -> list[str]:
    answer = asker.get(path, **params)
    assert answer.status_code == 200, answer.text
    return [one["user"] for one in answer.json()]


def follow(hub: TestHub, who: str, whom: str) -> None:
    account = hub.rooms.relations.by_name(whom)
    assert account is not None
    hub.rooms.relations.follow(hub.actor(who), account, follows=True)


@pytest.mark.proves("GET /api/users/{user}/overview")
def test_an_overview_counts_what_one_may_see(
    hub: TestHub, alice: Asker, carol: Asker, nobody: Asker, birds: str, secret: str
) -> None:
    follow(hub, "carol", "alice")
    for repo in (birds, secret):
        alice.post(f"{repo}/like")
    said = nobody.get("users/ALICE/overview").json()
    assert said["orgs"][0]["name"] == "acme"
    del said["_id"], said["createdAt"], said["orgs"]
    assert said == {
        "user": "alice",
        "fullname": "alice",
        "avatarUrl": "http://hub.test/-/avatar/alice",
        "type": "user",
        "isPro": False,
        "isFollowing": False,
        "numModels": 1,
        "numDatasets": 0,
        "numSpaces": 0,
        "numKernels": 0,
        "numPapers": 0,
        "numLikes": 1,
        "numFollowers": 1,
        "numFollowing": 0,
    }
    own, hers = alice.get("users/alice/overview").json(), carol.get("users/alice/overview").json()
    assert (own["numModels"], own["numLikes"], hers["isFollowing"]) == (2, 2, True)


@pytest.mark.proves("GET /api/organizations/{org}/overview")
def test_an_organisation_has_one_too(alice: Asker, nobody: Asker) -> None:
    alice.create("birds", organization="acme")
    alice.create("secret", organization="acme", visibility="private")
    said = nobody.get("organizations/acme/overview").json()
    assert (said["name"], said["numUsers"], said["numModels"], said["isVerified"]) == ("acme", 3, 1, False)
    assert alice.get("organizations/acme/overview").json()["numModels"] == 2


@pytest.mark.proves(
    "GET /api/users/{user}/followers",
    "GET /api/users/{user}/following",
    "GET /api/organizations/{org}/followers",
    "GET /api/organizations/{org}/members",
)
def test_who_follows_whom_and_who_belongs_where(hub: TestHub, nobody: Asker, carol: Asker) -> None:
    for whom in ("alice", "acme"):
        follow(hub, "carol", whom)
    follow(hub, "bob", "alice")
    assert users(nobody, "users/alice/followers") == ["bob", "carol"]
    assert users(nobody, "users/carol/following") == ["acme", "alice"]
    assert users(nobody, "organizations/acme/followers") == ["carol"]
    assert set(users(nobody, "organizations/acme/members")) == {"alice", "bob", "zoe"}
    lines = {one["user"]: one["isFollowing"] for one in carol.get("organizations/acme/members").json()}
    assert lines == {"alice": True, "bob": False, "zoe": False}
    first = nobody.get("organizations/acme/members", limit=2)
    assert len(first.json()) + len(nobody.client.get(first.links["next"]["url"]).json()) == 3


@pytest.mark.parametrize(
    "path",
    [
        "users/nobody-here/overview",
        "users/acme/overview",
        "users/acme/followers",
        "organizations/alice/overview",
        "organizations/alice/members",
        "organizations/nobody-here/followers",
        "recent-activity?feedType=user&entity=acme",
        "recent-activity?feedType=org&entity=nobody-here",
    ],
)
def test_who_is_not_there_is_not_found(nobody: Asker, path: str) -> None:
    assert nobody.client.get(f"/api/{path}").status_code == 404


def test_a_shut_account_is_not_there(hub: TestHub, nobody: Asker) -> None:
    hub.rooms.people.disable(hub.actor("admin"), "carol")
    assert nobody.get("users/carol/overview").status_code == 404


@pytest.mark.proves("GET /api/recent-activity")
def test_what_happened_lately_is_told_in_pages(alice: Asker, nobody: Asker, birds: str, secret: str) -> None:
    alice.post(f"{birds}/like")
    query = {"feedType": "user", "entity": "alice", "limit": 1}
    first = nobody.get("recent-activity", **query).json()
    assert [(one["type"], one["repoId"], one["repoType"], one["user"]) for one in first["recentActivity"]] == [
        ("like", "alice/birds", "model", "alice")
    ]
    rest = nobody.get("recent-activity", **query, cursor=first["cursor"]).json()
    assert ([one["type"] for one in rest["recentActivity"]], "cursor" in rest) == (["publish"], False)
    seen = alice.get("recent-activity", **{**query, "limit": 10, "activityType": "publish"}).json()["recentActivity"]
    assert {one["repoId"] for one in seen} == {"alice/birds", "alice/secret"}


def test_what_an_organisation_did_names_who_did_it(alice: Asker, bob: Asker) -> None:
    bob.create("birds", organization="acme")
    said = alice.get("recent-activity", feedType="org", entity="acme").json()["recentActivity"]
    assert [(one["type"], one["user"]) for one in said] == [("publish", "bob")]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("feedType=user", 400),
        ("feedType=following&entity=alice", 501),
        ("feedType=user&entity=alice&activityType=article", 501),
        ("feedType=user&entity=alice&cursor=x", 400),
    ],
)
def test_a_feed_that_cannot_be_given_says_so(nobody: Asker, query: str, status: int) -> None:
    assert nobody.client.get(f"/api/recent-activity?{query}").status_code == status


HUGE = "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LCJ4Il0"
"""A cursor in the form of this hub's, with a number that no database holds."""


@pytest.mark.parametrize(
    "path",
    [
        "collections",
        "users/alice/likes",
        "users/alice/followers",
        "organizations/acme/members",
        "models/alice/birds/likers",
        "recent-activity?feedType=user&entity=alice",
    ],
)
def test_a_cursor_of_ones_own_making_is_refused(alice: Asker, birds: str, path: str) -> None:
    mark = "&" if "?" in path else "?"
    assert alice.client.get(f"/api/{path}{mark}cursor={HUGE}").status_code == 400
