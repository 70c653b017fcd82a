"""Who stays signed in must prove once more who they are, before anything changes how the account is entered."""

import pytest

from freehold.base.errors import BadCredentials, TooMany
from freehold.core.accounts.sessions import RECENT, NotRecent
from freehold.core.accounts.signing_in.limits import CODE, PAIR
from tests.core.accounts.signing_in.conftest import HOME, PASSWORD


@pytest.fixture
def session(sign_in, people, time):
    """alice's, from so long ago that she has to confirm."""
    opened = sign_in.sessions.open(people.by_name("alice").id)
    time.advance(RECENT / 1_000_000)
    return opened.secret


def test_a_session_is_recent_for_a_while(doors, sign_in, session):
    with pytest.raises(NotRecent):
        sign_in.sessions.recent(session)
    doors.confirming.by_password(HOME, session, PASSWORD)
    assert sign_in.sessions.recent(session).actor.name == "alice"


def test_a_code_confirms_too(doors, sign_in, app, session):
    doors.confirming.by_code(HOME, session, app.code)
    assert sign_in.sessions.recent(session).actor.name == "alice"


def test_guessing_is_limited_and_confirms_nothing(doors, sign_in, app, session):
    for guess, limit in (
        (lambda: doors.confirming.by_password(HOME, session, "wrong password"), PAIR),
        (lambda: doors.confirming.by_code(HOME, session, "000000"), CODE),
    ):
        for _ in range(limit.tries):
            with pytest.raises(BadCredentials):
                guess()
        with pytest.raises(TooMany):
            guess()
    with pytest.raises(NotRecent):
        sign_in.sessions.recent(session)


def test_it_knows_what_a_person_has(doors, people, app):
    assert doors.confirming.ways(people.by_name("alice").id) == type(doors.confirming.ways("x"))(True, True, False)
    assert doors.confirming.ways("x") == type(doors.confirming.ways("x"))(False, False, False)
