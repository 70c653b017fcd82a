"""Invitations, sign-ups, resets, addresses: whoever reads the mail may, once, for a while, and nobody else learns."""

from dataclasses import replace

import pytest

from freehold.base.errors import BadCredentials, Conflict, Forbidden, Invalid, TooMany
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.sessions import Opened
from freehold.core.accounts.signing_in.joining import Application
from freehold.core.accounts.signing_in.letters import LIFE
from freehold.core.accounts.signing_in.limits import LETTERS, LETTERS_ADDRESS, Visitor
from tests.core.accounts.signing_in.conftest import AWAY, HOME, PASSWORD, doors_over, proof_of

NEW = "three words of mine"
ZOE = Application("zoe", "Zoe Quine", "zoe@example.org", NEW)


@pytest.fixture
def post(db, doors):
    """Sends what is queued; gives (kind, address, secret)."""

    def deliver():
        with db.write() as tx:
            rows = tx.all("SELECT id, payload FROM queue_job WHERE kind = 'account.letter' ORDER BY created_at, id")
            tx.run("DELETE FROM queue_job")
        import json

        ready = [doors.letters.ready(json.loads(row.payload)["letter_id"]) for row in rows]
        return [(one.kind, one.letter.email, one.secret) for one in ready if one is not None]

    return deliver


@pytest.fixture
def reachable(doors, people):
    """alice has a mail address."""
    doors.changing.give_address(SYSTEM, people.by_name("alice").id, "Alice@example.org")


def test_an_invitation_makes_one_account_with_its_place(doors, people):
    people.add_org(SYSTEM, "acme")
    secret = doors.joining.invite(SYSTEM, orgs=[("acme", "write")])
    account_id = doors.joining.accept(HOME, secret, replace(ZOE, email=""))
    assert [(org.name, org.role) for org in people.orgs_of(account_id)] == [("acme", "write")]
    assert isinstance(doors.sign_in.by_password(HOME, "zoe", NEW), Opened)
    with pytest.raises(BadCredentials):
        doors.joining.accept(HOME, secret, replace(ZOE, name="zack"))


def test_a_mailed_invitation_confirms_its_address(doors, people, post):
    doors.joining.invite(SYSTEM, "zoe@example.org")
    ((kind, email, secret),) = post()
    assert (kind, email) == ("invitation", "zoe@example.org")
    account_id = doors.joining.accept(HOME, secret, replace(ZOE, email="other@example.org"))
    assert people.by_id(account_id).email == "zoe@example.org"


def test_an_address_that_was_only_typed_is_not_the_accounts(doors, people, post):
    account_id = doors.joining.accept(HOME, doors.joining.invite(SYSTEM), ZOE)
    assert people.by_id(account_id).email is None
    assert [(kind, email) for kind, email, _ in post()] == [("address", "zoe@example.org")]


def test_a_refused_name_does_not_use_up_the_invitation(doors):
    secret = doors.joining.invite(SYSTEM)
    for name in ("alice", "Al1ce", "login", "-"):
        with pytest.raises((Conflict, Invalid)):
            doors.joining.accept(HOME, secret, replace(ZOE, name=name))
    doors.joining.accept(HOME, secret, ZOE)


def test_an_invitation_grows_old(doors, time):
    secret = doors.joining.invite(SYSTEM)
    time.advance(LIFE["invitation"] / 1_000_000)
    with pytest.raises(BadCredentials):
        doors.joining.accept(HOME, secret, ZOE)


def test_only_administrators_invite(doors, sign_in):
    with pytest.raises(Forbidden):
        doors.joining.invite(proof_of(sign_in).actor)


def test_the_operators_policy_holds(db, people, time):
    closed, invited = doors_over(db, people, time, sign_up="closed"), doors_over(db, people, time, sign_up="invitation")
    with pytest.raises(Invalid, match="closed"):
        closed.joining.invite(SYSTEM)
    secret = invited.joining.invite(SYSTEM)
    with pytest.raises(Forbidden):
        closed.joining.accept(HOME, secret, ZOE)
    for doors in (closed, invited):
        with pytest.raises(Forbidden):
            doors.joining.apply(HOME, ZOE)
    with pytest.raises(Invalid, match="sign_up"):
        doors_over(db, people, time, sign_up="maybe")


