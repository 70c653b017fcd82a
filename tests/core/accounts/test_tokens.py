"""Access tokens."""

import re
from dataclasses import replace
from unittest.mock import ANY

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.people import People
from freehold.core.accounts.scope import OF_ONESELF, PUBLIC_ONLY, READ_CONTENT, Entity, Part, Scope
from freehold.core.accounts.tokens import NARROW, Tokens, is_well_formed, make_secret


@pytest.fixture
def alice(db):
    return People(db).add_user(SYSTEM, "alice")


def test_a_token_has_the_form_that_clients_expect():
    secret = make_secret()
    assert re.fullmatch(r"hf_[A-Za-z0-9]{34,}", secret)
    assert 37 <= len(secret) <= 256
    assert is_well_formed(secret)


@settings(max_examples=50)
@given(st.integers(3, 42), st.sampled_from("0aZ"))
def test_a_mistyped_token_is_seen_without_asking_the_database(position, character):
    secret = make_secret()
    typo = secret[:position] + character + secret[position + 1 :]
    assert is_well_formed(typo) == (typo == secret)


@given(st.text(max_size=60))
def test_no_text_breaks_the_form_check(text):
    assert not is_well_formed(text)


def test_a_token_stands_for_its_account(db, alice):
    tokens = Tokens(db)
    token, secret = tokens.add(SYSTEM, alice.id, "laptop", "read")
    actor = tokens.identify(secret)
    assert (actor.name, actor.account_id, actor.may_write, actor.token_id) == ("alice", alice.id, False, token.id)
    assert tokens.list(alice.id)[0].last_used_at is not None


def test_the_secret_is_not_kept(db, alice):
    _, secret = Tokens(db).add(SYSTEM, alice.id, "laptop", "write")
    with db.read() as tx:
        rows = [tuple(row) for table in ("token", "audit") for row in tx.all(f"SELECT * FROM accounts_{table}")]
    assert secret not in repr(rows)
    assert secret[3:20] not in repr(rows)


@pytest.mark.parametrize("bad", ["", "hf_short", "hf_" + "0" * 40, "Bearer x", "hf_" + "é" * 40])
def test_it_refuses_what_is_no_token(db, bad):
    with pytest.raises(BadCredentials, match="Invalid credentials in Authorization header"):
        Tokens(db).identify(bad)


def test_it_refuses_revoked_and_expired_tokens(db, alice):
    tokens = Tokens(db, clock=lambda: 1000)
    token, secret = tokens.add(SYSTEM, alice.id, "laptop", "write")
    tokens.revoke(SYSTEM, alice.id, token.id)
    _, late = Tokens(db, clock=lambda: 999).add(SYSTEM, alice.id, "old", "write", expires_at=1000)
    for one in (secret, late):
        with pytest.raises(BadCredentials):
            tokens.identify(one)
    with pytest.raises(Invalid, match="in the future"):
        tokens.add(SYSTEM, alice.id, "old", "write", expires_at=1000)


def test_a_narrow_token_brings_its_scope_and_neither_writing_nor_administration(db):
    admin = People(db).add_user(SYSTEM, "boss", admin=True)
    scope = Scope((Part(Entity("user", admin.id, "boss"), frozenset({READ_CONTENT})),), reads_gated=True)
    token, secret = Tokens(db).add(SYSTEM, admin.id, "ci", NARROW, scope=scope)
    actor = Tokens(db).identify(secret)
    assert (actor.scope, actor.may_write, actor.is_admin) == (scope, False, False)
    assert Tokens(db).actor_of(token.id) == actor
    assert Tokens(db).by_id(token.id) == replace(token, last_used_at=ANY)


@pytest.mark.parametrize(
    ("role", "scope"),
    [(NARROW, None), ("write", PUBLIC_ONLY), ("admin", None), (NARROW, Scope(everywhere=frozenset({"root"})))],
)
def test_a_scope_and_a_role_fit_each_other(db, alice, role, scope):
    with pytest.raises(Invalid):
        Tokens(db).add(SYSTEM, alice.id, "ci", role, scope=scope)


def test_a_narrow_token_manages_no_tokens(db, alice):
    tokens = Tokens(db)
    everything = Scope((Part(Entity("user", alice.id, "alice"), frozenset(OF_ONESELF)),), reads_gated=True)
    token, secret = tokens.add(SYSTEM, alice.id, "ci", NARROW, scope=everything)
    actor = tokens.identify(secret)
    for act in (
        lambda: tokens.add(actor, alice.id, "more", "write"),
        lambda: tokens.rotate(actor, alice.id, token.id),
        lambda: tokens.revoke(actor, alice.id, token.id),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_rotated_token_works_by_both_secrets_until_the_grace_ends(db, alice):
    time = [1000]
    tokens = Tokens(db, clock=lambda: time[0])
    token, old = tokens.add(SYSTEM, alice.id, "ci", "write")
    rotated, new = tokens.rotate(SYSTEM, alice.id, token.id, grace_us=500)
    assert (rotated.id, rotated.hint, rotated.old_until) == (token.id, new[-4:], 1500)
    assert tokens.identify(old) == tokens.identify(new)
    time[0] = 1500
    assert tokens.identify(new).token_id == token.id
    with pytest.raises(BadCredentials):
        tokens.identify(old)


def test_a_revoked_token_takes_its_former_secret_with_it(db, alice):
    tokens = Tokens(db)
    token, old = tokens.add(SYSTEM, alice.id, "ci", "write")
    tokens.rotate(SYSTEM, alice.id, token.id)
    tokens.revoke(SYSTEM, alice.id, token.id)
    with pytest.raises(BadCredentials):
        tokens.identify(old)


def test_nobody_manages_anothers_tokens(db, alice):
    mallory = Actor("m", "mallory", may_write=True)
    token, _ = Tokens(db).add(SYSTEM, alice.id, "laptop", "write")
    with pytest.raises(Forbidden):
        Tokens(db).add(mallory, alice.id, "mine", "write")
    with pytest.raises(Forbidden):
        Tokens(db).revoke(mallory, alice.id, token.id)
    with pytest.raises(NotFound):
        Tokens(db).revoke(mallory, "m", token.id)


def test_a_read_token_makes_no_write_token(db, alice):
    with pytest.raises(Forbidden):
        Tokens(db).add(Actor(alice.id, "alice", may_write=False), alice.id, "more", "write")


def test_it_refuses_unknown_roles_nameless_tokens_and_organisations(db, alice):
    with pytest.raises(Invalid):
        Tokens(db).add(SYSTEM, alice.id, "x", "fineGrained")
    with pytest.raises(Invalid):
        Tokens(db).add(SYSTEM, alice.id, " ", "read")
    with pytest.raises(NotFound):
        Tokens(db).add(SYSTEM, People(db).add_org(SYSTEM, "acme").id, "x", "read")
