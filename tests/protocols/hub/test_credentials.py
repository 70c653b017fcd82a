"""Leaked tokens: handed in by anybody, ended, their holders told, and nothing said to whoever handed them in."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.tokens import make_secret

URL = "/api/credentials/revoke"


@pytest.mark.proves("POST /api/credentials/revoke")
def test_leaked_tokens_end_and_their_holder_is_told(hub):
    leaked, kept = hub.token("alice"), hub.token("alice", "read")
    before = hub.client("alice", "read")
    answer = hub.client().post(URL, json={"credentials": [leaked, make_secret(), "nonsense"]})
    nothing = hub.client().post(URL, json={"credentials": [make_secret()]})
    assert (answer.status_code, answer.content) == (202, nothing.content)
    assert hub.client(token=leaked).get("/api/whoami-v2").status_code == 401
    assert hub.client(token=kept).get("/api/whoami-v2").status_code == 200
    assert "had leaked and was revoked" in before.get("/notifications").text
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_audit WHERE action = 'token.leaked'") == 1


def test_the_former_secret_of_a_rotated_token_ends_it_too(hub):
    tokens, alice = hub.rooms.tokens, hub.actor("alice").account_id
    token, old = tokens.add(SYSTEM, alice, "ci", "write")
    _, new = tokens.rotate(SYSTEM, alice, token.id)
    hub.client().post(URL, json={"credentials": [old]})
    assert hub.client(token=new).get("/api/whoami-v2").status_code == 401
