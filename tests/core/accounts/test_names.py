"""Names that an account may take."""

import pytest

from freehold.base.errors import Conflict, InvalidName
from freehold.core.accounts.actor import SYSTEM as ROOT
from freehold.core.accounts.names import RESERVED, claim, skeleton
from freehold.core.accounts.people import People


@pytest.mark.parametrize("name", ["datasets", "API", "login", "xet", "healthz", "static"])
def test_it_refuses_the_hubs_own_routes(db, name):
    with db.read() as tx, pytest.raises(InvalidName, match="used by the hub"):
        claim(tx, name)


@pytest.mark.parametrize("name", ["", "-a", "a.", "a--b", "..", "a/b", "a.git", "ä", "a\0", "a" * 97])
def test_it_refuses_what_is_no_name(db, name):
    with db.read() as tx, pytest.raises(InvalidName):
        claim(tx, name)


@pytest.mark.parametrize("name", ["Al1ce", "ALICE", "aIice"])
def test_it_refuses_names_that_look_like_alice(db, name):
    People(db).add_user(ROOT, "Alice")
    with pytest.raises(Conflict):
        People(db).add_user(ROOT, name)


def test_an_organisation_cannot_take_a_persons_name(db):
    People(db).add_user(ROOT, "alice")
    with pytest.raises(Conflict):
        People(db).add_org(ROOT, "ALICE")


def test_a_retired_name_is_never_given_again(db):
    people = People(db)
    people.add_user(ROOT, "alice")
    people.disable(ROOT, "alice")
    with db.write() as tx:
        tx.run("DELETE FROM accounts_account")
    with pytest.raises(Conflict, match="never given twice"):
        people.add_user(ROOT, "a1ice")


def test_separators_look_alike():
    assert skeleton("a_b.c") == skeleton("a-b-c")


def test_reserved_names_are_written_as_they_are_looked_up():
    assert all(name == name.lower() for name in RESERVED)
