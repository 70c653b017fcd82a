"""An organisation's settings: administrators change who belongs to it and what is open to whom."""

import re

from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_model
from tests.web.browsing import Browser, signed_in

PATH = "/organizations/acme/settings"


def test_a_person_is_invited_and_belongs_once_they_accept(hub):
    alice, members = signed_in(hub, "alice"), hub.rooms.orgs.members
    assert alice.post(PATH, do="invite", user="carol", role="write").status_code == 303
    assert "invited" in alice.get(PATH).text
    acme = hub.rooms.people.by_name("acme")
    assert hub.rooms.people.role_in(acme.id, hub.actor("carol").account_id) is None
    carol = signed_in(hub, "carol")
    assert "by alice" in carol.get("/settings/organizations").text
    assert carol.post("/settings/organizations", org="acme", do="accept").status_code == 303
    assert hub.rooms.people.role_in(acme.id, hub.actor("carol").account_id) == "write"
    assert members.invitations(hub.actor("carol")) == []


def test_a_group_is_made_filled_and_emptied_by_forms(hub):
    a_model(hub, "acme/secret", visibility="private")
    alice = signed_in(hub, "alice")
    alice.post(PATH, do="group", name="Core")
    group = hub.rooms.orgs.groups.list(hub.rooms.orgs.desk(hub.actor("alice"), "acme"))[0].id
    assert alice.post(PATH, do="put", id=group, repo="acme/secret").status_code == 303
    assert hub.client("zoe").get("/api/models/acme/secret").status_code == 404
    alice.post(PATH, do="groupmate", id=group, user="zoe", role="read")
    assert hub.client("zoe").get("/api/models/acme/secret").status_code == 200
    assert "acme/secret" in alice.get(PATH).text
    item = re.search(r'name="item" value="([0-9a-f]{24})"', alice.get(PATH).text)[1]
    assert alice.post(PATH, do="put", item=item).status_code == 303
    assert alice.post(PATH, do="group", id=group).status_code == 303


def test_a_service_account_has_tokens_and_no_way_to_sign_in(hub):
    a_model(hub, "acme/secret", visibility="private")
    alice = signed_in(hub, "alice")
    alice.post(PATH, do="service", name="acme-ci", role="write")
    robot = hub.rooms.people.by_name("acme-ci")
    made = alice.post(PATH, do="token", account=robot.id, name="deploy", role="write")
    secret = re.search(r"hf_[A-Za-z0-9]{40}", made.text)[0]
    client = hub.client(token=secret)
    assert client.get("/api/models/acme/secret/auth-check/write").status_code == 200
    assert client.get("/api/whoami-v2").json()["name"] == "acme-ci"
    assert "deploy" in alice.get(PATH).text
    assert alice.post(PATH, do="remove", user="acme-ci").status_code == 303
    assert client.get("/api/whoami-v2").status_code == 401


def test_nobody_makes_a_token_of_a_foreign_service_account(hub):
    desk = hub.rooms.orgs.desk(hub.actor("alice"), "acme")
    robot = hub.rooms.orgs.members.add_service(desk, "acme-ci", "write")
    answer = signed_in(hub, "bob").post("/settings/tokens", name="x", role="write", account=robot)
    assert (
        "acme-ci" not in hub.client(token=re.search(r"hf_[A-Za-z0-9]{40}", answer.text)[0]).get("/api/whoami-v2").text
    )
    for user in ("bob", "mallory"):
        assert signed_in(hub, user).post(PATH, on="/settings/tokens", do="token", account=robot).status_code == 403


def test_a_domain_is_claimed_by_a_form_and_the_page_shows_the_record(hub):
    alice = signed_in(hub, "alice")
    assert alice.post(PATH, do="claim", domain="birds.example.org").status_code == 303
    page = alice.get(PATH).text
    assert re.search(r"_freehold-challenge\.birds\.example\.org\. TXT .freehold-domain=[0-9a-f]{32}", page)
    assert alice.post(PATH, do="claim", domain="no domain").status_code == 400
    assert alice.post(PATH, **{"do": "give-up", "domain": "birds.example.org"}).status_code == 303
    assert "_freehold-challenge" not in alice.get(PATH).text


def test_a_token_is_shut_out_and_let_in_by_forms_and_the_page_of_tokens_says_what_is_asked(hub):
    hub.token("bob")
    alice, bob = signed_in(hub, "alice"), signed_in(hub, "bob")
    found = re.search(r'name="id" value="([0-9a-f]{24})"><button class="danger">Shut out', alice.get(PATH).text)[1]
    assert alice.post(PATH, do="deny", id=found).status_code == 303
    assert hub.client("bob").get("/api/models/acme/never").status_code == 403
    assert "Let in" in alice.get(PATH).text
    assert alice.post(PATH, do="allow", id=found).status_code == 303
    assert hub.client("bob").get("/api/models/acme/never").status_code == 404
    assert alice.post(PATH, do="terms", days="30").status_code == 303
    assert "expire at most 30 days after they are made" in bob.get("/settings/tokens").text
    assert alice.post(PATH, do="terms", days="soon").status_code == 400


