"""A deploy key opens its repository, and everything else only as anybody may; it ends with whatever it hangs on."""

import pytest

from freehold.base.errors import BadCredentials, Conflict, Disabled, Forbidden, Invalid, NotFound, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import COLLECTIONS, Right, Subject, may_create, right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.deploy_keys import MOST_DEPLOY_KEYS, DeployKey, Owned
from freehold.core.accounts.passes import Passes
from freehold.core.repos.locks import Locks
from tests.core.accounts.test_keys import add as add_own
from tests.core.accounts.test_keys import line
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

ACME = RepoId(RepoKind.MODEL, "acme", "birds")


@pytest.fixture
def birds(hub: TestHub) -> Owned:
    a_model(hub, "acme/birds", visibility="private")
    return owned(hub)


def owned(hub: TestHub, repo_id: RepoId = ACME) -> Owned:
    repo = hub.rooms.repos.admit(SYSTEM, repo_id).repo
    return Owned(repo.id, repo.owner_id, repo.repo_id.path)


def add(hub: TestHub, repo: Owned, text: str = "", *, by: str = "alice", role: str = "write") -> DeployKey:
    return hub.rooms.keys.deploy.add(hub.actor(by), repo, "ci", text or line(), role)


def coming_with(hub: TestHub, key: DeployKey) -> Actor:
    actor = hub.rooms.keys.identify(key.fingerprint)
    assert actor == hub.rooms.keys.actor_of(key.id)
    return actor


def gone(hub: TestHub, key: DeployKey) -> bool:
    try:
        coming_with(hub, key)
    except BadCredentials:
        return True
    return False


@pytest.mark.parametrize(("role", "may"), [("read", Right.READ), ("write", Right.WRITE)])
def test_it_opens_its_repository_and_no_other_of_its_owner(hub: TestHub, birds: Owned, role: str, may: Right):
    a_model(hub, "acme/secret", visibility="private")
    a_model(hub, "acme/shown")
    actor, repos = coming_with(hub, add(hub, birds, role=role)), hub.rooms.repos
    assert repos.reader(actor, ACME).right == may
    assert repos.reader(actor, RepoId(RepoKind.MODEL, "acme", "shown")).right == Right.READ
    with pytest.raises(RepoNotFound):
        repos.reader(actor, RepoId(RepoKind.MODEL, "acme", "secret"))
    with pytest.raises(Forbidden):
        repos.admin(actor, ACME)
    assert {one.name for one in repos.owned_by(actor, birds.owner_id)} == {"birds", "shown"}
    assert not actor.signed_in and not may_create(actor, birds.owner_id, None)
    assert right(actor, Subject("private", birds.owner_id, birds.id, COLLECTIONS), None) == Right.NONE


def test_it_passes_the_gate_of_its_own_repository_and_of_no_other(hub: TestHub, birds: Owned):
    a_model(hub, "acme/other")
    for name in ("birds", "other"):
        hub.rooms.repos.admin(SYSTEM, RepoId(RepoKind.MODEL, "acme", name)).update(gated="manual", visibility="public")
    actor = coming_with(hub, add(hub, birds, role="read"))
    assert not hub.rooms.repos.reader(actor, ACME).closed
    assert hub.rooms.repos.reader(actor, RepoId(RepoKind.MODEL, "acme", "other")).closed


def test_a_hold_shuts_it_out(hub: TestHub, birds: Owned):
    actor = coming_with(hub, add(hub, birds))
    for hold in ("quarantined", "disabled"):
        hub.rooms.repos.holds.put(SYSTEM, hub.rooms.repos.admit(SYSTEM, ACME).repo, hold, "It carries malware.")
        with pytest.raises(Disabled):
            hub.rooms.repos.reader(actor, ACME)


def test_a_key_is_a_persons_or_one_repositorys(hub: TestHub, birds: Owned):
    a_model(hub, "acme/other")
    other = owned(hub, RepoId(RepoKind.MODEL, "acme", "other"))
    add(hub, birds, line(b"its"))
    add_own(hub, "alice", line(b"hers"))
    for again in (
        lambda: add(hub, birds, line(b"hers")),
        lambda: add(hub, other, line(b"its")),
        lambda: add_own(hub, "alice", line(b"its")),
    ):
        with pytest.raises(Conflict, match="registered already"):
            again()


def test_it_is_listed_with_who_added_it_and_its_last_use(hub: TestHub, birds: Owned):
    key = add(hub, birds)
    assert (key.added_by, key.role, key.last_used_at) == ("alice", "write", None)
    coming_with(hub, key)
    (listed,) = hub.rooms.keys.deploy.list(birds.id)
    assert listed.fingerprint == key.fingerprint and listed.last_used_at is not None
    assert hub.rooms.keys.list(str(hub.actor("alice").account_id)) == [], "it is not hers"