def test_a_sign_up_is_made_by_its_mail(doors, people, post):
    doors.joining.apply(HOME, ZOE)
    assert people.by_name("zoe") is None
    ((_, _, secret),) = post()
    assert doors.joining.confirm(HOME, secret) == "zoe"
    assert people.by_name("zoe").email == "zoe@example.org"
    with pytest.raises(BadCredentials):
        doors.joining.confirm(HOME, secret)


def test_a_sign_up_does_not_tell_whose_address_is_known(doors, reachable, post):
    assert doors.joining.apply(HOME, replace(ZOE, email="ALICE@example.org")) is None
    assert post() == [("taken", "ALICE@example.org", "")]


def test_of_two_who_want_a_name_the_first_to_confirm_gets_it(doors, post):
    doors.joining.apply(HOME, ZOE)
    doors.joining.apply(AWAY, replace(ZOE, email="mallory@example.org"))
    (_, _, first), (_, _, second) = post()
    doors.joining.confirm(HOME, first)
    with pytest.raises(Conflict):
        doors.joining.confirm(AWAY, second)


@pytest.mark.parametrize("password", ["short", "password123", "Alice12345", "aaaaaaaaaaaa", "zoe@example.org"])
def test_passwords_that_are_guessed_first_are_refused(doors, password):
    with pytest.raises(Invalid):
        doors.joining.apply(HOME, replace(ZOE, name="alice" if "lice" in password else "zoe", password=password))


def test_a_reset_works_once_and_ends_every_session(doors, sign_in, reachable, post):
    before = sign_in.by_password(HOME, "alice", PASSWORD)
    for _ in range(2):
        doors.changing.ask_reset(HOME, "alice@EXAMPLE.org")
    (_, _, other), (_, email, secret) = post()
    assert email == "Alice@example.org"
    doors.changing.reset(HOME, secret, NEW)
    assert isinstance(sign_in.by_password(HOME, "alice", NEW), Opened)
    with pytest.raises(BadCredentials):
        sign_in.sessions.identify(before.secret)
    for used in (secret, other):
        with pytest.raises(BadCredentials):
            doors.changing.reset(HOME, used, "and another secret")
    assert ("told", "Alice@example.org", "") in post()


def test_a_reset_does_not_stand_for_the_second_factor(doors, sign_in, reachable, app, post):
    doors.changing.ask_reset(HOME, "alice")
    secret = next(secret for kind, _, secret in post() if kind == "reset")
    doors.changing.reset(HOME, secret, NEW)
    assert not isinstance(sign_in.by_password(HOME, "alice", NEW), Opened)


def test_a_reset_grows_old(doors, reachable, post, time):
    doors.changing.ask_reset(HOME, "alice")
    ((_, _, secret),) = post()
    time.advance(LIFE["reset"] / 1_000_000)
    with pytest.raises(BadCredentials):
        doors.changing.reset(HOME, secret, NEW)


@pytest.mark.parametrize("said", ["nobody", "nobody@example.org", "mallory", "acme", ""])
def test_asking_for_a_reset_writes_the_same_whoever_is_named(doors, people, db, reachable, post, said):
    people.add_org(SYSTEM, "acme")
    for one in ("alice", said):
        doors.changing.ask_reset(HOME, one)
    with db.read() as tx:
        known, unknown = tx.all("SELECT kind, account_id, email, hash FROM accounts_letter")
        assert known == unknown
        assert len({row.kind for row in tx.all("SELECT kind FROM queue_job")}) == 1
    assert [email for _, email, _ in post()] == ["Alice@example.org"]


def test_no_secret_waits_in_the_database(doors, db, reachable, post):
    doors.changing.ask_reset(HOME, "alice")
    with db.read() as tx:
        assert tx.scalar("SELECT hash FROM accounts_letter") is None
    ((_, _, secret),) = post()
    with db.read() as tx:
        assert secret not in str(tx.all("SELECT * FROM accounts_letter"))


