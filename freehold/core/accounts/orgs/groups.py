"""Resource groups: a set of an organisation's things and who may do what with them; to other members it is closed.

A private repository in a group is there for the group's members and the organisation's administrators alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.access import ROLES
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.core.accounts.orgs.desk import MOST, Desk, checked_name, member_id, one_of, rank_of
from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody, or (`is_team`) everybody of a team, with a role in a group."""

    name: str
    role: str
    is_team: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A resource group; `items` are the ids of the repositories and collections in it."""

    id: str
    name: str
    members: Sequence[Member]
    items: Sequence[str]
    created_at: int


class Groups:
    """The register of resource groups."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def list(self, at: Desk) -> list[Group]:
        """The organisation's groups, by name."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT id, name, created_at FROM accounts_group WHERE org_id = :org ORDER BY name_key", org=at.org_id
            )
            return [Group(row.id, row.name, _members(tx, row.id), _items(tx, row.id), row.created_at) for row in rows]

    def get(self, at: Desk, group_id: str) -> Group:
        """One of them. Raises NotFound."""
        found = next((group for group in self.list(at) if group.id == group_id), None)
        if found is None:
            raise NotFound(f"{at.org} has no group of this id.")
        return found

    def of_item(self, item_id: str) -> tuple[str, str] | None:
        """Id and name of the group that a repository or collection is in."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT g.id, g.name FROM accounts_group_item i JOIN accounts_group g ON g.id = i.group_id"
                " WHERE i.item_id = :item",
                item=item_id,
            )
        return None if row is None else (row.id, row.name)

    def add(self, at: Desk, name: str) -> str:
        """Make an empty group; its id. Raises Conflict, Invalid."""
        name, group_id = checked_name(name, "group"), new_id()
        with self._db.write() as tx:
            tx.take_turn(f"groups:{at.org_id}")
            _demand_new(tx, at, name)
            tx.run(
                "INSERT INTO accounts_group (id, org_id, name, name_key, created_at)"
                " VALUES (:id, :org, :name, :key, :at)",
                id=group_id, org=at.org_id, name=name, key=name_key(name), at=self._clock(),
            )  # fmt: skip
            record(tx, at.actor, "group.add", at.org, group=group_id, name=name)
        return group_id

    def rename(self, at: Desk, group_id: str, name: str) -> None:
        """Call it otherwise. Raises Conflict, Invalid, NotFound."""
        name = checked_name(name, "group")
        with self._db.write() as tx:
            tx.take_turn(f"groups:{at.org_id}")
            was = one_of(tx, at, "group", group_id).name
            if name_key(was) != name_key(name):
                _demand_new(tx, at, name)
            tx.run(
                "UPDATE accounts_group SET name = :name, name_key = :key WHERE id = :id",
                name=name, key=name_key(name), id=group_id,
            )  # fmt: skip
            record(tx, at.actor, "group.rename", at.org, group=group_id, name=name, was=was)

    def remove(self, at: Desk, group_id: str) -> None:
        """End a group that holds nothing: what is in one would be open to every member by its end."""
        with self._db.write() as tx:
            name = one_of(tx, at, "group", group_id).name
            tx.take_turn(f"group:{group_id}")
            held = tx.scalar("SELECT count(*) FROM accounts_group_item WHERE group_id = :id", id=group_id)
            if held:
                raise Conflict(f"The group {name} holds {held} repositories. Take them out of it first.")
            for table in ("group_member", "group_team"):
                tx.run(f"DELETE FROM accounts_{table} WHERE group_id = :id", id=group_id)
            tx.run("DELETE FROM accounts_group WHERE id = :id", id=group_id)
            record(tx, at.actor, "group.remove", at.org, group=group_id, name=name)

    def set_member(self, at: Desk, group_id: str, user: str, role: str | None) -> None:
        """Give a member of the organisation a role in a group, or (None) none. Raises NotFound, Invalid."""
        with self._db.write() as tx:
            one_of(tx, at, "group", group_id)
            user_id = member_id(tx, at, user)
            tx.run(
                "DELETE FROM accounts_group_member WHERE group_id = :id AND user_id = :user", id=group_id, user=user_id
            )
            if role is not None:
                tx.run(
                    "INSERT INTO accounts_group_member (group_id, user_id, rank) VALUES (:id, :user, :rank)",
                    id=group_id, user=user_id, rank=rank_of(role),
                )  # fmt: skip
            record(tx, at.actor, "group.member", at.org, group=group_id, user=user, role=role)

    def set_team(self, at: Desk, group_id: str, team_id: str, role: str | None) -> None:
        """Give everybody of a team a role in a group, or (None) none. Raises NotFound, Invalid."""
        with self._db.write() as tx:
            one_of(tx, at, "group", group_id)
            name = one_of(tx, at, "team", team_id).name
            tx.run(
                "DELETE FROM accounts_group_team WHERE group_id = :id AND team_id = :team", id=group_id, team=team_id
            )
            if role is not None:
                tx.run(
                    "INSERT INTO accounts_group_team (group_id, team_id, rank) VALUES (:id, :team, :rank)",
                    id=group_id, team=team_id, rank=rank_of(role),
                )  # fmt: skip
            record(tx, at.actor, "group.team", at.org, group=group_id, team=name, role=role)

    def put(self, at: Desk, group_id: str | None, item_id: str, owner_id: str) -> None:
        """Put a thing of the organisation into a group and out of any other; None: out of all. Raises NotFound."""
        if owner_id != at.org_id:
            raise Invalid(f"Only what {at.org} owns can be in its groups.")
        with self._db.write() as tx:
            place(tx, group_id, item_id, at.org_id)
            record(tx, at.actor, "group.put", at.org, group=group_id, item=item_id)


