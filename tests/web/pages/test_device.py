"""The page that lets a device in: what it shows, who may use it, and that it cannot be used for somebody."""

import re

from freehold.core.accounts.oauth.applications import HF
from freehold.wire.oauth.scopes import EVERYTHING
from tests.kit.hub import TestHub
from tests.web.browsing import Browser, signed_in

PATH = "/oauth/device"


def begin(hub: TestHub) -> dict[str, str]:
    """A device waits, as `hf auth login` makes it wait."""
    with hub.client() as client:
        return client.post(PATH, data={"client_id": HF.id}).json()


def ask(hub: TestHub, begun: dict[str, str]) -> dict[str, str]:
    with hub.client() as client:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": HF.id}
        return client.post("/oauth/token", data={**form, "device_code": begun["device_code"]}).json()


def test_a_visitor_signs_in_first_and_keeps_the_code(hub):
    begun = begin(hub)
    answer = Browser(hub).get(f"{PATH}?user_code={begun['user_code']}")
    assert answer.headers["location"] == f"/login?next=%2Foauth%2Fdevice%3Fuser_code%3D{begun['user_code']}"


def test_the_page_says_who_asks_for_what_from_where(hub):
    begun = begin(hub)
    assert begun["verification_uri"] == "http://hub.test/oauth/device"
    text = signed_in(hub, "alice").get(f"{PATH}?user_code={begun['user_code'].lower()}").text
    for word in (begun["user_code"], "<strong>hf</strong>", "127.0.0.0/24", "the network that you are in", "Upload to"):
        assert word in text
    assert "this very code" in re.sub(r"\s+", " ", text)


def test_approval_gives_tokens_and_denial_none(hub):
    for decision, key in (("approve", "access_token"), ("deny", "error")):
        begun, browser = begin(hub), signed_in(hub, "alice")
        page = f"{PATH}?user_code={begun['user_code']}"
        answer = browser.post(f"{PATH}/decide", on=page, user_code=begun["user_code"], decision=decision)
        assert answer.status_code == 200 and key in ask(hub, begun)


def test_the_tokens_say_what_they_are(hub):
    begun, browser = begin(hub), signed_in(hub, "alice")
    page = f"{PATH}?user_code={begun['user_code']}"
    browser.post(f"{PATH}/decide", on=page, user_code=begun["user_code"], decision="approve")
    given = ask(hub, begun)
    assert given["token_type"] == "bearer" and given["scope"].split() == list(EVERYTHING)
    with hub.client() as client:
        client.headers["Authorization"] = f"Bearer {given['access_token']}"
        whoami = client.get("/api/whoami-v2").json()
    assert (whoami["name"], whoami["auth"]["accessToken"]["displayName"]) == ("alice", "hf")


def test_another_site_cannot_approve_for_her(hub):
    begun, browser = begin(hub), signed_in(hub, "alice")
    forged = browser.post(f"{PATH}/decide", token="0" * 64, user_code=begun["user_code"], decision="approve")
    assert forged.status_code == 403 and ask(hub, begun)["error"] == "authorization_pending"


def test_a_read_token_cannot_approve_with_a_form_cookie_of_its_own(hub):
    begun, browser = begin(hub), Browser(hub)
    token = browser.token_on("/login")
    browser.client.headers["Authorization"] = f"Bearer {hub.token('alice', 'read')}"
    answer = browser.post(f"{PATH}/decide", token=token, user_code=begun["user_code"], decision="approve")
    assert answer.status_code in {400, 403} and ask(hub, begun)["error"] == "authorization_pending"


def test_a_wrong_code_is_said_and_shown_again(hub):
    answer = signed_in(hub, "alice").get(f"{PATH}?user_code=<b>x")
    assert answer.status_code == 400 and "No device waits" in answer.text and "<b>x" not in answer.text
