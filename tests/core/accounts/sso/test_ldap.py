"""Signing in by a real directory: whom it knows comes in, nobody else does, and without it local accounts still do."""

import re
import socket
import threading
import time
from pathlib import Path

import pytest

from freehold.base.errors import Forbidden, Invalid, NotReached
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.people import has_password
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.limits import ACCOUNT, PAIR
from freehold.core.accounts.sso.ldap import LdapDirectory, LdapPolicy
from freehold.settings import read_providers
from tests.kit.directory import GROUPS, HUB, HUB_PASSWORD, PASSWORD, PEOPLE, TestDirectory, group, person
from tests.kit.hub import TestHub
from tests.web.browsing import PASSWORD as LOCAL
from tests.web.browsing import Browser, signed_in

FILE = """
[ldap]
url = "{url}"
{how}
ca_file = "{ca}"
timeout_s = {timeout}
base = "{people}"
bind_dn = "{hub}"
bind_password = "{password}"
filter = "(&(objectClass=inetOrgPerson)(|(uid={{name}})(mail={{name}})))"
group_base = "{groups}"
group_filter = "(&(objectClass=groupOfNames)(member={{dn}}))"
groups = {{ "ml" = "acme:write", "leads" = "acme:admin" }}
{more}
"""
DORA = person("dora", mail="dora@corp.example", cn="Dora Doe")
WRONG = "The name or the password is wrong."


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    with TestDirectory(tmp_path_factory.mktemp("slapd")) as directory:
        yield directory


@pytest.fixture
def staff(directory):
    """dora is in the directory, and in no group."""
    directory.fill(DORA, person("erik"))
    return directory


@pytest.fixture
def opened(tmp_path: Path, staff):
    """Opens hubs that ask the directory."""
    made = []

    def open_hub(more="create = true", *, url="", how="", ca=None, timeout=5, **settings) -> TestHub:
        file = tmp_path / f"providers{len(made)}.toml"
        file.write_text(
            FILE.format(
                url=url or staff.tls_url, how=how, ca=staff.ca_file if ca is None else ca, timeout=timeout,
                people=PEOPLE, groups=GROUPS, hub=HUB, password=HUB_PASSWORD, more=more,
            )
        )  # fmt: skip
        made.append(TestHub(tmp_path / f"hub{len(made)}", providers=str(file), **settings))
        return made[-1]

    yield open_hub
    for hub in made:
        hub.close()


def enter(hub, name="dora", password=PASSWORD):
    browser = Browser(hub)
    return browser, browser.post("/login", name=name, password=password, next="/settings/sessions")


def problem(answer) -> str:
    return re.search(r'role="alert">([^<]*)<', answer.text)[1]


def audit(hub, name):
    with hub.rooms.db.read() as tx:
        return tx.all("SELECT action, detail FROM accounts_audit WHERE actor_name = :name ORDER BY seq", name=name)


