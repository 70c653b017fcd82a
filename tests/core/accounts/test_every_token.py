"""Tokens as administrators see them: an application's does not come back, and nobody else ends any."""

import pytest

from freehold.base.errors import Forbidden
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.every_token import end, listed
from freehold.core.accounts.oauth.applications import HF
from freehold.core.accounts.oauth.grants import Given
from freehold.wire.oauth.refusals import Refused
from freehold.wire.oauth.scopes import EVERYTHING
from tests.kit.hub import TestHub


def test_what_would_renew_an_applications_token_ends_with_it(hub: TestHub):
    db, grants, alice = hub.rooms.db, hub.rooms.oauth.grants, hub.actor("alice")
    assert alice.account_id
    with db.write() as tx:
        issued = grants.open(tx, SYSTEM, Given(HF.id, HF.name, alice.account_id, EVERYTHING, "device"))
    (one,) = listed(db, hub.actor("admin"), "alice")
    assert one.application
    end(db, hub.actor("admin"), one.id, "It leaked.")
    assert hub.client(token=issued.access_token).get("/api/whoami-v2").status_code == 401
    with pytest.raises(Refused):
        grants.refresh(HF.id, HF.name, issued.refresh_token)


def test_only_administrators_look_and_only_with_more_than_a_read_token_end(hub: TestHub):
    assert hub.token("carol")
    (one,) = listed(hub.rooms.db, hub.actor("admin", "read"), "carol")
    for who, role in (("alice", "write"), ("admin", "read")):
        with pytest.raises(Forbidden):
            end(hub.rooms.db, hub.actor(who, role), one.id, "No.")
    with pytest.raises(Forbidden):
        listed(hub.rooms.db, hub.actor("alice"))
