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
    content_open_to,
    is_let_in,
    right,
    under_hold,
    visible_to,
)
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
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
    assert right(actor, visibility, owner, role) is expected


ACCOUNTS = ("alice", "bob", "acme", "zoo")
ACTORS = [ANONYMOUS, SYSTEM] + [
    Actor(who, who, is_admin=admin, may_write=write)
    for who, admin, write in itertools.product(("alice", "bob", "mallory"), (False, True), (False, True))
]
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


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(members=MEMBERS, repos=REPOS, actor=st.sampled_from(ACTORS), grants=GRANTS)
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
        if _held_right(actor, visibility, owner, roles[number], hold) >= Right.READ
    }
    good = {number for (number, account), grant in grants.items() if account == actor.account_id and grant in HOLDING}
    let_in = {
        n for n, (owner, _, gated, _) in enumerate(repos) if is_let_in(actor, gated, owner, roles[n], granted=n in good)
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


def _held_right(actor, visibility, owner, role, hold):
    return under_hold(actor, hold, owner, role, right(actor, visibility, owner, role))


def _ids(tx, fragment):
    return {int(row[0]) for row in tx.all(f"SELECT x.id FROM repos_repo x WHERE {fragment.sql}", **fragment.params)}
