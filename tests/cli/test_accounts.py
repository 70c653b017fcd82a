"""Adding people, organisations and tokens from the command line."""

import re

import pytest

from freehold.base.errors import BadCredentials
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.tokens import Tokens
from freehold.stores.db.database import Database
from tests.core.accounts.test_keys import line


@pytest.fixture
def kept(tmp_path):
    """The database that the commands write, opened when asked."""
    opened = []

    def open_it():
        opened.append(Database(f"sqlite:///{tmp_path / 'd' / 'hub.sqlite'}"))
        return opened[-1]

    yield open_it
    for db in opened:
        db.close()


def test_a_person_without_a_password_gets_a_link(freehold, kept):
    done = freehold("user", "add", "alice", "--full-name", "Alice Liddell", "--data", "d")
    assert done.returncode == 0, done.stderr
    secret = re.fullmatch(r"http://127\.0\.0\.1:8000/login/link/(.+)", done.stdout.splitlines()[-1])[1]
    sessions = Sessions(kept())
    opened = sessions.open(sessions.take_link(secret))
    assert (opened.name, People(kept()).by_name("alice").full_name) == ("alice", "Alice Liddell")


def test_a_password_comes_by_standard_input(freehold, kept):
    done = freehold("user", "add", "root1", "--admin", "--password-stdin", "--data", "d", text="correct horse\n")
    assert done.returncode == 0, done.stderr
    assert People(kept()).check_password("root1", "correct horse").is_admin
    assert "correct horse" not in done.stdout + done.stderr


def test_a_token_stands_alone_on_the_last_line(freehold, kept):
    freehold("user", "add", "alice", "--data", "d")
    done = freehold("token", "add", "alice", "--name", "ci", "--role", "read", "--data", "d")
    actor = Tokens(kept()).identify(done.stdout.splitlines()[-1])
    assert (actor.name, actor.may_write) == ("alice", False)


def test_an_organisation_has_members(freehold, kept):
    freehold("user", "add", "alice", "--data", "d")
    freehold("user", "add", "bob", "--data", "d")
    options = ["--default-visibility", "private", "--member", "alice:admin", "--member", "bob:write", "--data", "d"]
    assert freehold("org", "add", "acme", *options).returncode == 0
    people = People(kept())
    org = people.by_name("acme")
    assert org.default_visibility == "private"
    assert people.role_in(org.id, people.by_name("bob").id) == "write"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["user", "add", "datasets"], "used by the hub"),
        (["user", "add", "-x-"], "No such option"),
        (["user", "add", "alice", "--password-stdin"], "at least 10 characters"),
        (["org", "add", "acme", "--member", "alice"], "USER:ROLE"),
        (["org", "add", "acme", "--member", "nobody:write"], "no user called"),
        (["token", "add", "nobody"], "no user called"),
        (["check"], "There is no hub in"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(freehold, arguments, sentence):
    done = freehold(*arguments, "--data", "d", text="short\n")
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_can_be_changed_and_an_account_shut(freehold, kept):
    freehold("user", "add", "alice", "--data", "d")
    done = freehold("user", "password", "alice", "--data", "d", text="correct horse\n")
    assert done.returncode == 0, done.stderr
    assert People(kept()).check_password("alice", "correct horse").name == "alice"
    assert freehold("user", "disable", "alice", "--data", "d").returncode == 0
    with pytest.raises(BadCredentials):
        People(kept()).check_password("alice", "correct horse")


def test_a_key_comes_by_standard_input(freehold, kept):
    assert freehold("user", "add", "alice", "--data", "d").returncode == 0
    done = freehold("user", "key", "alice", "--role", "read", "--data", "d", text=line() + "\n")
    assert done.returncode == 0, done.stderr
    db = kept()
    alice = People(db).by_name("alice")
    (key,) = Keys(db).list(alice.id)
    assert (key.name, key.role) == ("laptop", "read") and key.fingerprint in done.stdout
    again = freehold("user", "key", "alice", "--data", "d", text="nonsense\n")
    assert again.returncode == 1 and again.stderr.startswith("error: This is no public key")


def test_members_come_and_go(freehold, kept):
    freehold("user", "add", "alice", "--data", "d")
    freehold("org", "add", "acme", "--data", "d")
    people = People(kept())
    alice = people.by_name("alice").id
    assert freehold("org", "member", "acme", "alice", "write", "--data", "d").returncode == 0
    assert [org.role for org in people.orgs_of(alice)] == ["write"]
    assert freehold("org", "member", "acme", "alice", "none", "--data", "d").returncode == 0
    assert people.orgs_of(alice) == []
    wrong = freehold("org", "member", "acme", "alice", "king", "--data", "d")
    assert (wrong.returncode, "A role is one of" in wrong.stderr) == (1, True)


def test_an_invitation_is_a_link_that_makes_one_account(freehold, kept):
    assert freehold("org", "add", "acme", "--data", "d").returncode == 0
    done = freehold("user", "invite", "--org", "acme:write", "--data", "d")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/signup/[\w-]{43}", done.stdout.splitlines()[-1])
    with kept().read() as tx:
        assert tx.scalar("SELECT count(*) FROM accounts_letter WHERE kind = 'invitation'") == 1
    refused = freehold("user", "invite", "--org", "nowhere:write", "--data", "d")
    assert (refused.returncode, "nowhere" in refused.stderr) == (1, True)
