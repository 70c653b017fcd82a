"""The ways in, over a database with alice in it and a clock that stands still."""

from dataclasses import dataclass

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.people import People
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.sessions import Proof, Sessions
from freehold.core.accounts.signing_in.doors import open_doors
from freehold.core.accounts.signing_in.limits import Visitor
from freehold.core.queue.queue import Queue
from freehold.wire.totp import code_at

PASSWORD = "correct horse battery"
HOME, AWAY = Visitor("192.0.2.1"), Visitor("198.51.100.7")


@dataclass
class Time:
    """Microseconds, moved by hand."""

    now: int = 1_700_000_000_000_000

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += int(seconds * 1_000_000)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def people(db):
    people = People(db)
    people.add_user(SYSTEM, "alice", password=PASSWORD)
    people.add_user(SYSTEM, "mallory", password=PASSWORD)
    return people


def doors_over(db, people, time, *, demand_strong=False, sign_up="open"):
    sessions, queue = Sessions(db, time, demand_strong=demand_strong), Queue(db, time)
    return open_doors(db, people, sessions, queue, sealer=Sealer(b"k" * 32), sign_up=sign_up, clock=time)


def sign_in_over(db, people, time, *, demand_strong=False):
    return doors_over(db, people, time, demand_strong=demand_strong).sign_in


@pytest.fixture
def doors(db, people, time):
    return doors_over(db, people, time)


@pytest.fixture
def sign_in(doors):
    return doors.sign_in


def proof_of(sign_in, name="alice"):
    account = sign_in.people.by_name(name)
    opened = sign_in.sessions.open(account.id)
    proof = sign_in.sessions.recent(opened.secret)
    assert isinstance(proof, Proof)
    return proof


@dataclass
class App:
    """alice's authenticator app."""

    secret: bytes
    time: Time

    @property
    def code(self):
        return code_at(self.secret, self.time() // 30_000_000)


@pytest.fixture
def app(sign_in, time):
    """It is set up; its next code is good."""
    proof = proof_of(sign_in)
    app = App(sign_in.codes.begin_app(proof), time)
    sign_in.codes.confirm_app(proof, app.code)
    time.advance(30)
    return app
