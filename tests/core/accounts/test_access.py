"""Access: the table of decisions, and that a list shows exactly what a gate would open."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.core.accounts.access import (
    DISABLED,
    QUARANTINED,
    ROLES,
    VISIBILITIES,
    Right,
    Subject,
    content_open_to,
    is_let_in,
    may_create,
    right,
    under_hold,
    visible_to,
)
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
from freehold.core.accounts.scope import (
    DISCUSS,
    OF_ACCOUNTS,
    PUBLIC_ONLY,
    READ_CONTENT,
    WRITE_REPO,
    Entity,
    Part,
    Scope,
)
from freehold.stores.db.database import Database

ALICE = Actor("alice", "alice", may_write=True)


@pytest.mark.parametrize(
    ("actor", "visibility", "owner", "role", "expected"),
    [
        (ALICE, "private", "alice", None, Right.ADMIN),
        (ALICE, "private", "acme", None, Right.NONE),
        (ALICE, "protected", "acme", None, Right.NONE),
        (ALICE, "public", "acme", None, Right.PROPOSE),
        (ALICE, "private", "acme", "read", Right.PROPOSE),
        (ALICE, "private", "acme", "contributor", Right.PROPOSE),
        (ALICE, "private", "acme", "write", Right.WRITE),
        (ALICE, "public", "acme", "admin", Right.ADMIN),
        (Actor("alice", "alice"), "private", "alice", None, Right.READ),
        (Actor("alice", "alice", is_admin=True), "private", "acme", None, Right.READ),
        (Actor("alice", "alice", is_admin=True, may_write=True), "private", "acme", None, Right.ADMIN),
        (ANONYMOUS, "public", "acme", None, Right.READ),
        (ANONYMOUS, "private", "acme", None, Right.NONE),
        (SYSTEM, "private", "acme", None, Right.ADMIN),
    ],
)
def test_the_table_of_rights(actor, visibility, owner, role, expected):
    assert right(actor, Subject(visibility, owner), role) is expected


ACCOUNTS = ("alice", "bob", "acme", "zoo")
ACTORS = [ANONYMOUS, SYSTEM] + [
    Actor(who, who, is_admin=admin, may_write=write)
    for who, admin, write in itertools.product(("alice", "bob", "mallory"), (False, True), (False, True))
]

PERMISSIONS = st.frozensets(st.sampled_from(sorted(OF_ACCOUNTS)))
SCOPES = st.builds(
    Scope,
    st.dictionaries(st.sampled_from([*ACCOUNTS, *map(str, range(8))]), PERMISSIONS, max_size=4).map(
        lambda parts: tuple(Part(Entity("any", one, one), allowed) for one, allowed in parts.items())
    ),
    st.frozensets(st.sampled_from([DISCUSS, READ_CONTENT])),
    st.booleans(),
)
NARROW = st.builds(lambda who, scope: Actor(who, who, scope=scope), st.sampled_from(["alice", "bob"]), SCOPES)
MEMBERS = st.dictionaries(
    st.tuples(st.sampled_from(["acme", "zoo"]), st.sampled_from(["alice", "bob"])), st.sampled_from(ROLES)
)
REPOS = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS),
        st.sampled_from(VISIBILITIES),
        st.sampled_from(["", "manual"]),
        st.sampled_from(["", QUARANTINED, DISABLED]),
    ),
    min_size=1,
    max_size=8,
)


HOLDING = (("active", None), ("active", 101))
GRANTS = st.dictionaries(
    st.tuples(st.integers(0, 7), st.sampled_from(["alice", "bob", "mallory"])),
    st.sampled_from(
        [*sorted(HOLDING, key=str), ("active", 100), *((s, None) for s in ("suspended", "stale", "revoked"))]
    ),
)
"""Grants by repository and person: state and end, looked at when it is 100."""


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('access') / 'hub.sqlite'}")
    db.migrate()
    with db.write() as tx:
        for name in ACCOUNTS:
            tx.run(
                "INSERT INTO accounts_account (id, kind, name, name_key, skeleton, created_at)"
                " VALUES (:n, 'user', :n, :n, :n, 0)",
                n=name,
            )
    yield db
    db.close()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=MEMBERS, repos=REPOS, actor=st.one_of(st.sampled_from(ACTORS), NARROW), grants=GRANTS)
def test_a_list_shows_exactly_what_the_gate_opens(db, members, repos, actor, grants):
    with db.write() as tx:
        tx.run("DELETE FROM accounts_gate_grant")
        tx.run("DELETE FROM accounts_membership")
        tx.run("DELETE FROM repos_repo")
        for (org, user), role in members.items():
            tx.run("INSERT INTO accounts_membership VALUES (:org, :user, :role, 0)", org=org, user=user, role=role)
        for number, (owner, visibility, gated, hold) in enumerate(repos):
            tx.run(
                "INSERT INTO repos_repo"
                " (id, kind, owner_id, namespace, name, address, visibility, gated, hold, created_at,"
                " updated_at) VALUES (:n, 'model', :owner, :owner, :n, :n, :v, :gated, :hold, 0, 0)",
                gated=gated,
                hold=hold,
                n=str(number),
                owner=owner,
                v=visibility,
            )
        for (number, account), (state, not_after) in grants.items():
            tx.run(
                "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, state, not_after,"
                " granted_at) VALUES (:id, :repo, :account, 'q', 't', :state, :not_after, 0)",
                id=f"{number}{account}", repo=str(number), account=account, state=state, not_after=not_after,
            )  # fmt: skip
        listed = _ids(tx, visible_to(actor, "x"))
        with_content = _ids(tx, content_open_to(actor, "x", 100))
    roles = [members.get((owner, actor.account_id)) for owner, *_ in repos]
    opened = {
        number
        for number, (owner, visibility, _, hold) in enumerate(repos)
        if _held_right(actor, Subject(visibility, owner, str(number)), roles[number], hold) >= Right.READ
    }
    good = {number for (number, account), grant in grants.items() if account == actor.account_id and grant in HOLDING}
    let_in = {
        n
        for n, (owner, visibility, gated, _) in enumerate(repos)
        if is_let_in(actor, gated, Subject(visibility, owner, str(n)), roles[n], granted=n in good)
    }
    assert listed == opened
    assert with_content == opened & let_in


@pytest.mark.parametrize(("at", "open_"), [(100, True), (101, False), (102, False)])
def test_a_grant_ends_at_its_very_moment(db, at, open_):
    bob = Actor("bob", "bob")
    with db.write() as tx:
        for table in ("accounts_gate_grant", "accounts_membership", "repos_repo"):
            tx.run(f"DELETE FROM {table}")
        tx.run(
            "INSERT INTO repos_repo (id, kind, owner_id, namespace, name, address, visibility, gated, created_at,"
            " updated_at) VALUES ('0', 'model', 'acme', 'acme', '0', '0', 'public', 'manual', 0, 0)"
        )
        tx.run(
            "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, state, not_after,"
            " granted_at) VALUES ('g', '0', 'bob', 'q', 't', 'active', 101, 0)"
        )
        assert _ids(tx, content_open_to(bob, "x", at)) == ({0} if open_ else set())


def _held_right(actor, subject, role, hold):
    return under_hold(actor, hold, subject.owner_id, role, right(actor, subject, role))


def _ids(tx, fragment):
    return {int(row[0]) for row in tx.all(f"SELECT x.id FROM repos_repo x WHERE {fragment.sql}", **fragment.params)}


def narrow(*parts, everywhere=(), gated=False):
    """alice with a token that has these parts: an entity's id and its permissions."""
    named = tuple(Part(Entity("any", one, one), frozenset(allowed)) for one, *allowed in parts)
    return Actor("alice", "alice", scope=Scope(named, frozenset(everywhere), gated))


