"""Groups as a directory keeps them: a name and people; what they may do follows from `roles`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.directory.roles import settle
from freehold.stores.db.database import Database, Row, Transaction

_SELECT = "SELECT g.id, g.name, g.external_id, g.created_at, g.updated_at FROM accounts_scim_group g"


@dataclass(frozen=True, slots=True)
class Group:
    """One group; `members` are ids."""

    id: str
    name: str
    external_id: str | None
    members: Sequence[str]
    created_at: int
    updated_at: int

    @property
    def document(self) -> dict[str, Any]:
        """What a directory may write of it."""
        said: dict[str, Any] = {"displayName": self.name}
        if self.external_id is not None:
            said["externalId"] = self.external_id
        if self.members:
            said["members"] = [{"value": member} for member in self.members]
        return said


class DirectoryGroups:
    """The groups that directories keep."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def get(self, group_id: str) -> Group:
        """One group. Raises NotFound."""
        with self._db.read() as tx:
            return _group(tx, group_id)

    def count(self) -> int:
        """How many there are."""
        with self._db.read() as tx:
            return int(tx.scalar("SELECT count(*) FROM accounts_scim_group"))

    def page(self, offset: int, limit: int) -> list[Group]:
        """Some of them, by name."""
        with self._db.read() as tx:
            rows = tx.all(f"{_SELECT} ORDER BY g.name_key LIMIT :limit OFFSET :offset", limit=limit, offset=offset)
            return _groups(tx, rows)

    def called(self, name: str) -> list[Group]:
        """The group of that name, in any case."""
        with self._db.read() as tx:
            return _groups(tx, tx.all(f"{_SELECT} WHERE g.name_key = :key", key=name.lower()))

    def known_as(self, external_id: str) -> list[Group]:
        """The group that the directory knows by this externalId."""
        with self._db.read() as tx:
            return _groups(tx, tx.all(f"{_SELECT} WHERE g.external_id = :external", external=external_id))

    def add(self, actor: Actor, document: Mapping[str, Any]) -> Group:
        """A new group. Raises Conflict if the name is taken."""
        group_id, at = new_id(), self._clock()
        with self._db.write() as tx:
            _demand_free(tx, document["displayName"], "")
            tx.run(
                "INSERT INTO accounts_scim_group (id, name, name_key, external_id, created_at, updated_at)"
                " VALUES (:id, :name, :key, :external, :at, :at)",
                id=group_id, name=document["displayName"], key=document["displayName"].lower(),
                external=document.get("externalId"), at=at,
            )  # fmt: skip
            self._keep_members(tx, actor, group_id, document, set())
            record(tx, actor, "scim.group", document["displayName"], members=len(document.get("members", ())))
            return _group(tx, group_id)

    def change(self, actor: Actor, group_id: str, edit: Callable[[Group], Mapping[str, Any]]) -> Group:
        """Make of a group's document what `edit` says. Raises NotFound, Conflict, Invalid, and what `edit` raises."""
        with self._db.write() as tx:
            tx.take_turn(f"scim:{group_id}")
            before = _group(tx, group_id)
            document = edit(before)
            _demand_free(tx, document["displayName"], group_id)
            tx.run(
                "UPDATE accounts_scim_group SET name = :name, name_key = :key, external_id = :external,"
                " updated_at = :at WHERE id = :id",
                name=document["displayName"], key=document["displayName"].lower(),
                external=document.get("externalId"), at=self._clock(), id=group_id,
            )  # fmt: skip
            there = set(before.members)
            self._keep_members(tx, actor, group_id, document, there, renamed=before.name != document["displayName"])
            record(tx, actor, "scim.group", document["displayName"], members=len(document.get("members", ())))
            return _group(tx, group_id)

    def remove(self, actor: Actor, group_id: str, demand: Callable[[Group], object]) -> None:
        """Delete a group, and take what it gave. Raises NotFound."""
        with self._db.write() as tx:
            tx.take_turn(f"scim:{group_id}")
            before = _group(tx, group_id)
            demand(before)
            tx.run("DELETE FROM accounts_scim_member WHERE group_id = :id", id=group_id)
            tx.run("DELETE FROM accounts_scim_group WHERE id = :id", id=group_id)
            settle(tx, actor, before.members, self._clock())
            record(tx, actor, "scim.group.remove", before.name)

    def _keep_members(
        self,
        tx: Transaction,
        actor: Actor,
        group_id: str,
        document: Mapping[str, Any],
        there: set[str],
        *,
        renamed: bool = False,
    ) -> None:
        wanted = {str(one.get("value", "")) for one in document.get("members", ())}
        fresh = sorted(wanted - there)
        known = tx.within(
            "SELECT a.id FROM accounts_account a LEFT JOIN accounts_scim_user s ON s.account_id = a.id"
            " WHERE a.kind = 'user' AND (s.user_key IS NOT NULL OR s.account_id IS NULL) AND a.id IN :values",
            fresh,
        )
        if missing := set(fresh) - {row.id for row in known}:
            raise Invalid(f"There is no person with the id {min(missing)[:50]!r}.")
        sql = "INSERT INTO accounts_scim_member (group_id, account_id) VALUES (:group, :account)"
        tx.many(sql, [{"group": group_id, "account": one} for one in fresh])
        sql = "DELETE FROM accounts_scim_member WHERE group_id = :group AND account_id = :account"
        tx.many(sql, [{"group": group_id, "account": one} for one in sorted(there - wanted)])
        settle(tx, actor, wanted | there if renamed else wanted ^ there, self._clock())


def _group(tx: Transaction, group_id: str) -> Group:
    rows = tx.all(f"{_SELECT} WHERE g.id = :id", id=group_id)
    if not rows:
        raise NotFound(f"There is no group with the id {group_id[:50]!r}.")
    return _groups(tx, rows)[0]


def _groups(tx: Transaction, rows: Sequence[Row]) -> list[Group]:
    found = tx.within(
        "SELECT m.group_id, a.id FROM accounts_scim_member m JOIN accounts_account a"
        " ON a.id = m.account_id WHERE m.group_id IN :values ORDER BY a.name_key",
        [row.id for row in rows],
    )
    members: dict[str, list[str]] = {}
    for row in found:
        members.setdefault(row.group_id, []).append(row.id)
    return [
        Group(row.id, row.name, row.external_id, members.get(row.id, []), row.created_at, row.updated_at)
        for row in rows
    ]


def _demand_free(tx: Transaction, name: str, group_id: str) -> None:
    tx.take_turn(f"scim:group:{name.lower()}")
    sql = "SELECT 1 FROM accounts_scim_group WHERE name_key = :key AND id <> :id"
    if tx.scalar(sql, key=name.lower(), id=group_id):
        raise Conflict(f"There is a group called {name[:100]!r}.")
