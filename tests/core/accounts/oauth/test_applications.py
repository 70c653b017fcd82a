"""Applications belong to whoever registered them; their secrets are kept as hashes."""

import pytest

from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound
from freehold.core.accounts.moderation.standing import reopen
from freehold.core.accounts.oauth.applications import HF, MOST_APPLICATIONS, Draft
from freehold.core.accounts.oauth.grants import Given
from freehold.wire.oauth.refusals import Refused
from freehold.wire.oauth.scopes import EVERYTHING

GOOD = Draft("Chess", "https://app.example", ["https://app.example/back"])


def test_an_application_shows_its_secret_once(hub):
    apps = hub.rooms.oauth.apps
    app, secret = apps.add(hub.actor("alice"), GOOD)
    assert apps.authenticate(app.id, secret) == app and app.owner == "alice"
    for wrong in ("", None, secret + "x"):
        with pytest.raises(Refused):
            apps.authenticate(app.id, wrong)
    with hub.rooms.db.read() as tx:
        assert secret not in str(tx.all("SELECT * FROM accounts_oauth_app"))
        assert secret not in str(tx.all("SELECT * FROM accounts_audit"))


@pytest.mark.parametrize(
    "draft",
    [
        Draft("", "", GOOD.redirect_uris), Draft("x" * 61, "", GOOD.redirect_uris),
        Draft("a\u202eb", "", GOOD.redirect_uris),
        Draft("a", "javascript:alert(1)", GOOD.redirect_uris), Draft("a", "", []), Draft("a", "", ["http://x.example"]),
        Draft("a", "", [f"https://x.example/{n}" for n in range(21)]),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_registered(hub, draft):
    with pytest.raises(Invalid):
        hub.rooms.oauth.apps.add(hub.actor("alice"), draft)


def test_only_its_owner_deletes_it_and_only_in_the_browser(hub):
    apps = hub.rooms.oauth.apps
    app, _ = apps.add(hub.actor("alice"), GOOD)
    with pytest.raises(NotFound):
        apps.remove(hub.actor("mallory"), app.id)
    with pytest.raises(Forbidden):
        apps.remove(hub.rooms.tokens.identify(hub.token("alice")), app.id)
    apps.remove(hub.actor("alice"), app.id)
    assert apps.by_id(app.id) is None and apps.list(hub.actor("alice").account_id) == []


def test_a_shut_account_takes_its_applications_along_and_reopening_brings_nothing_back(hub):
    oauth, tokens = hub.rooms.oauth, hub.rooms.tokens
    app, _ = oauth.apps.add(hub.actor("mallory"), GOOD)
    issued = {}
    with hub.rooms.db.write() as tx:
        for person, of in (("alice", app), ("mallory", HF)):
            given = Given(of.id, of.name, hub.actor(person).account_id, EVERYTHING, "code")
            issued[of.id] = oauth.grants.open(tx, hub.actor(person), given)
    hub.rooms.people.disable(hub.actor("admin"), "mallory")
    with hub.rooms.db.write() as tx:
        reopen(tx, hub.actor("admin"), "mallory", "It was a mistake.")
    for of, one in issued.items():
        with pytest.raises(BadCredentials):
            tokens.identify(one.access_token)
        with pytest.raises(Refused):
            oauth.grants.refresh(of, "", one.refresh_token)


def test_there_is_an_end_to_how_many_one_may_have(hub):
    alice = hub.actor("alice")
    for _ in range(MOST_APPLICATIONS):
        hub.rooms.oauth.apps.add(alice, GOOD)
    with pytest.raises(Invalid, match="may have"):
        hub.rooms.oauth.apps.add(alice, GOOD)
