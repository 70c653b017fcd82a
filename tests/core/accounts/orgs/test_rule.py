"""Roles, teams and resource groups: the role as SQL says what the words say, and lists agree with the gate."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.core.accounts.access import (
    NO_ACCESS,
    ROLES,
    VISIBILITIES,
    Right,
    Subject,
    content_open_to,
    is_let_in,
    right,
    role_of,
    visible_to,
)
from freehold.core.accounts.actor import Actor, Barred
from freehold.core.accounts.scope import CREATE, DISCUSS, READ_CONTENT, UPLOAD, WRITE_REPO, Entity, Part, Scope
from freehold.stores.db.database import Database

PEOPLE, ORGS, GROUPS, TEAMS = ("alice", "bob"), ("acme", "zoo"), ("g0", "g1", "g2"), ("t0", "t1")
ORG_OF = {"g0": "acme", "g1": "acme", "g2": "zoo", "t0": "acme", "t1": "zoo"}


@dataclass(frozen=True)
class Thing:
    """One repository."""

    owner: str
    visibility: str
    gated: str
    creator: str
    group: str | None


@dataclass(frozen=True)
class World:
    """Everything that decides."""

    roles: dict[tuple[str, str], str]
    direct: dict[tuple[str, str], str]
    by_team: dict[tuple[str, str], str]
    teams: frozenset[tuple[str, str]]
    things: list[Thing]


def pairs(left, right, values):
    return st.dictionaries(st.tuples(st.sampled_from(left), st.sampled_from(right)), st.sampled_from(values))


WORLDS = st.builds(
    World,
    pairs(ORGS, PEOPLE, (NO_ACCESS, *ROLES)),
    pairs(GROUPS, PEOPLE, ROLES),
    pairs(GROUPS, TEAMS, ROLES),
    st.frozensets(st.tuples(st.sampled_from(TEAMS), st.sampled_from(PEOPLE))),
    st.lists(
        st.builds(
            Thing,
            st.sampled_from((*PEOPLE, *ORGS)),
            st.sampled_from(VISIBILITIES),
            st.sampled_from(("", "manual")),
            st.sampled_from(PEOPLE),
            st.sampled_from((None, *GROUPS)),
        ),
        min_size=1,
        max_size=6,
    ),
)
WORDS = st.sampled_from((READ_CONTENT, DISCUSS, WRITE_REPO, UPLOAD, CREATE))
SCOPES = st.builds(
    Scope,
    st.dictionaries(
        st.sampled_from((*PEOPLE, *ORGS, "0", "1")),
        st.frozensets(WORDS),
    ).map(lambda parts: tuple(Part(Entity("any", one, one), allowed) for one, allowed in parts.items())),
    reads_gated=st.booleans(),
)
DEPLOY_KEYS = st.builds(
    lambda repo, writes: Actor(
        None,
        "deploy key ci",
        kind="deploy",
        key_id="key",
        scope=Scope((Part(Entity("repository", repo, ""), frozenset((READ_CONTENT, WRITE_REPO)[: writes + 1])),)),
    ),
    st.sampled_from(("0", "1")),
    st.booleans(),
)
ACTORS = DEPLOY_KEYS | st.builds(
    lambda who, scope, writes, shut: Actor(
        who,
        who,
        may_write=writes and scope is None,
        scope=scope,
        barred=tuple(Barred(org, org, "Not with this token.") for org in sorted(shut)),
    ),
    st.sampled_from(PEOPLE),
    st.none() | SCOPES,
    st.booleans(),
    st.frozensets(st.sampled_from(ORGS)),
)


def role_in_words(world, actor, thing):
    """The rule once more, in Python and from the words of the documentation."""
    who = actor.account_id
    if thing.owner in {one.org_id for one in actor.barred}:
        return None
    role = world.roles.get((thing.owner, who))
    if role is None or role == "admin":
        return role
    if thing.group is not None and ORG_OF[thing.group] == thing.owner:
        found = [world.direct.get((thing.group, who))]
        found += [
            given
            for (group, team), given in world.by_team.items()
            if group == thing.group and (team, who) in world.teams
        ]
        role = max((one for one in found if one), key=ROLES.index, default=None)
    if role == "contributor" and thing.creator == who:
        return "write"
    return None if role == NO_ACCESS else role


@pytest.fixture(scope="module")
def db(request, tmp_path_factory):
    if request.config.getoption("--db") == "postgres":
        url = request.getfixturevalue("postgres").fresh()
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('rule') / 'hub.sqlite'}"
    db = Database(url)
    db.migrate()
    with db.write() as tx:
        for name in (*PEOPLE, *ORGS):
            tx.run(
                "INSERT INTO accounts_account (id, kind, name, name_key, skeleton, created_at)"
                " VALUES (:n, 'user', :n, :n, :n, 0)",
                n=name,
            )
        for table, ids in (("group", GROUPS), ("team", TEAMS)):
            for one in ids:
                tx.run(
                    f"INSERT INTO accounts_{table} (id, org_id, name, name_key, created_at)"
                    " VALUES (:id, :org, :id, :id, 0)",
                    id=one,
                    org=ORG_OF[one],
                )
    yield db
    db.close()


def build(tx, world):
    for table in ("membership", "group_member", "group_team", "team_member", "group_item"):
        tx.run(f"DELETE FROM accounts_{table}")
    tx.run("DELETE FROM repos_repo")
    for (org, user), role in world.roles.items():
        tx.run("INSERT INTO accounts_membership VALUES (:org, :user, :role, 0)", org=org, user=user, role=role)
    for (group, user), role in world.direct.items():
        tx.run("INSERT INTO accounts_group_member VALUES (:a, :b, :r)", a=group, b=user, r=ROLES.index(role) + 1)
    for (group, team), role in world.by_team.items():
        tx.run("INSERT INTO accounts_group_team VALUES (:a, :b, :r)", a=group, b=team, r=ROLES.index(role) + 1)
    for team, user in world.teams:
        tx.run("INSERT INTO accounts_team_member VALUES (:a, :b)", a=team, b=user)
    for number, thing in enumerate(world.things):
        tx.run(
            "INSERT INTO repos_repo (id, kind, owner_id, namespace, name, address, visibility, gated, creator_id,"
            " created_at, updated_at) VALUES (:n, 'model', :owner, :owner, :n, :n, :v, :gated, :creator, 0, 0)",
            n=str(number), owner=thing.owner, v=thing.visibility, gated=thing.gated, creator=thing.creator,
        )  # fmt: skip
        if thing.group is not None:
            tx.run(
                "INSERT INTO accounts_group_item VALUES (:n, :g, :o)",
                n=str(number),
                g=thing.group,
                o=ORG_OF[thing.group],
            )


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS, actor=ACTORS)
def test_the_role_and_the_list_agree_with_the_words(db, world, actor):
    role = role_of(actor, "x")
    with db.write() as tx:
        build(tx, world)
        roles = {int(row[0]): row[1] for row in tx.all(f"SELECT x.id, {role.sql} FROM repos_repo x", **role.params)}
        seen, content = (
            {int(row[0]) for row in tx.all(f"SELECT x.id FROM repos_repo x WHERE {one.sql}", **one.params)}
            for one in (visible_to(actor, "x"), content_open_to(actor, "x", 0))
        )
    words = {number: role_in_words(world, actor, thing) for number, thing in enumerate(world.things)}
    assert roles == words
    opened, let_in = set(), set()
    for number, thing in enumerate(world.things):
        subject = Subject(thing.visibility, thing.owner, str(number))
        if actor.barred_from(thing.owner):
            assert right(actor, subject, "admin") <= Right.READ
        if right(actor, subject, words[number]) >= Right.READ:
            opened.add(number)
            if is_let_in(actor, thing.gated, subject, words[number], granted=False):
                let_in.add(number)
    assert seen == opened
    assert content == let_in