def test_what_cannot_be_done_is_said_on_the_page(hub):
    alice = signed_in(hub, "alice")
    answer = alice.post(PATH, do="remove", user="alice")
    assert answer.status_code == 400
    assert "the only one who administers" in answer.text


def test_a_member_leaves_and_the_last_administrator_does_not(hub):
    assert signed_in(hub, "bob").post("/settings/organizations", org="acme", do="leave").status_code == 303
    assert hub.rooms.people.orgs_of(hub.actor("bob").account_id) == []
    answer = signed_in(hub, "alice").post("/settings/organizations", org="acme", do="leave")
    assert answer.status_code == 400
    assert "the only one" in answer.text


def test_nobody_accepts_what_was_not_offered(hub):
    answer = signed_in(hub, "mallory").post("/settings/organizations", org="acme", do="accept")
    assert answer.status_code == 400
    assert hub.rooms.people.orgs_of(hub.actor("mallory").account_id) == []


def test_the_visibility_of_new_repositories_is_chosen(hub):
    alice = signed_in(hub, "alice")
    assert alice.post(PATH, do="visibility", visibility="private").status_code == 303
    assert '<option value="private" selected>private</option>' in alice.get(PATH).text
    assert hub.client("bob").post("/api/repos/create", json={"name": "owls", "organization": "acme"}).status_code == 200
    assert hub.client("bob").get("/api/models/acme/owls").json()["private"] is True
    assert alice.post(PATH, do="visibility", visibility="secret").status_code == 400
    assert 'action":"org.default"' in alice.get(f"{PATH}/audit?format=jsonl").text.replace('": "', '":"')


def test_a_service_accounts_token_is_ended_by_itself_and_a_members_is_not(hub):
    alice, desk = signed_in(hub, "alice"), hub.rooms.orgs.desk(hub.actor("alice"), "acme")
    robot = hub.rooms.orgs.members.add_service(desk, "acme-ci", "write")
    ended, secret = hub.rooms.tokens.add(hub.actor("alice"), robot, "old", "read")
    _, other = hub.rooms.tokens.add(hub.actor("alice"), robot, "new", "read")
    assert alice.post(PATH, do="end", account=robot, id=ended.id).status_code == 303
    assert [hub.client(token=one).get("/api/whoami-v2").status_code for one in (secret, other)] == [401, 200]
    bobs, bob = hub.rooms.tokens.add(hub.actor("bob"), hub.actor("bob").account_id, "laptop", "read")
    assert alice.post(PATH, do="end", account=bobs.account_id, id=bobs.id).status_code == 400
    assert hub.client(token=bob).get("/api/whoami-v2").status_code == 200


def test_verified_domains_are_shown_to_everybody(hub):
    assert "verified domain" not in hub.client().get("/acme").text
    hub.rooms.orgs.domains.verify(SYSTEM, "acme", "birds.example.org")
    assert "birds.example.org" in hub.client().get("/acme").text
    assert "birds.example.org" in signed_in(hub, "alice").get(PATH).text


def test_an_organisation_says_who_it_is(hub):
    alice = signed_in(hub, "alice")
    words = {"full_name": "Acme Labs", "about": "Anvils, <light> ones.", "website": "acme.example"}
    assert alice.post(PATH, do="describe", **words).status_code == 303
    page = Browser(hub).get("/acme").text
    assert "<h1>Acme Labs</h1>" in page
    assert "Anvils, &lt;light&gt; ones." in page
    assert '<a href="https://acme.example" rel="nofollow ugc noopener">acme.example</a>' in page
    known = hub.client().get("/api/organizations/acme/overview").json()
    assert (known["details"], known["website"]) == ("Anvils, <light> ones.", "https://acme.example")
    refused = alice.post(PATH, do="describe", **words | {"website": "javascript://x"})
    assert refused.status_code == 400
    assert "Anvils" in refused.text
    assert signed_in(hub, "bob").post(PATH, on="/settings/tokens", do="describe", **words).status_code == 403


def test_roles_are_words_in_the_language_of_the_reader(hub):
    alice = signed_in(hub, "alice")
    page = alice.get(PATH, "de").text
    assert '<option value="no_access">kein Zugang</option>' in page
    assert 'aria-label="Rolle von alice"' in page
    assert '<option value="no_access">no access</option>' in alice.get(PATH).text
