"""Sessions and one-time links."""

import pytest

from freehold.base.errors import BadCredentials, NotFound
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import LINK_LIFE, SESSION_LIFE, Sessions


class Time:
    """A clock that stands still until it is moved."""

    now = 1_000_000

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def sessions(db, time):
    People(db).add_user(SYSTEM, "alice")
    return Sessions(db, time)


def test_a_link_signs_in_exactly_once(sessions):
    link = sessions.make_link(SYSTEM, "Alice")
    opened = sessions.open(sessions.take_link(link), methods=["link"])
    assert sessions.identify(opened.secret).name == "alice"
    with pytest.raises(BadCredentials, match="used already"):
        sessions.take_link(link)


def test_a_link_grows_old(sessions, time):
    link = sessions.make_link(SYSTEM, "alice")
    time.now += LINK_LIFE
    with pytest.raises(BadCredentials):
        sessions.take_link(link)


def test_a_session_grows_old(sessions, time):
    opened = sessions.open(sessions.take_link(sessions.make_link(SYSTEM, "alice")))
    time.now += SESSION_LIFE
    with pytest.raises(BadCredentials):
        sessions.identify(opened.secret)


def test_signing_out_ends_the_session(sessions):
    opened = sessions.open(sessions.take_link(sessions.make_link(SYSTEM, "alice")))
    sessions.close(opened.secret)
    sessions.close(opened.secret)
    with pytest.raises(BadCredentials):
        sessions.identify(opened.secret)


def test_there_is_no_link_for_nobody(sessions):
    with pytest.raises(NotFound):
        sessions.make_link(SYSTEM, "nobody")
