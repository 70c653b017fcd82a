"""Refresh tokens are good once; the second use ends the sign-in, whoever of the two was the thief."""

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from freehold.base.errors import BadCredentials
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.oauth.applications import HF
from freehold.core.accounts.oauth.grants import DEVICE_TOKEN_S, REFRESH_S, Given, Grants
from freehold.core.accounts.people import People
from freehold.core.accounts.tokens import Tokens
from freehold.stores.db.database import Database
from freehold.wire.oauth.refusals import Refused
from freehold.wire.oauth.scopes import EVERYTHING
from tests.kit.hub import Time


class World:
    """A register of sign-ins, and alice."""

    def __init__(self, db: Database) -> None:
        self.clock = Time()
        self.people, self.tokens = People(db, self.clock), Tokens(db, self.clock)
        self.grants, self.db = Grants(db, self.clock), db
        self.alice = self.people.add_user(SYSTEM, "alice")

    def open(self):
        with self.db.write() as tx:
            return self.grants.open(tx, SYSTEM, Given(HF.id, HF.name, self.alice.id, EVERYTHING, "device"))

    def refresh(self, secret: str):
        return self.grants.refresh(HF.id, HF.name, secret)

    def works(self, secret: str) -> bool:
        try:
            return self.tokens.identify(secret).account_id == self.alice.id
        except BadCredentials:
            return False


@pytest.fixture
def world(db):
    return World(db)


def test_a_refresh_gives_new_tokens_and_the_old_access_token_lives_on(world):
    first = world.open()
    second = world.refresh(first.refresh_token)
    assert second.grant_id == first.grant_id
    assert world.works(first.access_token) and world.works(second.access_token)
    world.clock.advance(DEVICE_TOKEN_S)
    assert not world.works(first.access_token)


def test_a_refresh_token_that_comes_again_ends_everything(world):
    first = world.open()
    second = world.refresh(first.refresh_token)
    with pytest.raises(Refused) as error:
        world.refresh(first.refresh_token)
    assert error.value.code == "invalid_grant"
    assert not world.works(second.access_token)
    with pytest.raises(Refused):
        world.refresh(second.refresh_token)
    with world.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_audit WHERE action = 'oauth.reuse'") == 1


def test_another_application_cannot_use_a_refresh_token(world):
    issued = world.open()
    with pytest.raises(Refused):
        world.grants.refresh("another", "another", issued.refresh_token)
    assert world.refresh(issued.refresh_token)


def test_a_refresh_token_ends_with_its_time_and_with_its_account(world):
    late, shut = world.open(), world.open()
    world.clock.advance(REFRESH_S)
    with pytest.raises(Refused):
        world.refresh(late.refresh_token)
    world.clock.offset = 0
    world.people.disable(SYSTEM, "alice")
    with pytest.raises(Refused):
        world.refresh(shut.refresh_token)


def test_an_application_can_give_back_what_it_has_by_either_token(world):
    for part in ("access_token", "refresh_token"):
        issued = world.open()
        world.grants.revoke_secret("another", getattr(issued, part))
        assert world.works(issued.access_token)
        world.grants.revoke_secret(HF.id, getattr(issued, part))
        assert not world.works(issued.access_token)


def test_only_one_of_many_histories_is_alive(tmp_path_factory):
    """However refresh tokens are used, at most the newest of an unbroken line works."""

    class Line(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            database = Database(f"sqlite:///{tmp_path_factory.mktemp('line') / 'hub.sqlite'}")
            database.migrate()
            self.world = World(database)
            self.line, self.alive = [self.world.open()], True

        @rule()
        def go_on(self) -> None:
            self.use(len(self.line) - 1)

        @rule()
        def steal(self) -> None:
            self.use(0)

        def use(self, which: int) -> None:
            fresh = self.alive and which == len(self.line) - 1
            try:
                self.line.append(self.world.refresh(self.line[which].refresh_token))
                assert fresh
            except Refused:
                assert not fresh
                self.alive = False
            assert self.world.works(self.line[-1].access_token) is self.alive

        def teardown(self) -> None:
            self.world.db.close()

    Line.TestCase.settings = settings(max_examples=8, stateful_step_count=6)
    Line.TestCase("runTest").runTest()
