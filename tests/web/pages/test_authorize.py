"""Signing in to an application with an account of this hub: asked once, sent back only to where it was registered."""

import hashlib
import re
from base64 import urlsafe_b64encode
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.oauth.applications import Draft
from freehold.wire.oauth.jose import Expected, verify
from tests.kit.hub import URL, TestHub
from tests.web.browsing import Browser, signed_in

BACK = "https://app.example/back"
VERIFIER = "v" * 50
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def an_app(hub: TestHub, owner: str = "carol", *, confidential: bool = True, back: str = BACK):
    draft = Draft("Chess", "https://app.example", [back], confidential=confidential)
    return hub.rooms.oauth.apps.add(hub.actor(owner), draft)


def request(app, **changes: str) -> str:
    fields = {
        "response_type": "code", "client_id": app.id, "redirect_uri": BACK, "scope": "openid profile", "state": "s1",
        "nonce": "n1", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"/oauth/authorize?{urlencode({key: value for key, value in (fields | changes).items() if value})}"


def decide(browser: Browser, path: str, decision: str = "approve"):
    page = browser.get(path)
    query = unescape(re.search(r'name="query" value="([^"]*)"', page.text)[1])
    return browser.post("/oauth/authorize", on=path, query=query, decision=decision)


def sent_to(answer) -> tuple[str, dict[str, str]]:
    """Where the browser goes now, and with what."""
    found = re.fullmatch(r"0;url=(.+)", answer.headers["refresh"])
    parts = urlsplit(found[1])
    return parts._replace(query="").geturl(), {name: values[0] for name, values in parse_qs(parts.query).items()}


def redeem(hub: TestHub, app, secret: str, code: str, **changes: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    with hub.client() as client:
        fields = {key: value for key, value in (form | changes).items() if value}
        return client.post("/oauth/token", data=fields, auth=(app.id, secret))


def signed(hub: TestHub, path: str, name: str = "alice") -> str:
    return sent_to(decide(signed_in(hub, name), path))[1]["code"]


def test_a_person_signs_in_to_an_application(hub):
    app, secret = an_app(hub)
    browser = signed_in(hub, "alice")
    page = browser.get(request(app)).text
    for words in ("Allow Chess?", "carol", "app.example", "See your name"):
        assert words in page
    there, answer = sent_to(decide(browser, request(app)))
    assert (there, answer["state"], answer["iss"]) == (BACK, "s1", URL)
    given = redeem(hub, app, secret, answer["code"]).json()
    alice = hub.actor("alice").account_id
    with hub.client() as client:
        keys = client.get("/oauth/jwks").json()
        client.headers["Authorization"] = f"Bearer {given['access_token']}"
        claims = client.get("/oauth/userinfo").json()
        assert client.get("/api/whoami-v2").json()["name"] == "alice"
    told = verify(given["id_token"], keys, Expected(URL, app.id, hub.clock() // 1_000_000))
    assert (told["sub"], told["nonce"], claims["sub"], claims["preferred_username"]) == (alice, "n1", alice, "alice")
    assert [org["preferred_username"] for org in claims["orgs"]] == ["acme"] and "email" not in claims


def test_who_has_allowed_it_is_not_asked_again_unless_more_is_wanted(hub):
    app, secret = an_app(hub)
    browser = signed_in(hub, "alice")
    redeem(hub, app, secret, sent_to(decide(browser, request(app)))[1]["code"])
    assert sent_to(browser.get(request(app)))[1]["code"]
    assert sent_to(browser.get(request(app, prompt="none")))[1]["code"]
    for more in ({"scope": "openid profile email"}, {"prompt": "consent"}):
        assert "Allow Chess?" in browser.get(request(app, **more)).text
    hub.rooms.oauth.grants.revoke(hub.actor("alice"), app.id)
    assert "Allow Chess?" in browser.get(request(app)).text


def test_a_public_client_is_asked_about_every_time_and_needs_pkce(hub):
    back = "http://127.0.0.1/cb"
    app, secret = an_app(hub, confidential=False, back=back)
    path = request(app, redirect_uri="http://127.0.0.1:4711/cb")
    browser = signed_in(hub, "alice")
    code = sent_to(decide(browser, path))[1]["code"]
    assert secret == "" and redeem(hub, app, "", code, redirect_uri="http://127.0.0.1:4711/cb").status_code == 200
    assert "Allow Chess?" in browser.get(path).text
    without = browser.get(request(app, redirect_uri=back, code_challenge="", code_challenge_method=""))
    assert without.status_code == 400 and "refresh" not in without.headers and "PKCE" in without.text


def test_denial_tells_the_application_so(hub):
    app, _ = an_app(hub)
    there, answer = sent_to(decide(signed_in(hub, "alice"), request(app), "deny"))
    assert (there, answer["error"], answer["state"], "code" in answer) == (BACK, "access_denied", "s1", False)


@pytest.mark.parametrize("back", ["https://evil.example/", BACK + "/", BACK + "?x=1", "javascript:alert(1)", "//evil"])
def test_an_address_that_is_not_registered_is_never_gone_to(hub, back):
    app, _ = an_app(hub)
    answer = signed_in(hub, "alice").get(request(app, redirect_uri=back))
    assert answer.status_code == 400 and "refresh" not in answer.headers and "location" not in answer.headers
    assert f'href="{back}' not in answer.text


def test_a_wrong_request_is_shown_here_before_anybody_is_sent_on(hub):
    app, _ = an_app(hub)
    browser = signed_in(hub, "alice")
    for wrong in (
        {"response_type": "token"}, {"scope": "nothing"}, {"code_challenge_method": "plain"}, {"prompt": "login"},
        {"max_age": "x"}, {"request": "jwt"}, {"response_mode": "fragment"},
    ):  # fmt: skip
        answer = browser.get(request(app, **wrong))
        assert answer.status_code == 400 and "refresh" not in answer.headers and "error=" in answer.text
    assert browser.get(request(app) + "&state=2").status_code == 400


def test_a_visitor_signs_in_first_and_silence_is_kept_where_it_is_asked_for(hub):
    app, _ = an_app(hub)
    visitor = Browser(hub)
    answer = visitor.get(request(app))
    assert answer.headers["location"].startswith("/login?next=%2Foauth%2Fauthorize%3Fresponse_type%3Dcode")
    assert sent_to(visitor.get(request(app, prompt="none")))[1]["error"] == "login_required"
    assert sent_to(signed_in(hub, "alice").get(request(app, prompt="none")))[1]["error"] == "consent_required"


def test_a_sign_in_that_is_too_old_is_not_enough(hub):
    app, _ = an_app(hub)
    browser = signed_in(hub, "alice")
    assert "Allow Chess?" in browser.get(request(app, max_age="60")).text
    hub.clock.advance(61)
    assert "signed in too long ago" in browser.get(request(app, max_age="60")).text


@pytest.mark.parametrize(
    "changes",
    [{"redirect_uri": BACK + "/"}, {"code_verifier": "w" * 50}, {"code_verifier": ""}, {"code": "another"}],
    ids=str,
)
def test_a_code_is_good_only_with_what_belongs_to_it(hub, changes):
    app, secret = an_app(hub)
    answer = redeem(hub, app, secret, **{"code": signed(hub, request(app)), **changes})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_verifier_for_a_code_without_a_challenge_is_refused(hub):
    app, secret = an_app(hub)
    path = request(app, code_challenge="", code_challenge_method="")
    assert redeem(hub, app, secret, signed(hub, path)).json()["error"] == "invalid_grant"
    assert redeem(hub, app, secret, signed(hub, path), code_verifier="").status_code == 200


def test_a_code_that_comes_twice_ends_what_it_gave(hub):
    app, secret = an_app(hub)
    code = signed(hub, request(app))
    given = redeem(hub, app, secret, code).json()
    assert redeem(hub, app, secret, code).json()["error"] == "invalid_grant"
    with hub.client() as client:
        client.headers["Authorization"] = f"Bearer {given['access_token']}"
        assert client.get("/oauth/userinfo").status_code == 401


def test_a_code_is_old_after_a_minute_and_belongs_to_one_application(hub):
    app, secret = an_app(hub)
    other, other_secret = an_app(hub, "mallory")
    code = signed(hub, request(app))
    assert redeem(hub, other, other_secret, code).json()["error"] == "invalid_grant"
    assert redeem(hub, app, "wrong", code).status_code == 401
    hub.clock.advance(60)
    assert redeem(hub, app, secret, code).json()["error"] == "invalid_grant"


def test_a_token_reaches_as_far_as_was_allowed(hub):
    app, secret = an_app(hub)
    hub.rooms.repos.create(hub.actor("alice"), _repo("alice/hidden"), visibility="private")
    reach = {}
    for scope in ("openid profile", "read-repos", "write-repos"):
        given = redeem(hub, app, secret, signed(hub, request(app, scope=scope))).json()
        with hub.client() as client:
            client.headers["Authorization"] = f"Bearer {given['access_token']}"
            asked = client.get("/api/models/alice/hidden"), client.get("/api/models/alice/hidden/auth-check/write")
            reach[scope] = tuple(answer.status_code for answer in asked)
    assert reach == {"openid profile": (404, 404), "read-repos": (200, 403), "write-repos": (200, 200)}


def _repo(full: str):
    from freehold.base.ids import RepoId, RepoKind

    return RepoId(RepoKind.MODEL, *full.split("/"))


def allowed_for(hub, app, secret, scope: str, orgs: tuple[str, ...] = (), name: str = "alice", **changes: str):
    """A client with what a person allowed in the browser, for these organisations."""
    browser, path = signed_in(hub, name), request(app, scope=scope, prompt="consent", **changes)
    page = browser.get(path)
    query = unescape(re.search(r'name="query" value="([^"]*)"', page.text)[1])
    ticked = {f"org:{hub.rooms.people.by_name(one).id}": "1" for one in orgs}
    answer = browser.post("/oauth/authorize", on=path, query=query, decision="approve", **ticked)
    return hub.client(token=redeem(hub, app, secret, sent_to(answer)[1]["code"]).json()["access_token"])


def test_organisations_are_reached_that_the_person_chose_and_no_others(hub):
    app, secret = an_app(hub)
    hub.rooms.people.add_org(SYSTEM, "zoo", members=[("alice", "admin")])
    for org in ("acme", "zoo"):
        hub.rooms.repos.create(hub.actor("alice"), _repo(f"{org}/hidden"), visibility="private")
    one = allowed_for(hub, app, secret, "read-repos", ("acme",))
    assert [one.get(f"/api/models/{org}/hidden").status_code for org in ("acme", "zoo")] == [200, 404]
    assert [found["id"] for found in one.get("/api/models?search=hidden").json()] == ["acme/hidden"]
    none = allowed_for(hub, app, secret, "read-repos")
    assert none.get("/api/models/acme/hidden").status_code == 404
    shown = signed_in(hub, "alice").get("/settings/applications").text
    assert '<a href="/acme" translate="no">acme</a>' in shown
    assert 'translate="no">zoo' not in shown
    mallorys = allowed_for(hub, app, secret, "read-repos", ("acme",), name="mallory")
    assert mallorys.get("/api/models/acme/hidden").status_code == 404


def test_an_organisation_that_the_application_names_is_ticked_and_asked_about_when_it_is_new(hub):
    app, secret = an_app(hub)
    acme = hub.rooms.people.by_name("acme").id
    browser, named = signed_in(hub, "bob"), request(app, scope="read-repos", orgIds=acme)
    assert f'name="org:{acme}" value="1" checked' in browser.get(named).text
    assert f'name="org:{acme}" value="1">' in browser.get(request(app, scope="read-repos")).text
    assert "org:" not in browser.get(request(app, scope="openid profile email")).text
    hub.rooms.repos.create(hub.actor("alice"), _repo("acme/hidden"), visibility="private")
    decide(browser, request(app, scope="read-repos"))
    assert "Allow Chess" in browser.get(named).text, "what was allowed did not reach acme"
    assert allowed_for(hub, app, secret, "read-repos", ("acme",), "bob").get("/api/models/acme/hidden").is_success
    code = sent_to(browser.get(named))[1]["code"]
    assert (
        hub.client(token=redeem(hub, app, secret, code).json()["access_token"])
        .get("/api/models/acme/hidden")
        .is_success
    )


def test_who_leaves_an_organisation_takes_the_application_along(hub):
    app, secret = an_app(hub)
    hub.rooms.repos.create(hub.actor("alice"), _repo("acme/hidden"), visibility="private")
    client = allowed_for(hub, app, secret, "read-repos", ("acme",), "bob")
    assert client.get("/api/models/acme/hidden").status_code == 200
    hub.rooms.people.set_member(SYSTEM, "acme", "bob", None)
    assert client.get("/api/models/acme/hidden").status_code == 404


@pytest.mark.parametrize("where", ["alice", "acme"])
def test_what_may_be_done_with_repositories_by_each_scope(hub, where):
    """contribute-repos wrote everywhere, as write-repos did, and write-repos made and deleted repositories."""
    app, secret = an_app(hub)
    hub.rooms.repos.create(hub.actor("alice"), _repo(f"{where}/hidden"), visibility="private")
    hub.rooms.repos.create(hub.actor("alice"), _repo(f"{where}/seen"))
    found = {}
    for scope in ("read-repos", "contribute-repos", "write-repos", "manage-repos"):
        client, org = (
            allowed_for(hub, app, secret, scope, ("acme",)),
            {"organization": where} if where == "acme" else {},
        )
        mine = f"{where}/by-{scope}"
        settings = {"private": True}
        found[scope] = [
            client.get(f"/api/models/{where}/hidden").status_code,
            client.get(f"/api/models/{where}/hidden/auth-check/write").status_code,
            client.get(f"/api/models/{where}/seen/auth-check/write").status_code,
            client.post(f"/api/models/{where}/seen/discussions", json={"title": "Hi", "description": "x"}).status_code,
            client.post("/api/repos/create", json={"name": f"by-{scope}", **org, "private": True}).status_code,
            client.get(f"/api/models/{mine}/auth-check/write").status_code,
            client.put(f"/api/models/{mine}/settings", json=settings).status_code,
            client.put(f"/api/models/{where}/seen/settings", json={"gated": False}).status_code,
        ]
    assert found == {
        "read-repos": [200, 403, 403, 403, 403, 404, 404, 403],
        "contribute-repos": [404, 404, 403, 200, 200, 200, 200, 403],
        "write-repos": [200, 200, 200, 200, 403, 404, 404, 403],
        "manage-repos": [200, 200, 200, 200, 200, 200, 200, 200],
    }


def test_what_an_application_made_is_its_own_in_later_sign_ins_and_nobody_elses(hub):
    (app, secret), (other, key) = an_app(hub), an_app(hub)
    first = allowed_for(hub, app, secret, "contribute-repos")
    first.post("/api/repos/create", json={"name": "made", "private": True})
    again = allowed_for(hub, app, secret, "contribute-repos")
    assert again.get("/api/models/alice/made/auth-check/write").status_code == 200
    assert [one["id"] for one in again.get("/api/models?author=alice").json()] == ["alice/made"]
    assert allowed_for(hub, other, key, "contribute-repos").get("/api/models/alice/made").status_code == 404
    assert again.request("DELETE", "/api/repos/delete", json={"name": "made"}).status_code == 200


def test_a_wrong_list_of_organisations_is_refused(hub):
    app, _ = an_app(hub)
    for wrong in ("a b", "../x", ",".join(f"a{n}" for n in range(30))):
        answer = signed_in(hub, "alice").get(request(app, scope="read-repos", orgIds=wrong))
        assert answer.status_code == 400
        assert "orgIds" in answer.text


def test_another_site_cannot_allow_for_her_and_a_token_cannot_either(hub):
    app, _ = an_app(hub)
    browser = signed_in(hub, "alice")
    query = request(app).partition("?")[2]
    assert browser.post("/oauth/authorize", token="0" * 64, query=query, decision="approve").status_code == 403
    with hub.client("alice") as client:
        answer = client.get(request(app))
        assert answer.status_code == 403 and "refresh" not in answer.headers


def test_a_deleted_application_and_a_shut_owner_get_nothing_more(hub):
    app, secret = an_app(hub)
    given = redeem(hub, app, secret, signed(hub, request(app))).json()
    hub.rooms.oauth.apps.remove(hub.actor("carol"), app.id)
    with hub.client() as client:
        client.headers["Authorization"] = f"Bearer {given['access_token']}"
        assert client.get("/oauth/userinfo").status_code == 401
    other, _ = an_app(hub, "mallory")
    hub.rooms.people.disable(hub.actor("admin"), "mallory")
    assert signed_in(hub, "alice").get(request(other)).status_code == 400


def test_the_discovery_document_names_addresses_that_answer(hub):
    with hub.client() as client:
        document = client.get("/.well-known/openid-configuration").json()
        assert document["issuer"] == URL
        for name, address in document.items():
            if name.endswith(("_endpoint", "_uri")):
                path = address.removeprefix(URL)
                assert {client.get(path).status_code, client.post(path).status_code} != {404, 405}, name
