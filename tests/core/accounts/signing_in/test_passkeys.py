"""A passkey is believed for its own hub, browser, question and person, and nothing that is sent breaks the door."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.errors import BadCredentials, Conflict, NotFound
from freehold.core.accounts.sessions import Opened
from freehold.core.accounts.signing_in.challenges import LIFE_S
from freehold.core.accounts.signing_in.passkeys import MOST, Party
from freehold.core.accounts.signing_in.signing_in import Halfway
from tests.core.accounts.signing_in.conftest import HOME, PASSWORD, proof_of
from tests.kit.authenticator import PRESENT, Authenticator

PARTY = Party("hub.test", "https://hub.test", "Freehold")
BROWSER = "cookie of alice's browser"


@pytest.fixture
def key(sign_in):
    """alice's, registered."""
    one = Authenticator(PARTY.origin, PARTY.id)
    add(sign_in, one)
    return one


def add(sign_in, key, name="alice"):
    proof = proof_of(sign_in, name)
    question = sign_in.passkeys.invite(proof, PARTY, BROWSER)
    return sign_in.passkeys.add(proof, PARTY, BROWSER, "laptop", key.register(question))


def enter(sign_in, key, *, party=PARTY, bound=BROWSER):
    question = sign_in.passkeys.ask(PARTY, BROWSER)
    return sign_in.by_passkey(HOME, party, bound, key.answer(question))


def test_it_signs_in_alone(sign_in, key):
    opened = enter(sign_in, key)
    assert isinstance(opened, Opened) and opened.name == "alice"
    assert ["passkey"] in [one.methods for one in sign_in.sessions.list(opened.account_id)]


def test_the_question_names_nobodys_passkeys(sign_in, key):
    assert json.loads(sign_in.passkeys.ask(PARTY, BROWSER))["allowCredentials"] == []


def test_it_is_a_second_factor(sign_in, key, people):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    assert isinstance(half, Halfway) and half.passkey
    key.flags = PRESENT
    question = sign_in.passkeys.ask(PARTY, BROWSER, half.account_id, second=True)
    opened = sign_in.second_by_passkey(HOME, half.secret, PARTY, BROWSER, key.answer(question))
    assert ["password", "passkey"] in [one.methods for one in sign_in.sessions.list(opened.account_id)]


def test_an_answer_as_second_factor_does_not_sign_in_alone(sign_in, key):
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    question = sign_in.passkeys.ask(PARTY, BROWSER, half.account_id, second=True)
    with pytest.raises(BadCredentials):
        sign_in.by_passkey(HOME, PARTY, BROWSER, key.answer(question))


def test_anothers_passkey_is_no_second_factor_of_alice(sign_in, key):
    theirs = Authenticator(PARTY.origin, PARTY.id, b"passkey of mallory")
    add(sign_in, theirs, "mallory")
    half = sign_in.by_password(HOME, "alice", PASSWORD)
    question = sign_in.passkeys.ask(PARTY, BROWSER, half.account_id, second=True)
    with pytest.raises(BadCredentials):
        sign_in.second_by_passkey(HOME, half.secret, PARTY, BROWSER, theirs.answer(question))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://hub.test.evil.example"},
        {"origin": "http://hub.test"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"key": ec.generate_private_key(ec.SECP256R1())},
        {"credential_id": b"of nobody"},
    ],
)
def test_nothing_else_signs_in(sign_in, key, wrong):
    with pytest.raises(BadCredentials):
        enter(sign_in, replace(key, **wrong))


def test_a_copy_is_noticed_by_its_counter(sign_in, key):
    copy = replace(key)
    enter(sign_in, key)
    with pytest.raises(BadCredentials):
        enter(sign_in, copy)


def test_an_answer_counts_once_for_a_while_and_in_its_browser(sign_in, key, time):
    key.counts = False  # so that nothing but the challenge tells the second from the first
    question = sign_in.passkeys.ask(PARTY, BROWSER)
    answer = key.answer(question)
    with pytest.raises(BadCredentials):
        sign_in.by_passkey(HOME, PARTY, "another browser", answer)
    sign_in.by_passkey(HOME, PARTY, BROWSER, answer)
    with pytest.raises(BadCredentials):
        sign_in.by_passkey(HOME, PARTY, BROWSER, answer)
    late = sign_in.passkeys.ask(PARTY, BROWSER)
    time.advance(LIFE_S)
    with pytest.raises(BadCredentials):
        sign_in.by_passkey(HOME, PARTY, BROWSER, key.answer(late))


def test_a_challenge_of_ones_own_making_is_none(sign_in, key):
    question = json.dumps({"challenge": "A" * 75})
    with pytest.raises(BadCredentials):
        sign_in.by_passkey(HOME, PARTY, BROWSER, key.answer(question))


def test_a_passkey_belongs_to_one_account(sign_in, key):
    with pytest.raises(Conflict):
        add(sign_in, key, "mallory")


def test_only_its_owner_removes_it(sign_in, key):
    (passkey,) = sign_in.passkeys.list(proof_of(sign_in).account_id)
    with pytest.raises(NotFound):
        sign_in.passkeys.remove(proof_of(sign_in, "mallory"), passkey.id)
    sign_in.passkeys.remove(proof_of(sign_in), passkey.id)
    with pytest.raises(BadCredentials):
        enter(sign_in, key)
    assert isinstance(sign_in.by_password(HOME, "alice", PASSWORD), Opened)


def test_an_account_has_a_limited_number(sign_in):
    for number in range(MOST):
        add(sign_in, Authenticator(PARTY.origin, PARTY.id, f"passkey {number}".encode()))
    with pytest.raises(Exception, match="at most"):
        add(sign_in, Authenticator(PARTY.origin, PARTY.id, b"one more"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["attestationObject", "authenticatorData", "signature"]),
    st.integers(0, 400),
    st.sampled_from(["cut", "turned", None, 7, [], {}, "\N{SNOWMAN}", "A"]),
)
def test_no_answer_breaks_the_door(sign_in, key, part, at, how):
    """Answers that are cut, turned and made of anything are refused, and nothing else."""
    proof = proof_of(sign_in)
    if part == "attestationObject":
        text = Authenticator(PARTY.origin, PARTY.id, b"new").register(sign_in.passkeys.invite(proof, PARTY, BROWSER))
    else:
        text = key.answer(sign_in.passkeys.ask(PARTY, BROWSER))
    message = json.loads(text)
    letters = message["response"][part]
    at %= len(letters)
    turned = letters[:at] + ("B" if letters[at] != "B" else "C") + letters[at + 1 :]
    message["response"][part] = {"cut": letters[:at], "turned": turned}.get(how, how) if isinstance(how, str) else how
    if part == "attestationObject":
        with suppress(BadCredentials, Conflict):  # some of its bits are the authenticator's to choose
            sign_in.passkeys.add(proof, PARTY, BROWSER, "n", json.dumps(message))
    else:
        with pytest.raises(BadCredentials):
            sign_in.passkeys.answered(PARTY, BROWSER, json.dumps(message))


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_no_text_breaks_the_door(sign_in, text):
    with pytest.raises(BadCredentials):
        sign_in.passkeys.answered(PARTY, BROWSER, text)