def test_it_ends_when_it_is_removed_which_is_recorded(hub: TestHub, birds: Owned):
    key = add(hub, birds)
    with pytest.raises(NotFound):
        hub.rooms.keys.deploy.remove(hub.actor("alice"), Owned("another", birds.owner_id, "acme/x"), key.id)
    hub.rooms.keys.deploy.remove(hub.actor("alice"), birds, key.id)
    assert gone(hub, key)
    with hub.rooms.db.read() as tx:
        rows = tx.all("SELECT action, subject FROM accounts_audit WHERE action LIKE 'deploy_key.%' ORDER BY seq")
    assert [tuple(row) for row in rows] == [("deploy_key.add", "acme/birds"), ("deploy_key.remove", "acme/birds")]


def test_it_follows_a_new_name_and_ends_with_a_new_owner(hub: TestHub, birds: Owned):
    key, repos = add(hub, birds), hub.rooms.repos
    fowl = RepoId(RepoKind.MODEL, "acme", "fowl")
    repos.move(hub.actor("alice"), ACME, fowl)
    assert repos.reader(coming_with(hub, key), fowl).right == Right.WRITE
    repos.move(hub.actor("alice"), fowl, RepoId(RepoKind.MODEL, "alice", "fowl"))
    assert gone(hub, key)
    with hub.rooms.db.read() as tx:
        assert "deploy_keys" in tx.scalar("SELECT detail FROM accounts_audit ORDER BY seq DESC LIMIT 1")


def test_it_ends_with_its_repository(hub: TestHub, birds: Owned):
    text = line(b"again")
    key = add(hub, birds, text)
    hub.rooms.repos.delete(hub.actor("alice"), ACME)
    assert gone(hub, key)
    add_own(hub, "alice", text)


def test_it_ends_when_who_added_it_leaves_steps_down_or_is_shut_out(hub: TestHub, birds: Owned):
    people = hub.rooms.people
    for name in ("bob", "zoe", "carol"):
        people.set_member(SYSTEM, "acme", name, "admin")
    bobs, zoes, carols = (add(hub, birds, by=name) for name in ("bob", "zoe", "carol"))
    hers = add(hub, birds)
    people.set_member(SYSTEM, "acme", "bob", None)
    people.set_member(SYSTEM, "acme", "carol", "write")
    people.disable(SYSTEM, "zoe")
    assert [gone(hub, one) for one in (bobs, zoes, carols, hers)] == [True, True, True, False]


def test_it_ends_with_the_account_of_its_owner(hub: TestHub):
    a_model(hub, "mallory/evil")
    key = add(hub, owned(hub, RepoId(RepoKind.MODEL, "mallory", "evil")), by="admin")
    hub.rooms.people.disable(SYSTEM, "mallory")
    assert gone(hub, key)


@pytest.mark.parametrize("role", ["admin", ""])
def test_it_reads_or_writes_and_nothing_else(hub: TestHub, birds: Owned, role: str):
    with pytest.raises(Invalid):
        add(hub, birds, role=role)


def test_nobody_makes_one_with_a_read_token_or_another_deploy_key(hub: TestHub, birds: Owned):
    for actor in (hub.actor("alice", "read"), coming_with(hub, add(hub, birds)), hub.actor(None)):
        with pytest.raises(Forbidden):
            hub.rooms.keys.deploy.add(actor, birds, "", line(), "write")


def test_a_repository_has_so_many_of_them(hub: TestHub, birds: Owned):
    for _ in range(MOST_DEPLOY_KEYS):
        add(hub, birds)
    with pytest.raises(Invalid, match="Remove one"):
        add(hub, birds)


def test_a_pass_for_reading_made_by_a_key_that_writes_only_reads(hub: TestHub, birds: Owned):
    key = add(hub, birds)
    passes = Passes(b"s" * 32, hub.rooms.keys.actor_of, hub.clock)
    for may, granted in ((False, Right.READ), (True, Right.WRITE)):
        text = passes.make(key.id, "/acme/birds.git/info/lfs", may_write=may)
        actor = passes.identify(text, "/acme/birds.git/info/lfs/locks")
        assert hub.rooms.repos.reader(actor, ACME).right == granted


def test_its_locks_are_its_own(hub: TestHub, birds: Owned):
    locks, repos = Locks(hub.rooms.db), hub.rooms.repos
    one, other = coming_with(hub, add(hub, birds)), coming_with(hub, add(hub, birds))
    lock, _ = locks.take(repos.writer(one, ACME), "a.bin")
    with pytest.raises(Forbidden, match="deploy key ci"):
        locks.free(repos.writer(other, ACME), lock.id)
    locks.free(repos.writer(one, ACME), lock.id)