def test_an_address_is_confirmed_by_its_own_account_only(doors, sign_in, people, post):
    mallory, alice = proof_of(sign_in, "mallory"), proof_of(sign_in)
    doors.changing.ask_address(HOME, mallory, "alice@example.org")
    ((_, _, secret),) = post()
    with pytest.raises(Forbidden, match="mallory"):
        doors.changing.confirm_address(alice.actor, secret)
    assert people.by_name("mallory").email is None


def test_a_new_address_makes_resets_at_the_old_one_worthless_and_tells_it(doors, sign_in, reachable, post):
    doors.changing.ask_reset(HOME, "alice")
    ((_, _, reset),) = post()
    doors.changing.ask_address(HOME, proof_of(sign_in), "new@example.org")
    ((_, _, secret),) = post()
    doors.changing.confirm_address(proof_of(sign_in).actor, secret)
    with pytest.raises(BadCredentials):
        doors.changing.reset(HOME, reset, NEW)
    assert post() == [("told", "Alice@example.org", "")]


def test_an_address_belongs_to_one(doors, sign_in, reachable, post):
    doors.changing.ask_address(HOME, proof_of(sign_in, "mallory"), "alice@example.org")
    ((_, _, secret),) = post()
    with pytest.raises(Conflict):
        doors.changing.confirm_address(proof_of(sign_in, "mallory").actor, secret)


@pytest.mark.parametrize("ask", ["reset", "sign-up", "address"])
def test_letters_are_limited_by_recipient_and_by_address(doors, sign_in, ask):
    proof, number = proof_of(sign_in), iter(range(1000))

    def one(visitor, email):
        match ask:
            case "reset":
                doors.changing.ask_reset(visitor, email)
            case "sign-up":
                doors.joining.apply(visitor, replace(ZOE, email=email))
            case "address":
                doors.changing.ask_address(visitor, proof, email)

    for _ in range(LETTERS.tries):
        one(Visitor(f"10.0.{next(number)}.1"), "zoe@example.org")
    with pytest.raises(TooMany):
        one(Visitor("10.1.0.1"), "ZOE@example.org")
    for _ in range(LETTERS_ADDRESS.tries):
        one(AWAY, f"zoe{next(number)}@example.org")
    with pytest.raises(TooMany) as refused:
        one(AWAY, "other@example.org")
    assert refused.value.retry_after_s == LETTERS_ADDRESS.seconds


# ---- The end of an account -------------------------------------------------------------------------------------------


def test_a_closed_account_cannot_be_entered_and_its_name_stays_taken(doors, sign_in, people, reachable, post):
    session = sign_in.by_password(HOME, "alice", PASSWORD)
    doors.changing.close(sign_in.sessions.recent(session.secret), "alice")
    with pytest.raises(BadCredentials):
        sign_in.sessions.identify(session.secret)
    with pytest.raises(BadCredentials):
        sign_in.by_password(HOME, "alice", PASSWORD)
    with pytest.raises(Conflict):
        people.add_user(SYSTEM, "al1ce")
    gone = people.by_name("alice")
    assert (gone.disabled, gone.email, gone.full_name) == (True, None, "")
    assert ("told", "Alice@example.org", "") in post()


def test_it_is_closed_by_its_typed_name_only(doors, sign_in):
    with pytest.raises(Invalid):
        doors.changing.close(proof_of(sign_in), "mallory")


def test_the_last_administrator_stays(doors, sign_in, people):
    people.add_org(SYSTEM, "acme", members=[("alice", "admin"), ("mallory", "write")])
    with pytest.raises(Conflict, match="acme"):
        doors.changing.close(proof_of(sign_in), "alice")
    people.add_user(SYSTEM, "root1", admin=True)
    with pytest.raises(Conflict, match="last administrator"):
        doors.changing.close(proof_of(sign_in, "root1"), "root1")
    people.set_member(SYSTEM, "acme", "mallory", "admin")
    doors.changing.close(proof_of(sign_in), "alice")
