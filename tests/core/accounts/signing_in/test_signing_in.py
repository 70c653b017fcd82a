"""From a proof to a session, and no further than was proven."""

import pytest

from freehold.base.errors import BadCredentials, TooMany
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.sessions import Opened
from freehold.core.accounts.signing_in.limits import ACCOUNT, ADDRESS, CODE, PAIR, Visitor
from freehold.core.accounts.signing_in.signing_in import HALFWAY_LIFE, HALFWAY_TRIES, Halfway
from freehold.wire.totp import code_at
from tests.core.accounts.signing_in.conftest import AWAY, HOME, PASSWORD, proof_of, sign_in_over


def test_a_password_alone_opens_an_account_without_a_second_factor(sign_in):
    opened = sign_in.by_password(HOME, "Alice", PASSWORD)
    assert isinstance(opened, Opened)
    (session,) = sign_in.sessions.list(opened.account_id)
    assert (session.methods, session.address) == (["password"], "192.0.2.1")


def test_a_password_goes_half_the_way_where_there_is_an_app(sign_in, app):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    assert isinstance(half, Halfway) and not half.must_enrol
    opened = sign_in.second_by_code(HOME, half.secret, app.code)
    assert ["password", "totp"] in [one.methods for one in sign_in.sessions.list(opened.account_id)]


def test_a_link_stands_for_the_password_only(sign_in, app):
    half = sign_in.by_link(HOME, sign_in.sessions.make_link(SYSTEM, "alice"))
    assert isinstance(half, Halfway)


def test_half_the_way_is_no_session(sign_in, app):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    for door in (sign_in.sessions.identify, sign_in.sessions.recent):
        with pytest.raises(BadCredentials):
            door(half.secret)
    with pytest.raises(BadCredentials):
        sign_in.enrolling(half.secret)  # an app in place of the one that alice has


def test_the_second_half_needs_the_first(sign_in, app):
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, "guessed", app.code)


def test_half_the_way_of_one_takes_no_code_of_another(sign_in, app):
    other = proof_of(sign_in, "mallory")
    sign_in.codes.begin_app(other)
    half = sign_in.by_password(HOME, "mallory", PASSWORD)
    assert isinstance(half, Opened)  # an app that was not confirmed asks for nothing


def test_a_code_counts_once(sign_in, app):
    code = app.code
    sign_in.second_by_code(HOME, sign_in.by_password(HOME, "alice", PASSWORD).secret, code)
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, sign_in.by_password(HOME, "alice", PASSWORD).secret, code)


def test_half_the_way_leads_in_once_and_not_for_long(sign_in, app, time):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    sign_in.second_by_code(HOME, half.secret, app.code)
    time.advance(30)
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, half.secret, app.code)
    late = sign_in.by_password(HOME, "alice", PASSWORD)
    time.advance(HALFWAY_LIFE / 1_000_000)
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, late.secret, app.code)


def test_half_the_way_ends_with_too_many_wrong_codes(sign_in, app):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    for _ in range(HALFWAY_TRIES):
        with pytest.raises(BadCredentials):
            sign_in.second_by_code(HOME, half.secret, "000000")
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, half.secret, app.code)


def test_a_new_password_ends_what_is_half_the_way(sign_in, app):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    sign_in.people.set_password(SYSTEM, "alice", "another secret of hers")
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, half.secret, app.code)


def test_a_recovery_code_stands_in_once(sign_in, app):
    codes = sign_in.codes.make_recovery(proof_of(sign_in))
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    typed = codes[0].replace("-", " ").upper()
    opened = sign_in.second_by_code(HOME, half.secret, typed, recovery=True)
    assert sign_in.codes.recovery_left(opened.account_id) == len(codes) - 1
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, half.secret, codes[0], recovery=True)


def test_recovery_codes_are_those_of_one_account(sign_in, app):
    codes = sign_in.codes.make_recovery(proof_of(sign_in, "mallory"))
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    with pytest.raises(BadCredentials):
        sign_in.second_by_code(HOME, half.secret, codes[0], recovery=True)


def test_nothing_that_is_kept_opens_anything(sign_in, app, db):
    codes = sign_in.codes.make_recovery(proof_of(sign_in))
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    with db.read() as tx:
        kept = "".join(str(tx.all(f"SELECT * FROM accounts_{table}")) for table in ("totp", "recovery", "halfway"))
    for secret in (app.secret.hex(), codes[0], codes[0].replace("-", ""), half.secret, str(app.secret)):
        assert secret not in kept


# ---- Where the hub demands a second factor ---------------------------------------------------------------------------


