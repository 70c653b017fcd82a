"""Signing in by the pages: half-way is nowhere, what guards are asked for is asked of all, and nobody is told apart."""

import re
import statistics
import time

import pytest
import structlog

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.sessions import RECENT
from freehold.core.accounts.signing_in.limits import CODE, LETTERS, PAIR
from freehold.wire.totp import code_at
from tests.web.browsing import PASSWORD, Browser, signed_in

NEW = "three words of mine"


@pytest.fixture
def alices(hub):
    """alice has a password."""
    hub.rooms.people.set_password(SYSTEM, "alice", PASSWORD)
    return hub


class App:
    """alice's authenticator app, as a page has shown it."""

    def __init__(self, hub, page):
        import base64

        typed = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
        self._secret, self._hub = base64.b32decode(typed), hub

    def code(self):
        """The next one: the last counts no more."""
        self._hub.clock.advance(30)
        return code_at(self._secret, self._hub.clock() // 30_000_000)


@pytest.fixture
def app(alices):
    browser = Browser(alices)
    browser.post("/login", name="alice", password=PASSWORD)
    page = browser.post("/settings/security/app", on="/settings/security").text
    app = App(alices, page)
    done = browser.post("/settings/security/app/confirm", on="/settings/security", code=app.code())
    assert done.status_code == 200
    app.recovery = re.search(r"<code>((?:[0-9a-z-]{19}\s*){10})</code>", done.text)[1].split()
    assert done.headers["cache-control"] == "no-store"
    return app


def half_way(hub):
    browser = Browser(hub)
    answer = browser.post("/login", name="alice", password=PASSWORD, next="/alice")
    assert answer.headers["location"] == "/login/second?next=%2Falice"
    assert "freehold_session=" not in answer.headers["set-cookie"]
    return browser


def test_alice_signs_in_with_a_code(alices, app):
    browser = half_way(alices)
    answer = browser.post("/login/second", code=app.code(), next="/alice")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alice")
    assert "Sign out" in browser.get("/").text
    assert "password, code" in browser.get("/settings/sessions").text


def test_a_recovery_code_works_once(alices, app):
    recovery = app.recovery[0]
    assert half_way(alices).post("/login/second/recovery", on="/login/second", code=recovery).status_code == 303
    again = half_way(alices).post("/login/second/recovery", on="/login/second", code=recovery)
    assert again.status_code == 401


def test_half_way_one_can_do_nothing(alices, app):
    browser = half_way(alices)
    for path in ("/settings/tokens", "/settings/security", "/settings/sessions", "/new", "/notifications"):
        assert browser.get(path).headers["location"].startswith("/login?next="), path
    assert browser.get("/api/whoami-v2").status_code == 401
    token = browser.token_on("/login/second")
    for path in ("/settings/tokens", "/settings/security/app/remove", "/settings/password", "/new", "/logout"):
        answer = browser.post(path, token=token, name="x", role="write")
        assert answer.status_code in (403, 303) and "hf_" not in answer.text, path
    assert alices.rooms.tokens.list(alices.actor("alice").account_id) == []
    secret = browser.client.cookies["freehold_halfway"]
    browser.client.cookies.set("freehold_session", secret)
    assert browser.get("/api/whoami-v2").status_code == 401
    assert browser.get("/api/whoami-v2").request.headers["cookie"].count(secret) == 2
    assert browser.get("/login/enrol").headers["location"] == "/login"


def test_a_code_needs_the_password_before(alices, app):
    browser = Browser(alices)
    token = browser.token_on("/login")
    answer = browser.post("/login/second", token=token, code=app.code())
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Sign out" not in browser.get("/").text


def test_wrong_codes_end_the_way_and_are_limited(alices, app):
    statuses = []
    for _ in range(CODE.tries // 5):
        browser = half_way(alices)
        statuses += [browser.post("/login/second", code="000000").status_code for _ in range(4)]
        statuses.append(
            browser.post("/login/second", code="000000", token=browser.token_on("/login/second")).status_code
        )
    assert statuses == ([401] * 4 + [303]) * 2
    answer = half_way(alices).post("/login/second", code="000000")
    assert answer.status_code == 429 and CODE.seconds - 60 < int(answer.headers["retry-after"]) <= CODE.seconds


def test_a_session_of_before_is_not_the_one_after(alices):
    """Session fixation: whatever cookie a browser comes with, signing in gives another and ends that one."""
    alice = signed_in(alices, "mallory")
    planted = alice.client.cookies["freehold_session"]
    token = alice.token_on("/settings/tokens")
    answer = alice.post("/login", token=token, name="alice", password=PASSWORD)
    assert answer.status_code == 303 and alice.client.cookies["freehold_session"] != planted
    mallory = Browser(alices)
    mallory.client.cookies.set("freehold_session", planted)
    assert mallory.get("/api/whoami-v2").status_code == 401


@pytest.mark.parametrize("path", ["/logout", "/login", "/login/second", "/login/passkey", "/login/reset", "/signup"])
def test_other_sites_send_no_form_of_these(alices, path):
    alice = signed_in(alices, "alice")
    form = {"csrf": alice.token_on("/settings/tokens"), "name": "mallory", "password": PASSWORD}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert alice.client.post(path, data=form, headers=headers).status_code == 403
    assert alice.client.post(path, data=form | {"csrf": ""}).status_code == 403
    assert "Sign out" in alice.get("/").text


# ---- Confirming ------------------------------------------------------------------------------------------------------


def test_an_old_session_confirms_before_it_changes_how_the_account_is_entered(alices):
    alice = signed_in(alices, "alice")
    token = alice.token_on("/settings/password")
    alices.clock.advance(RECENT / 1_000_000)
    for path in ("password", "security", "account"):
        assert alice.get(f"/settings/{path}").headers["location"] == f"/settings/confirm?next=%2Fsettings%2F{path}"
    for path in ("password", "security/app", "security/app/remove", "security/recovery", "account", "profile/address"):
        answer = alice.post(f"/settings/{path}", token=token, password=NEW, again=NEW, name="alice", email="a@b.org")
        assert answer.headers["location"].startswith("/settings/confirm?next="), path
    wrong = alice.post("/settings/confirm", password="wrong password", next="/settings/password")
    assert (wrong.status_code, "The password is wrong." in wrong.text) == (401, True)
    right = alice.post("/settings/confirm", password=PASSWORD, next="/settings/password")
    assert right.headers["location"] == "/settings/password"
    assert alice.get("/settings/password").status_code == 200


def test_confirming_is_limited(alices):
    alice = signed_in(alices, "alice")
    for _ in range(PAIR.tries):
        assert alice.post("/settings/confirm", password="wrong password").status_code == 401
    answer = alice.post("/settings/confirm", password=PASSWORD)
    assert answer.status_code == 429 and PAIR.seconds - 60 < int(answer.headers["retry-after"]) <= PAIR.seconds


def test_a_token_changes_nothing_about_how_the_account_is_entered(alices):
    with alices.client("alice") as client:
        for path in ("/settings/password", "/settings/security", "/settings/account"):
            assert client.get(path).status_code == 403


def test_a_new_password_ends_the_other_sessions(alices):
    here, there = signed_in(alices, "alice"), signed_in(alices, "alice")
    assert here.post("/settings/password", password=NEW, again="another one").status_code == 400
    assert here.post("/settings/password", password=NEW, again=NEW).status_code == 303
    assert here.get("/settings/password?done=1").status_code == 200
    assert there.get("/settings/password").headers["location"].startswith("/login")
    assert Browser(alices).post("/login", name="alice", password=NEW).status_code == 303


def test_sessions_are_listed_and_ended(alices):
    here, there = signed_in(alices, "alice"), signed_in(alices, "alice")
    page = here.get("/settings/sessions").text
    assert page.count("one-time link") == 2
    other = re.search(r'name="id" value="([0-9a-f]+)"', page)[1]
    assert here.post("/settings/sessions/end", on="/settings/sessions", id=other).status_code == 303
    assert there.get("/settings/sessions").headers["location"].startswith("/login")
    third = signed_in(alices, "alice")
    here.post("/settings/sessions/end-others", on="/settings/sessions")
    assert third.get("/settings/sessions").headers["location"].startswith("/login")
    assert here.get("/settings/sessions").status_code == 200


def test_mallory_ends_no_session_of_alice(alices):
    alice, mallory = signed_in(alices, "alice"), signed_in(alices, "mallory")
    theirs = alices.rooms.sessions.list(alices.actor("alice").account_id)[0].id
    mallory.post("/settings/sessions/end", on="/settings/sessions", id=theirs)
    assert alice.get("/settings/sessions").status_code == 200


# ---- Where a second factor is demanded -------------------------------------------------------------------------------


@pytest.mark.parametrize("hub", [{"require_second_factor": True}], indirect=True)
def test_whoever_has_none_sets_one_up_before_anything_else(alices):
    browser = Browser(alices)
    answer = browser.post("/login", name="alice", password=PASSWORD, next="/alice")
    assert answer.headers["location"] == "/login/enrol?next=%2Falice"
    for path in ("/settings/tokens", "/new", "/api/whoami-v2"):
        assert browser.get(path).status_code in (303, 401)
    page = browser.get("/login/enrol?next=/alice")
    app = App(alices, page.text)
    assert browser.post("/login/enrol", code="000000").status_code == 400
    done = browser.post("/login/enrol", code=app.code(), next="/alice")
    assert done.status_code == 200 and "recovery codes" in done.text
    assert "Sign out" in browser.get("/").text
    assert browser.post("/settings/security/app/remove", on="/settings/security").status_code == 400


# ---- Who is registered is nobody's business --------------------------------------------------------------------------


def shape(answer, *words):
    """An answer without what was typed into its form and without its token."""
    text = re.sub(r'(value|data-question)="[^"]*"', "", answer.text)
    for word in words:
        text = text.replace(word, "")
    headers = {key: value for key, value in answer.headers.items() if key not in ("x-request-id", "set-cookie")}
    return answer.status_code, text, {key: value for key, value in headers.items() if key != "content-length"}


@pytest.mark.parametrize("hub", [{"sign_up": "open"}], indirect=True)
def test_answers_do_not_tell_who_is_registered(alices):
    alice_id = alices.actor("alice").account_id
    alices.rooms.doors.changing.give_address(SYSTEM, alice_id, "alice@example.org")
    for path, known, unknown in (
        ("/login", {"name": "alice"}, {"name": "nobody"}),
        ("/login", {"name": "alice@example.org"}, {"name": "nobody@example.org"}),
        ("/login/reset", {"name": "alice"}, {"name": "nobody"}),
        ("/login/reset", {"name": "alice@example.org"}, {"name": "nobody@example.org"}),
        ("/signup", {"email": "alice@example.org", "name": "new1"}, {"email": "new@example.org", "name": "new2"}),
    ):
        answers = [
            shape(Browser(alices).post(path, **form, **({} if "reset" in path else {"password": "wrong but long"})))
            for form in (known, unknown)
        ]
        assert answers[0] == answers[1], path


def test_limits_do_not_tell_who_is_registered(alices):
    for path, limit, form in (
        ("/login", PAIR, {"password": "wrong password"}),
        ("/login/reset", LETTERS, {}),
    ):
        answers = []
        for name in ("alice", "nobody"):
            browser = Browser(alices)
            token = browser.token_on(path)
            told = [browser.post(path, token=token, name=name, **form) for _ in range(limit.tries + 1)]
            assert [one.status_code == 429 for one in told] == [False] * limit.tries + [True]
            answers.append(shape(told[-1])[:2])
        assert answers[0] == answers[1], path


def test_passwords_take_as_long_to_refuse_for_names_that_do_not_exist(alices):
    """The hash is computed either way; half the time of the other is far more than chance, and a tenth is the leak."""
    people = alices.rooms.people

    def seconds(name):
        began = time.perf_counter()
        with pytest.raises(Exception, match="wrong"):
            people.check_password(name, "wrong password")
        return time.perf_counter() - began

    seconds("nobody")
    pairs = [(seconds("alice"), seconds("nobody"), seconds("bob")) for _ in range(9)]
    known, unknown, without = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2 and 0.5 < without / known < 2


def test_without_a_mail_server_a_letter_is_printed_to_the_log(alices):
    alices.rooms.doors.changing.give_address(SYSTEM, alices.actor("alice").account_id, "alice@example.org")
    alices.work()
    Browser(alices).post("/login/reset", name="alice")
    with structlog.testing.capture_logs() as lines:
        alices.work()
    [line] = [one for one in lines if "was not mailed" in one["event"]]
    assert line["to"] == "alice@example.org"
    link = re.search(r"/login/reset/\S+", line["text"]).group(0)
    assert Browser(alices).get(link).status_code == 200
