"""A key stands for one account, as long as it is registered and the account is open."""

import base64
import os
from dataclasses import replace

import pytest

from freehold.base.errors import BadCredentials, Conflict, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.keys import MOST_KEYS
from freehold.core.accounts.passes import LIFE_S, Passes
from tests.kit.hub import TestHub


def line(seed: bytes = b"") -> str:
    parts = (b"ssh-ed25519", (seed or os.urandom(32)).ljust(32, b"."))
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} laptop"


def add(hub: TestHub, user: str, text: str | None = None, **more: str):
    return hub.rooms.keys.add(hub.actor(user), hub.actor(user).account_id, more.pop("name", ""), text or line(), **more)


def test_a_key_tells_who_comes_and_what_they_may(hub: TestHub):
    key, narrow = add(hub, "alice"), add(hub, "bob", role="read")
    assert hub.rooms.keys.identify(key.fingerprint) == replace(hub.actor("alice"), key_id=key.id)
    assert hub.rooms.keys.identify(narrow.fingerprint) == replace(hub.actor("bob", "read"), key_id=narrow.id)
    assert (key.name, key.last_used_at) == ("laptop", None)
    assert hub.rooms.keys.list(key.account_id)[0].last_used_at is not None
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_audit WHERE action = 'key.add'") == 2


def test_a_key_is_registered_once_in_the_whole_hub(hub: TestHub):
    add(hub, "alice", line(b"same"))
    for user in ("alice", "mallory"):
        with pytest.raises(Conflict, match="registered already"):
            add(hub, user, line(b"same"))


def test_a_removed_key_and_a_shut_account_are_strangers(hub: TestHub):
    key, other = add(hub, "alice"), add(hub, "carol")
    with pytest.raises(NotFound):
        hub.rooms.keys.remove(hub.actor("mallory"), hub.actor("mallory").account_id, key.id)
    hub.rooms.keys.remove(hub.actor("alice"), key.account_id, key.id)
    hub.rooms.people.disable(SYSTEM, "carol")
    for gone in (key, other):
        for ask in (lambda gone=gone: hub.rooms.keys.identify(gone.fingerprint),
                    lambda gone=gone: hub.rooms.keys.actor_of(gone.id)):  # fmt: skip
            with pytest.raises(BadCredentials):
                ask()


def test_a_shut_account_is_a_stranger_even_where_its_key_was_left(hub: TestHub):
    key = add(hub, "carol")
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE accounts_account SET disabled = 1 WHERE id = :id", id=key.account_id)
    with pytest.raises(BadCredentials):
        hub.rooms.keys.identify(key.fingerprint)


def test_nobody_manages_the_keys_of_another_or_with_a_read_token(hub: TestHub):
    alice = hub.actor("alice").account_id
    for actor in (hub.actor("mallory"), hub.actor("alice", "read")):
        with pytest.raises(Forbidden):
            hub.rooms.keys.add(actor, alice, "", line())
    with pytest.raises(Forbidden):
        hub.rooms.keys.remove(hub.actor("mallory"), alice, "x")
    with pytest.raises(NotFound):
        hub.rooms.keys.add(SYSTEM, hub.rooms.people.by_name("acme").id, "", line())


@pytest.mark.parametrize("more", [{"role": "admin"}, {"name": "x" * 101}, {"name": "a\x1bb"}])
def test_what_is_wrong_is_said(hub: TestHub, more: dict[str, str]):
    with pytest.raises(Invalid):
        add(hub, "alice", **more)


def test_an_account_has_so_many_keys(hub: TestHub):
    for _ in range(MOST_KEYS):
        add(hub, "alice")
    with pytest.raises(Invalid, match="Remove one"):
        add(hub, "alice")


def test_a_pass_counts_below_its_path_for_a_while_and_as_long_as_its_key(hub: TestHub):
    key = add(hub, "alice")
    passes = Passes(b"s" * 32, hub.rooms.keys.actor_of, hub.clock)
    text = passes.make(key.id, "/alice/birds.git/info/lfs", may_write=False)
    there = "/alice/birds.git/info/lfs/objects/batch"
    assert passes.identify(text, there) == replace(hub.actor("alice", "read"), key_id=key.id)
    forged = Passes(b"t" * 32, hub.rooms.keys.actor_of).make(key.id, "", may_write=True)
    wrong = [(shown, there) for shown in (forged, text[:-1], "", "x.y")]
    wrong += [(text, "/alice/other.git/info/lfs/objects/batch"), (text, "/alice/birds.git/info/lfsx")]
    for shown, path in wrong:
        with pytest.raises(BadCredentials):
            passes.identify(shown, path)
    hub.clock.advance(LIFE_S + 2)
    with pytest.raises(BadCredentials):
        passes.identify(text, there)
    fresh = passes.make(key.id, "/alice/birds.git/info/lfs", may_write=True)
    assert passes.identify(fresh, there).may_write
    hub.rooms.keys.remove(hub.actor("alice"), key.account_id, key.id)
    with pytest.raises(BadCredentials):
        passes.identify(fresh, there)