@pytest.mark.parametrize(
    ("actor", "visibility", "owner", "role", "expected"),
    [
        (narrow(), "public", "alice", None, Right.READ),
        (narrow(), "private", "alice", None, Right.NONE),
        (narrow(("alice", READ_CONTENT)), "private", "alice", None, Right.READ),
        (narrow(("alice", WRITE_REPO)), "private", "alice", None, Right.ADMIN),
        (narrow(("birds", WRITE_REPO)), "private", "alice", None, Right.ADMIN),
        (narrow(("fish", WRITE_REPO)), "private", "alice", None, Right.NONE),
        (narrow(("fish", WRITE_REPO)), "public", "alice", None, Right.READ),
        (narrow(("alice", DISCUSS)), "private", "alice", None, Right.NONE),
        (narrow(("alice", DISCUSS, READ_CONTENT)), "private", "alice", None, Right.PROPOSE),
        (narrow(everywhere=[DISCUSS]), "public", "carol", None, Right.PROPOSE),
        (narrow(everywhere=[DISCUSS]), "private", "alice", None, Right.NONE),
        (narrow(("carol", WRITE_REPO)), "private", "carol", None, Right.NONE),
        (narrow(("carol", WRITE_REPO)), "public", "carol", None, Right.PROPOSE),
        (narrow(("acme", WRITE_REPO)), "private", "acme", "read", Right.PROPOSE),
        (narrow(("acme", READ_CONTENT)), "private", "acme", "admin", Right.READ),
    ],
)
def test_a_scope_takes_away_and_never_gives(actor, visibility, owner, role, expected):
    assert right(actor, Subject(visibility, owner, "birds"), role) is expected


@given(
    scope=SCOPES, visibility=st.sampled_from(VISIBILITIES), owner=st.sampled_from(ACCOUNTS), number=st.integers(0, 7)
)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_token_never_exceeds_its_holder_nor_falls_below_nobody(scope, visibility, owner, number, role):
    subject = Subject(visibility, owner, str(number))
    granted = right(Actor("alice", "alice", scope=scope), subject, role)
    assert granted <= right(ALICE, subject, role)
    assert granted >= right(ANONYMOUS, subject, None)


@pytest.mark.parametrize(
    ("actor", "owner", "role", "expected"),
    [
        (ALICE, "alice", None, True),
        (ALICE, "acme", "contributor", True),
        (ALICE, "acme", "read", False),
        (ALICE, "acme", None, False),
        (Actor("alice", "alice"), "alice", None, False),
        (ANONYMOUS, "alice", None, False),
        (SYSTEM, "acme", None, True),
        (narrow(("alice", WRITE_REPO)), "alice", None, True),
        (narrow(("alice", READ_CONTENT)), "alice", None, False),
        (narrow(("acme", WRITE_REPO)), "alice", None, False),
        (narrow(("acme", WRITE_REPO)), "acme", "read", False),
    ],
)
def test_who_may_make_something_new(actor, owner, role, expected):
    assert may_create(actor, owner, role) is expected


def test_gated_content_needs_a_scope_that_says_so():
    def let_in(actor):
        return is_let_in(actor, "auto", Subject("public", "carol", "birds"), None, granted=True)

    assert not let_in(Actor("alice", "alice", scope=PUBLIC_ONLY))
    assert let_in(narrow(gated=True))
    assert let_in(narrow(("birds", READ_CONTENT)))
    assert not is_let_in(narrow(gated=True), "auto", Subject("public", "carol", "birds"), None, granted=False)
