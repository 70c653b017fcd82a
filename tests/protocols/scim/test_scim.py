"""A directory keeps people and groups, and what follows from that for those people."""

import pytest

from freehold.base.errors import BadCredentials, Forbidden
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.trail.reading import Filter
from tests.kit.hub import TestHub

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Okta:
    """A directory of that name."""

    def __init__(self, hub: TestHub) -> None:
        self.hub = hub
        self.client = hub.client()
        self.client.headers["Authorization"] = f"Bearer {hub.rooms.directory.credentials.add(SYSTEM, 'okta')}"

    def ask(self, method, path, status=200, **options):
        answer = self.client.request(method, f"/scim/v2{path}", **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def add(self, user_name="dora@example.org", status=201, **more):
        return self.ask("POST", "/Users", status, json={"userName": user_name, **more})

    def patch(self, path, *operations, status=200, **options):
        return self.ask("PATCH", path, status, json={"schemas": [PATCH], "Operations": list(operations)}, **options)

    def found(self, kind, filter_):
        return self.ask("GET", f"/{kind}", params={"filter": filter_})["Resources"]


@pytest.fixture
def okta(hub):
    return Okta(hub)


def role_of(hub, user, org="acme"):
    people = hub.rooms.people
    return next((one.role for one in people.orgs_of(people.by_name(user).id) if one.name == org), None)


def test_a_person_becomes_an_account(hub, okta):
    name, emails = {"givenName": "Dora", "familyName": "M"}, [{"value": "dora@example.org"}]
    made = okta.add(name=name, emails=emails, externalId="7")
    account = hub.rooms.people.by_name("dora")
    assert (made["id"], made["nickName"], made["userName"]) == (account.id, "dora", "dora@example.org")
    assert (account.full_name, account.email) == ("Dora M", "dora@example.org")
    assert made["meta"]["location"].endswith(f"/scim/v2/Users/{account.id}")
    assert okta.found("Users", 'userName eq "DORA@example.org"') == [made] == okta.found("Users", 'externalId eq "7"')


def test_names_of_accounts_are_told_apart(hub, okta):
    assert okta.add("alice@example.org")["nickName"] == "alice-2"
    assert okta.add("api@example.org")["nickName"] == "api-2"
    assert okta.add("Ünïcode <x>@example.org")["nickName"]


def test_a_username_is_one_persons(okta):
    okta.add()
    refused = okta.add("DORA@example.org", 409)
    assert (refused["scimType"], refused["status"]) == ("uniqueness", "409")
    assert okta.add("alice", 409)["scimType"] == "uniqueness"


def test_somebody_who_is_there_is_found_and_taken_over(hub, okta):
    [carol] = okta.found("Users", 'userName eq "carol"')
    okta.patch(f"/Users/{carol['id']}", {"op": "add", "path": "externalId", "value": "c-1"})
    assert okta.found("Users", 'externalId eq "c-1"')[0]["userName"] == "carol"


def test_deactivation_ends_sessions_and_tokens_at_once(hub, okta):
    made = okta.add()
    actor = hub.actor("dora")
    token = hub.rooms.tokens.add(SYSTEM, actor.account_id, "laptop", "write")[1]
    session = hub.rooms.sessions.open(actor.account_id).secret
    assert hub.rooms.tokens.identify(token).name == hub.rooms.sessions.identify(session).name == "dora"
    okta.patch(f"/Users/{made['id']}", {"op": "Replace", "path": "active", "value": "False"})
    for identify, secret in ((hub.rooms.tokens.identify, token), (hub.rooms.sessions.identify, session)):
        with pytest.raises(BadCredentials):
            identify(secret)
    assert okta.ask("GET", f"/Users/{made['id']}")["active"] is False
    okta.ask("PUT", f"/Users/{made['id']}", json={"userName": "dora@example.org", "displayName": "D"})
    assert okta.ask("GET", f"/Users/{made['id']}")["active"] is False, "what is not mentioned lets nobody in"
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert hub.rooms.sessions.identify(hub.rooms.sessions.open(actor.account_id).secret).name == "dora"
    with pytest.raises(BadCredentials):
        hub.rooms.tokens.identify(token)


def test_deletion_shuts_the_account_for_good_and_frees_the_username(hub, okta):
    made = okta.add()
    okta.ask("DELETE", f"/Users/{made['id']}", 204)
    okta.ask("GET", f"/Users/{made['id']}", 404)
    assert okta.found("Users", 'userName eq "dora@example.org"') == []
    assert hub.rooms.people.by_name("dora").disabled
    assert okta.add()["nickName"] == "dora-2", "an account's name is never given twice"


def test_administrators_of_the_hub_are_shown_and_not_changed(hub, okta):
    [admin] = okta.found("Users", 'userName eq "admin"')
    path = f"/Users/{admin['id']}"
    okta.patch(path, {"op": "replace", "path": "active", "value": False}, status=403)
    okta.ask("DELETE", path, 403)
    okta.ask("PUT", path, 403, json={"userName": "admin", "emails": [{"value": "m@evil.example"}]})
    assert hub.rooms.people.by_name("admin").email is None


def test_a_directory_lets_nobody_in_whom_administrators_shut(hub, okta):
    made = okta.add()
    hub.rooms.people.disable(hub.actor("admin"), "dora")
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": True}, status=403)
    assert hub.rooms.people.by_name("dora").disabled


def test_an_address_that_is_somebody_elses_is_not_taken_from_them(hub, okta):
    okta.add("erin@example.org", emails=[{"value": "erin@example.org"}])
    made = okta.add("mallory@example.org", emails=[{"value": "ERIN@example.org"}])
    assert made["emails"] == [{"value": "ERIN@example.org"}]
    assert hub.rooms.people.by_id(made["id"]).email is None


def test_groups_give_roles_and_take_them(hub, okta):
    hub.rooms.directory.roles.set(SYSTEM, "Engineers", "acme", "write")
    dora = okta.add()["id"]
    group = okta.ask("POST", "/Groups", 201, json={"displayName": "engineers", "members": [{"value": dora}]})
    assert role_of(hub, "dora") == "write"
    assert okta.ask("GET", f"/Users/{dora}")["groups"][0]["display"] == "engineers"
    hub.rooms.directory.roles.set(SYSTEM, "engineers", "acme", "read")
    assert role_of(hub, "dora") == "read"
    lead = okta.ask("POST", "/Groups", 201, json={"displayName": "leads", "members": [{"value": dora}]})
    hub.rooms.directory.roles.set(SYSTEM, "leads", "acme", "admin")
    assert role_of(hub, "dora") == "admin", "the highest counts"
    okta.ask("DELETE", f"/Groups/{lead['id']}", 204)
    assert role_of(hub, "dora") == "read"
    okta.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{dora}"]'})
    assert role_of(hub, "dora") is None
    assert role_of(hub, "bob") == "write", "whom no group names keeps what they have"


def test_a_group_that_is_renamed_gives_what_its_new_name_gives(hub, okta):
    hub.rooms.directory.roles.set(SYSTEM, "engineers", "acme", "write")
    dora = okta.add()["id"]
    group = okta.ask("POST", "/Groups", 201, json={"displayName": "engineers", "members": [{"value": dora}]})
    okta.patch(f"/Groups/{group['id']}", {"op": "replace", "value": {"displayName": "former engineers"}})
    assert role_of(hub, "dora") is None


def test_no_group_takes_an_organisations_last_administrator(hub, okta):
    hub.rooms.directory.roles.set(SYSTEM, "leads", "acme", "admin")
    dora = okta.add()["id"]
    group = okta.ask("POST", "/Groups", 201, json={"displayName": "leads", "members": [{"value": dora}]})
    hub.rooms.people.set_member(SYSTEM, "acme", "alice", None)
    okta.ask("DELETE", f"/Groups/{group['id']}", 409)
    assert role_of(hub, "dora") == "admin"
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", "admin")
    okta.ask("DELETE", f"/Groups/{group['id']}", 204)
    assert role_of(hub, "dora") is None


def test_a_group_neither_lowers_nor_ends_what_was_given_by_hand(hub, okta):
    """SCIM groups took away roles that administrators had given, where those of other directories did not."""
    hub.rooms.directory.roles.set(SYSTEM, "readers", "acme", "read")
    people = {name: okta.found("Users", f'userName eq "{name}"')[0]["id"] for name in ("alice", "bob")}
    group = okta.ask(
        "POST", "/Groups", 201, json={"displayName": "readers", "members": [{"value": one} for one in people.values()]}
    )
    assert [role_of(hub, name) for name in people] == ["admin", "write"]
    hub.rooms.directory.roles.set(SYSTEM, "readers", "acme", "admin")
    assert role_of(hub, "bob") == "admin"
    okta.ask("DELETE", f"/Groups/{group['id']}", 204)
    assert [role_of(hub, name) for name in people] == ["admin", "write"]


def test_members_are_people_of_this_hub(okta):
    okta.ask("POST", "/Groups", 400, json={"displayName": "g", "members": [{"value": "nobody"}]})


def test_pages_and_versions(hub, okta):
    for number in range(7):
        okta.add(f"p{number}@example.org")
    page = okta.ask("GET", "/Users", params={"startIndex": 3, "count": 4})
    assert (page["startIndex"], page["itemsPerPage"], len(page["Resources"])) == (3, 4, 4)
    assert okta.ask("GET", "/Users", params={"count": 0})["totalResults"] == page["totalResults"]
    one = page["Resources"][3]
    path, version = f"/Users/{one['id']}", one["meta"]["version"]
    okta.ask("GET", path, 304, headers={"If-None-Match": version})
    change = {"op": "replace", "path": "displayName", "value": "P"}
    okta.patch(path, change, headers={"If-Match": version})
    okta.patch(path, change, status=412, headers={"If-Match": version})
    okta.ask("DELETE", path, 412, headers={"If-Match": version})


BAD = [b"", b"{", b"[]", b'"x"', b"[" * 5000, b'{"userName": 5}', b'{"userName": "a\\u0000"}']


@pytest.mark.parametrize("body", BAD)
def test_bad_bodies_are_refused_in_scims_own_words(okta, body):
    refused = okta.ask("POST", "/Users", 400, content=body)
    assert refused["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_only_a_directorys_own_token_opens(hub, okta):
    with hub.client("admin") as client:
        assert client.get("/scim/v2/Users").status_code == 401
    secret = okta.client.headers["Authorization"].split()[1]
    with hub.client() as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        assert client.get("/api/whoami-v2").status_code == 401, "and it opens nothing else"
    hub.rooms.directory.credentials.remove(SYSTEM, "okta")
    okta.ask("GET", "/Users", 401)
    with pytest.raises(Forbidden):
        hub.rooms.directory.credentials.add(hub.actor("alice"), "mine")


def test_what_a_directory_does_is_in_the_audit_under_its_name(hub, okta):
    okta.add()
    lines = hub.rooms.trail.of_hub().page(Filter(actor="scim:okta"), 10).lines
    assert {line.action for line in lines} == {"user.add", "scim.user"}
    assert hub.rooms.chain.verify()