def test_whoever_has_none_sets_one_up_on_the_way_in(db, people, time):
    strict = sign_in_over(db, people, time, demand_strong=True)
    half = strict.by_password(HOME, "alice", PASSWORD)
    assert isinstance(half, Halfway) and half.must_enrol
    with pytest.raises(BadCredentials):
        strict.second_by_code(HOME, half.secret, "000000")
    secret = strict.codes.begin_app(strict.enrolling(half.secret))
    opened = strict.enrolled(HOME, half.secret, code_at(secret, time() // 30_000_000))
    assert strict.sessions.identify(opened.secret).name == "alice"
    with pytest.raises(BadCredentials):
        strict.enrolling(half.secret)


def test_a_session_from_before_counts_no_more(db, people, time):
    before = sign_in_over(db, people, time).by_password(HOME, "alice", PASSWORD)
    strict = sign_in_over(db, people, time, demand_strong=True)
    for door in (strict.sessions.identify, strict.sessions.recent):
        with pytest.raises(BadCredentials):
            door(before.secret)


def test_another_provider_answers_for_its_own(db, people, time):
    strict = sign_in_over(db, people, time, demand_strong=True)
    opened = strict.proven(people.by_name("alice").id, ["oidc"], HOME)
    assert isinstance(opened, Opened)


# ---- Guessing --------------------------------------------------------------------------------------------------------


def tries(count, way):
    """How many of `count` tries were looked at before one was refused, and the refusal."""
    for number in range(count):
        try:
            way()
        except BadCredentials:
            continue
        except TooMany as refused:
            return number, refused
    return count, None


@pytest.mark.parametrize("name", ["alice", "nobody", "alice@example.org"])
def test_passwords_are_limited_by_name_and_address_alike_for_names_that_do_not_exist(sign_in, time, name):
    looked_at, refused = tries(PAIR.tries + 1, lambda: sign_in.by_password(HOME, name, "wrong password"))
    assert (looked_at, refused.retry_after_s) == (PAIR.tries, PAIR.seconds)
    with pytest.raises(TooMany):
        sign_in.by_password(HOME, name.upper(), PASSWORD)  # even the right one
    if name == "alice":
        assert isinstance(sign_in.by_password(AWAY, name, PASSWORD), Opened)  # she is not kept out elsewhere
    time.advance(PAIR.seconds)
    assert tries(1, lambda: sign_in.by_password(HOME, name, "wrong password")) == (1, None)


def test_passwords_are_limited_over_all_addresses(sign_in):
    number = iter(range(10_000))
    looked_at, _ = tries(
        ACCOUNT.tries + 1, lambda: sign_in.by_password(Visitor(f"10.0.{next(number)}.1"), "alice", "wrong password")
    )
    assert looked_at == ACCOUNT.tries


def test_addresses_of_one_network_are_one(sign_in):
    number = iter(range(10_000))
    looked_at, _ = tries(
        PAIR.tries + 1, lambda: sign_in.by_password(Visitor(f"2001:db8::{next(number):x}"), "alice", "wrong password")
    )
    assert looked_at == PAIR.tries


def test_the_right_password_begins_the_count_anew(sign_in):
    for _ in range(3):
        tries(PAIR.tries - 1, lambda: sign_in.by_password(HOME, "alice", "wrong password"))
        sign_in.by_password(HOME, "alice", PASSWORD)


@pytest.mark.parametrize("recovery", [False, True])
def test_codes_are_limited_over_all_addresses_and_all_ways_half_in(sign_in, app, recovery):
    number = iter(range(10_000))

    def guess():
        visitor = Visitor(f"10.0.{next(number)}.1")
        half = sign_in.by_password(visitor, "alice", PASSWORD)
        sign_in.second_by_code(visitor, half.secret, "000000", recovery=recovery)

    looked_at, refused = tries(CODE.tries + 1, guess)
    assert (looked_at, refused.retry_after_s) == (CODE.tries, CODE.seconds)


def test_links_and_passkeys_are_limited_by_address(sign_in):
    looked_at, _ = tries(ADDRESS.tries + 1, lambda: sign_in.by_link(HOME, "guessed"))
    assert looked_at == ADDRESS.tries


def test_two_processes_count_together(sign_in, db, people, time):
    other = sign_in_over(db, people, time)
    tries(PAIR.tries, lambda: sign_in.by_password(HOME, "alice", "wrong password"))
    with pytest.raises(TooMany):
        other.by_password(HOME, "alice", PASSWORD)


def test_what_was_typed_as_a_name_is_not_kept(sign_in, db):
    tries(1, lambda: sign_in.by_password(HOME, "my password by mistake", ""))
    with db.read() as tx:
        assert "mistake" not in str(tx.all("SELECT * FROM accounts_attempt"))