def place(tx: Transaction, group_id: str | None, item_id: str, org_id: str) -> None:
    """Where a thing belongs from the end of `tx` on. Raises NotFound for a group that the owner does not have."""
    if group_id is not None:
        tx.take_turn(f"group:{group_id}")
        if not tx.scalar("SELECT 1 FROM accounts_group WHERE id = :id AND org_id = :org", id=group_id, org=org_id):
            raise NotFound("The owner has no resource group of this id.")
    tx.run("DELETE FROM accounts_group_item WHERE item_id = :item", item=item_id)
    if group_id is not None:
        tx.run(
            "INSERT INTO accounts_group_item (item_id, group_id, org_id) VALUES (:item, :group, :org)",
            item=item_id, group=group_id, org=org_id,
        )  # fmt: skip


def role_for_new(tx: Transaction, org_id: str, group_id: str, account_id: str | None) -> str | None:
    """The role by which somebody may make a thing in a group; None: no member of it. Raises Forbidden for no group."""
    found = tx.scalar(
        "SELECT CASE WHEN m.role = 'admin' THEN 4 ELSE (SELECT max(g.rank) FROM accounts_group_reach g"
        " WHERE g.group_id = x.id AND g.user_id = m.user_id) END FROM accounts_group x"
        " JOIN accounts_membership m ON m.org_id = x.org_id AND m.user_id = :user WHERE x.id = :id AND x.org_id = :org",
        id=group_id, org=org_id, user=account_id or "",
    )  # fmt: skip
    if found is None:
        raise Forbidden("You belong to no resource group of this id.")
    return ROLES[found - 1]


def _demand_new(tx: Transaction, at: Desk, name: str) -> None:
    many = tx.scalar("SELECT count(*) FROM accounts_group WHERE org_id = :org", org=at.org_id)
    if many >= MOST:
        raise Invalid(f"{at.org} has {MOST} groups, and that is the most.")
    if tx.scalar(
        "SELECT 1 FROM accounts_group WHERE org_id = :org AND name_key = :key", org=at.org_id, key=name_key(name)
    ):
        raise Conflict(f"{at.org} has a group called {name} already.")


def _members(tx: Transaction, group_id: str) -> list[Member]:
    people = tx.all(
        "SELECT a.name, m.rank FROM accounts_group_member m JOIN accounts_account a ON a.id = m.user_id"
        " WHERE m.group_id = :id ORDER BY a.name_key",
        id=group_id,
    )
    teams = tx.all(
        "SELECT t.name, m.rank FROM accounts_group_team m JOIN accounts_team t ON t.id = m.team_id"
        " WHERE m.group_id = :id ORDER BY t.name_key",
        id=group_id,
    )
    found = [Member(row.name, ROLES[row.rank - 1]) for row in people]
    return found + [Member(row.name, ROLES[row.rank - 1], is_team=True) for row in teams]


def _items(tx: Transaction, group_id: str) -> list[str]:
    rows = tx.all("SELECT item_id FROM accounts_group_item WHERE group_id = :id ORDER BY item_id", id=group_id)
    return [row.item_id for row in rows]