@pytest.mark.parametrize("said", ["dora", "DORA", "dora@corp.example"])
def test_dora_signs_in_on_the_page_and_gets_an_account(opened, said):
    hub = opened()
    browser, answer = enter(hub, said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/sessions")
    assert "the directory" in browser.get("/settings/sessions").text
    account = hub.rooms.people.by_name("dora")
    assert (account.full_name, account.email, account.is_admin) == ("Dora Doe", "dora@corp.example", False)
    assert enter(hub)[1].status_code == 303
    assert [row.action for row in audit(hub, "dora")].count("sso.link") == 1


def test_starttls_as_well(opened, staff):
    assert enter(opened(url=staff.url, how="start_tls = true"))[1].status_code == 303


@pytest.mark.parametrize("how", ["", "start_tls = true"])
def test_a_server_that_nobody_vouches_for_sees_no_password(opened, staff, how):
    hub = opened(url=staff.url if how else staff.tls_url, how=how, ca="")
    _, answer = enter(hub)
    assert answer.status_code == 502 and "could not be asked" in problem(answer)
    other = opened(url=f"ldaps://127.0.0.1:{staff.tls_port}")  # the certificate is for another name
    assert enter(other)[1].status_code == 502
    assert hub.rooms.people.by_name("dora") is None


@pytest.mark.parametrize(
    ("name", "password"),
    [("dora", "wrong"), ("nobody", PASSWORD), ("dora", ""), ("dora", "\0"), ("dora", f"\0{PASSWORD}"), ("*", PASSWORD),
     ("dor*", PASSWORD), ("dora)(uid=*", PASSWORD), ("x)(|(uid=dora", PASSWORD), ("\\64ora", PASSWORD), ("", PASSWORD),
     ("ｄora", PASSWORD), ("do\u00adra", PASSWORD), ("dora\0", PASSWORD), ("d" * 300, PASSWORD), ("dora", "x" * 5000)],
)  # fmt: skip
def test_everybody_else_hears_the_same(opened, name, password):
    hub = opened()
    _, answer = enter(hub, name, password)
    assert answer.status_code == 401 and problem(answer) == WRONG
    assert hub.rooms.people.by_name("dora") is None


def test_groups_give_and_take_roles(opened, staff):
    hub = opened()

    def role():
        assert enter(hub)[1].status_code == 303
        people = hub.rooms.people
        return people.role_in(people.by_name("acme").id, people.by_name("dora").id)

    assert role() is None
    for groups, given in (([group("ml", "dora")], "write"), ([group("ml", "dora"), group("leads", "dora")], "admin"),
                          ([group("ml", "erik")], None)):  # fmt: skip
        staff.fill(DORA, person("erik"), *groups)
        assert role() == given


def test_who_is_removed_from_the_directory_comes_in_no_more(opened, staff):
    hub = opened()
    assert enter(hub)[1].status_code == 303
    staff.fill(person("erik"))
    assert problem(enter(hub)[1]) == WRONG


def test_without_the_directory_local_accounts_still_work(opened, staff):
    hub = opened()
    hub.rooms.people.set_password(SYSTEM, "alice", LOCAL)
    staff.stop()
    assert enter(hub, "alice", LOCAL)[1].status_code == 303
    for name in ("dora", "alice", "nobody"):  # alike, so that nobody learns who is local
        _, answer = enter(hub, name, "another password")
        assert answer.status_code == 502 and "only people with a password of this hub" in problem(answer)


def test_a_directory_that_never_answers_is_waited_for_once_and_holds_nobody_up(opened):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme, how in (("ldaps", ""), ("ldap", "start_tls = true")):
            hub = opened(url=f"{scheme}://localhost:{silent.getsockname()[1]}", how=how, timeout=0.5)
            at = time.monotonic()
            assert enter(hub)[1].status_code == 502
            assert time.monotonic() - at < 3


def test_a_directory_that_drips_is_late_all_the_same(opened):
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def drip():
            wire, _ = slow.accept()
            with wire:
                while not stop.wait(0.1):
                    try:
                        wire.sendall(b"\x30\x84\x00\x10\x00\x00"[:1])
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url, at = f"ldap://127.0.0.1:{slow.getsockname()[1]}", time.monotonic()
        assert enter(opened(url=url, how="plain = true", timeout=0.5))[1].status_code == 502
        assert time.monotonic() - at < 3
        stop.set()
        thread.join(5)


def test_a_name_that_is_taken_here_is_not_given_to_somebody_there(opened, staff):
    hub = opened()
    hub.rooms.people.set_password(SYSTEM, "alice", LOCAL)
    staff.fill(person("alice", mail="alice@corp.example"))
    _, answer = enter(hub, "alice")
    assert answer.status_code == 401 and "somebody else" in problem(answer)
    assert hub.rooms.people.by_name("alice-2") is None
    assert enter(hub, "alice", LOCAL)[1].status_code == 303


def test_an_address_that_both_know_links_where_the_operator_trusts_the_directory(opened, staff):
    hub = opened("link_by_email = true")
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_account SET email = 'alice@corp.example' WHERE name = 'alice'")
    staff.fill(person("alice", mail="alice@corp.example"))
    assert enter(hub, "alice")[1].status_code == 303
    assert problem(enter(opened(""), "dora")[1]) == WRONG  # dora is no more
    staff.fill(DORA)
    assert "no account here" in problem(enter(hub)[1])


def test_only_people_of_the_domains_come_in(opened):
    hub = opened('create = true\ndomains = ["corp.example"]')
    assert enter(hub)[1].status_code == 303
    assert "mail address of corp.example" in problem(enter(hub, "erik")[1])


def test_an_account_that_is_shut_here_stays_shut(opened):
    hub = opened()
    assert enter(hub)[1].status_code == 303
    hub.rooms.people.disable(hub.actor("admin"), "dora")
    _, answer = enter(hub)
    assert answer.status_code == 401 and "shut" in problem(answer)


def test_nobody_of_the_directory_gets_a_password_here_that_would_outlast_it(opened):
    hub = opened()
    enter(hub)
    doors, dora = hub.rooms.doors, hub.rooms.people.by_name("dora")
    proof = Proof(Actor(dora.id, "dora", may_write=True), dora.id)
    with pytest.raises(Forbidden, match="Change it there"):
        doors.changing.change_password(proof, "three words of mine")
    with hub.rooms.db.write() as tx:
        secret = doors.letters.hand_over(tx, "reset")
        tx.run("UPDATE accounts_letter SET account_id = :id WHERE kind = 'reset'", id=dora.id)
    answer = Browser(hub).post(f"/login/reset/{secret}", password="three words of mine", again="three words of mine")
    assert answer.status_code == 403 and "Change it there" in answer.text
    assert not has_password(hub.rooms.db, dora.id)


def test_a_second_factor_is_owed_after_the_directory(opened):
    hub = opened(require_second_factor=True)
    browser, answer = enter(hub)
    assert answer.headers["location"].startswith("/login/enrol")
    assert browser.get("/settings/tokens").headers["location"].startswith("/login?next=")


def test_guesses_are_limited_as_everywhere(opened):
    hub = opened()
    seen = [enter(hub, "dora", f"guess {number}")[1].status_code for number in range(PAIR.tries + 1)]
    assert seen == [401] * PAIR.tries + [429]
    assert enter(hub)[1].status_code == 429  # even the right one
    hub.clock.advance(ACCOUNT.seconds)
    assert enter(hub)[1].status_code == 303


def test_two_people_by_one_name_are_nobody(opened, staff):
    hub = opened()
    staff.fill(person("x1", mail="team@corp.example"), person("x2", mail="team@corp.example"))
    assert enter(hub, "team@corp.example")[1].status_code == 502


def test_a_wrong_password_of_the_hub_is_the_operators_trouble(opened, staff, tmp_path):
    hub = opened()
    text = (tmp_path / "providers0.toml").read_text().replace(HUB_PASSWORD, "not it")
    (tmp_path / "providers0.toml").write_text(text)
    policy = read_providers(str(tmp_path / "providers0.toml")).ldap
    with pytest.raises(NotReached, match="could not be asked"):
        LdapDirectory(policy, hub.rooms.sign_on.accounts).account_of("dora", PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [{"url": "ldap://corp.example"}, {"url": "ldap://corp.example", "plain": True}, {"url": "https://corp.example"},
     {"url": "ldaps://u:p@corp.example"}, {"url": "ldaps://corp.example/dc=x"}, {"start_tls": True}, {"base": ""},
     {"bind_dn": "cn=hub"}, {"bind_password": "x"}, {"filter": "(uid=alice)"}, {"filter": "(uid={name}"},
     {"group_filter": "member={dn}"}, {"groups": {"ml": "acme:write"}}, {"timeout_s": 0},
     {"groups": {"ml": "acme"}, "group_base": "x"}, {"issuer": "https://x"}, {"ca_file": "/nowhere/ca.pem"}],
    ids=str,
)  # fmt: skip
def test_a_directory_that_cannot_be_is_told_at_the_start(wrong):
    with pytest.raises(Invalid):
        LdapPolicy(**{"url": "ldaps://corp.example", "base": "dc=x"} | wrong)


@pytest.mark.parametrize("text", ['[ldap]\nurl = "ldaps://x"\nbase = "b"\nstart_tsl = true', '[lpad]\nurl = "x"'])
def test_a_misspelt_setting_is_told(tmp_path, text):
    (tmp_path / "providers.toml").write_text(text)
    with pytest.raises(Invalid):
        read_providers(str(tmp_path / "providers.toml"))


LINK = "/settings/providers/directory"


def test_an_account_of_this_hub_is_linked_with_the_directory_by_hand_and_unlinked(opened):
    hub = opened("")  # makes nobody: without a link dora is not let in
    assert "no account here" in problem(enter(hub)[1])
    hub.rooms.people.set_password(SYSTEM, "alice", LOCAL)
    alice = signed_in(hub, "alice")
    assert alice.post(LINK, on="/settings/providers", name="dora", password="wrong").status_code == 400
    assert alice.post(LINK, on="/settings/providers", name="dora", password=PASSWORD).status_code == 303
    page = alice.get("/settings/providers").text
    assert "dora@corp.example" in page and "directory-name" not in page
    browser, answer = enter(hub)
    assert answer.status_code == 303
    assert browser.client.get("/api/whoami-v2").json()["name"] == "alice"
    assert enter(hub, "alice", LOCAL)[1].status_code == 303, "the hub's own password goes on working"
    bob = signed_in(hub, "bob")
    taken = bob.post(LINK, on="/settings/providers", name="dora", password=PASSWORD)
    assert (taken.status_code, "Somebody else" in taken.text) == (400, True)
    found = re.search(r'name="issuer" value="([^"]+)"><input type="hidden" name="subject" value="([^"]+)"', page)
    gone = {"issuer": found[1], "subject": found[2]}
    assert alice.post("/settings/providers/unlink", on="/settings/providers", **gone).status_code == 303
    assert "no account here" in problem(enter(hub)[1])
    assert [row.action for row in audit(hub, "alice") if row.action.startswith("sso.")] == ["sso.link", "sso.unlink"]


def test_linking_takes_a_proof_of_now_and_the_only_way_in_stays(opened):
    hub = opened()
    browser, answer = enter(hub)
    assert answer.status_code == 303
    page = browser.get("/settings/providers").text
    found = re.search(r'name="issuer" value="([^"]+)"><input type="hidden" name="subject" value="([^"]+)"', page)
    gone = {"issuer": found[1], "subject": found[2]}
    only = browser.post("/settings/providers/unlink", on="/settings/providers", **gone)
    assert (only.status_code, "only way into your account" in only.text) == (400, True)
    hub.clock.advance(16 * 60)
    late = browser.post("/settings/providers/unlink", on="/settings/providers", **gone)
    assert late.headers["location"].startswith("/settings/confirm")


def test_guesses_at_the_directory_by_linking_are_counted_as_those_at_the_door(opened):
    hub = opened("")
    alice, codes = signed_in(hub, "alice"), []
    for _ in range(12):
        codes.append(alice.post(LINK, on="/settings/providers", name="dora", password="wrong").status_code)
    assert codes[0] == 400
    assert "too many" in alice.post(LINK, on="/settings/providers", name="dora", password=PASSWORD).text.lower()
