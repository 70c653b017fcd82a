"""Limits of a whole hub: who is counted as whom, what is said, and how refusals look."""

import pytest

from freehold.asgi.limits.limits import network_of
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

FEW = {"rate_limits": "api=3, pages=2, git=1, writes=1, resolvers=2", "rate_limit_exempt": ""}
BEHIND = {**FEW, "trusted_proxies": "127.0.0.1"}

few = pytest.mark.parametrize("hub", [FEW], indirect=True, ids=["few"])
behind = pytest.mark.parametrize("hub", [BEHIND], indirect=True, ids=["behind"])


def test_loopback_is_not_counted_unless_the_operator_says_so(hub: TestHub):
    with hub.client("alice") as alice:
        assert "ratelimit" not in alice.get("/api/models").headers


@few
def test_every_answer_says_how_much_is_left(hub: TestHub):
    with hub.client("alice") as alice:
        said = [alice.get("/api/whoami-v2").headers for _ in range(2)]
        missing = alice.get("/api/models/alice/none").headers
    assert said[0]["ratelimit-policy"] == '"fixed window";"api";q=3;w=300'
    assert said[0]["ratelimit"].startswith('"api";r=2;t=')
    assert missing["ratelimit"].startswith('"api";r=')


@few
def test_what_is_too_much_is_refused_in_the_clients_form_until_the_window_is_over(hub: TestHub):
    with hub.client() as nobody:
        assert [nobody.get("/api/models").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = nobody.get("/api/models")
        assert refused.headers["ratelimit"].startswith('"api";r=0;t=')
        assert refused.headers["x-error-message"] == refused.json()["error"]
        wait = int(refused.headers["retry-after"])
        assert nobody.get("/healthz").status_code == 200
        hub.clock.advance(wait)
        assert nobody.get("/api/models").status_code == 200


@few
def test_a_browser_gets_a_page(hub: TestHub):
    with hub.client() as nobody:
        for _ in range(3):
            answer = nobody.get("/models", headers={"Accept": "text/html"})
    assert answer.status_code == 429
    assert "Too many requests" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@few
def test_an_account_is_counted_by_itself_whatever_its_address_and_credential(hub: TestHub):
    with hub.client("alice") as alice, hub.client("alice", role="read") as reading, hub.client("bob") as bob:
        for one in (alice, reading, bob):
            one.get("/api/whoami-v2")  # counted by address: whose it is turns out now
        assert alice.get("/api/whoami-v2").headers["ratelimit"].startswith('"api";r=2;')
        assert reading.get("/api/whoami-v2").headers["ratelimit"].startswith('"api";r=1;')
        assert bob.get("/api/whoami-v2").headers["ratelimit"].startswith('"api";r=2;')
        with hub.client() as nobody:
            assert nobody.get("/api/models").status_code == 429  # the address has asked three times


@few
def test_made_up_credentials_gain_nothing(hub: TestHub):
    with hub.client() as mallory:
        answers = [
            mallory.get("/api/whoami-v2", headers={"Authorization": f"Bearer hf_{n:040}"}).status_code for n in range(6)
        ]
    assert answers == [401, 401, 401, 429, 429, 429]


@few
def test_whoever_was_refused_is_still_known(hub: TestHub):
    with hub.client("alice") as alice:
        assert [alice.get("/api/whoami-v2").status_code for _ in range(8)] == [200] * 4 + [429] * 4


@few
def test_a_token_that_was_taken_back_counts_for_its_account_no_more(hub: TestHub):
    token = hub.token("alice")
    with hub.client("alice") as thief:
        assert thief.get("/api/whoami-v2").status_code == 200
        account = hub.actor("alice").account_id
        (one,) = [one for one in hub.rooms.tokens.list(account) if one.hint == token[-4:]]
        hub.rooms.tokens.revoke(hub.actor("alice"), account, one.id)
        assert [thief.get("/api/whoami-v2").status_code for _ in range(4)] == [401, 401, 401, 429]
    with hub.client("alice", role="read") as alice:
        alice.headers["X-Forwarded-For"] = "203.0.113.9"
        hub.clock.advance(300)
        assert alice.get("/api/whoami-v2").status_code == 200
        assert alice.get("/api/whoami-v2").headers["ratelimit"].startswith('"api";r=2;')


@behind
def test_behind_a_trusted_proxy_each_client_is_counted(hub: TestHub):
    with hub.client() as proxy:
        for address in ("203.0.113.1", "203.0.113.2", "2001:db8:0:1::1"):
            left = proxy.get("/api/models", headers={"X-Forwarded-For": address}).headers["ratelimit"]
            assert left.startswith('"api";r=2;'), address
        same = proxy.get("/api/models", headers={"X-Forwarded-For": "2001:db8:0:1:ffff::9"}).headers["ratelimit"]
        assert same.startswith('"api";r=1;')


@few
def test_a_client_cannot_choose_its_address(hub: TestHub):
    with hub.client() as mallory:
        answers = [
            mallory.get("/api/models", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(4)
        ]
    assert answers[-1] == 429


@few
def test_git_and_pages_have_their_own_counts(hub: TestHub):
    a_model(hub)
    with hub.client() as nobody:
        refs = "/alice/birds/info/refs?service=git-upload-pack"
        assert [nobody.get(refs).status_code for _ in range(2)] == [200, 429]
        assert nobody.get("/alice/birds").status_code == 200


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix", "None"),
    ],
)
def test_networks(host, network):
    assert network_of({"client": (host, 1)}) == network
