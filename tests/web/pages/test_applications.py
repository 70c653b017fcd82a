"""The page of applications: registering, the secret that is shown once, deleting, taking back."""

import re

from freehold.core.accounts.oauth.applications import HF
from freehold.wire.oauth.scopes import EVERYTHING
from tests.web.browsing import Browser, signed_in

PATH = "/settings/applications"


def test_a_visitor_signs_in_first(hub):
    assert Browser(hub).get(PATH).headers["location"] == "/login?next=%2Fsettings%2Fapplications"


def test_an_application_is_registered_and_its_secret_shown_once(hub):
    browser = signed_in(hub, "alice")
    answer = browser.post(PATH, name="Chess", redirects="https://app.example/back\r\n", kind="confidential")
    secret = re.search(r"hf_app_[\w-]{40,}", answer.text)[0]
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    app = hub.rooms.oauth.apps.list(hub.actor("alice").account_id)[0]
    again = browser.get(PATH).text
    assert app.id in again and secret not in again and f"hf_app_…{secret[-4:]}" in again
    assert browser.post(f"{PATH}/delete", on=PATH, id=app.id).status_code == 303
    assert app.id not in browser.get(PATH).text


def test_a_mistake_is_said_and_nothing_typed_is_lost(hub):
    answer = signed_in(hub, "alice").post(PATH, name="<Chess>", redirects="http://app.example/", kind="public")
    assert answer.status_code == 400 and "begins with https://" in answer.text
    assert "&lt;Chess&gt;" in answer.text and "http://app.example/</textarea>" in answer.text


def test_a_signed_in_device_is_listed_and_sent_away(hub):
    devices, browser = hub.rooms.oauth.devices, signed_in(hub, "alice")
    for network in ("192.0.2.0/24", "198.51.100.0/24"):
        begun = devices.begin(HF, EVERYTHING, network)
        devices.decide(hub.actor("alice"), begun.user_code, approve=True)
        devices.claim(HF, begun.device_code)
    text = browser.get(PATH).text
    assert "It reaches all that you reach" in text
    assert "2 sign-ins from" in text and "198.51.100.0/24" in text and "manage-repos" in text
    assert "2 sign-ins" not in signed_in(hub, "bob").get(PATH).text
    assert browser.post(f"{PATH}/revoke", on=PATH, id=HF.id).status_code == 303
    assert "No application acts for you" in browser.get(PATH).text
