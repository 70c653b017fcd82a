"""Roles in organisations that follow from groups: given when a group names somebody, taken when none does any more.

Groups give and take their own part of a membership; what somebody gave by hand stands beside it (`orgs/sources`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.core.accounts.orgs.sources import MEMBER_ROLES, SCIM, give, given_by
from freehold.stores.db.database import Database, Row, Transaction


@dataclass(frozen=True, slots=True)
class GroupRole:
    """Members of the directory's group `group` have `role` in the organisation `org`."""

    group: str
    org: str
    role: str


class GroupRoles:
    """What each group's members may do where; the operator says so."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def list(self) -> list[GroupRole]:
        """All of them."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT COALESCE(g.name, r.name_key) AS name, o.name AS org, r.role FROM accounts_scim_role r"
                " JOIN accounts_account o ON o.id = r.org_id LEFT JOIN accounts_scim_group g"
                " ON g.name_key = r.name_key ORDER BY r.name_key, o.name_key"
            )
        return [GroupRole(row.name, row.org, row.role) for row in rows]

    def set(self, actor: Actor, group: str, org: str, role: str | None) -> None:
        """Give a group a role in an organisation, or with None take it away; its members have it at once.

        The group need not be there yet. Raises Invalid, NotFound, Conflict for an organisation without administrator.
        """
        if not (actor.is_admin and actor.may_write):
            raise Forbidden("Only administrators of this hub may do this.")
        if role is not None and role not in MEMBER_ROLES:
            raise Invalid(f"A role is one of {', '.join(MEMBER_ROLES)}; not {role[:50]!r}.")
        key = group.strip().lower()
        with self._db.write() as tx:
            org_id = tx.scalar(
                "SELECT id FROM accounts_account WHERE name_key = :key AND kind = 'org'", key=name_key(org)
            )
            if org_id is None:
                raise NotFound(f"There is no organisation called {org!r}.")
            tx.run("DELETE FROM accounts_scim_role WHERE name_key = :key AND org_id = :org", key=key, org=org_id)
            if role is not None:
                tx.run(
                    "INSERT INTO accounts_scim_role (name_key, org_id, role) VALUES (:key, :org, :role)",
                    key=key, org=org_id, role=role,
                )  # fmt: skip
            record(tx, actor, "scim.role", org, group=group, role=role)
            rows = tx.all(
                "SELECT m.account_id FROM accounts_scim_member m JOIN accounts_scim_group g ON g.id = m.group_id"
                " WHERE g.name_key = :key",
                key=key,
            )
            settle(tx, actor, [row.account_id for row in rows], self._clock())


def settle(tx: Transaction, actor: Actor, account_ids: Iterable[str], at: int) -> None:
    """Bring the memberships of these people to what their groups say. Raises Conflict for a last administrator."""
    for account_id in sorted(set(account_ids)):
        wanted: dict[str, str] = {}
        for row in _wanted(tx, account_id):
            if row.org_id not in wanted or MEMBER_ROLES.index(row.role) > MEMBER_ROLES.index(wanted[row.org_id]):
                wanted[row.org_id] = row.role
        for org_id in sorted(wanted.keys() | given_by(tx, SCIM, account_id)):
            if give(tx, org_id, account_id, source=SCIM, role=wanted.get(org_id), at=at):
                names = _names(tx, [org_id, account_id])
                record(tx, actor, "org.member", names[org_id], user=names[account_id], role=wanted.get(org_id))


def forget(tx: Transaction, actor: Actor, account_id: str, at: int) -> None:
    """Take somebody out of every group, and what the groups gave them with it."""
    tx.run("DELETE FROM accounts_scim_member WHERE account_id = :id", id=account_id)
    settle(tx, actor, [account_id], at)


def _wanted(tx: Transaction, account_id: str) -> list[Row]:
    return tx.all(
        "SELECT r.org_id, r.role FROM accounts_scim_member m JOIN accounts_scim_group g ON g.id = m.group_id"
        " JOIN accounts_scim_role r ON r.name_key = g.name_key WHERE m.account_id = :id",
        id=account_id,
    )


def _names(tx: Transaction, ids: Sequence[str]) -> dict[str, str]:
    return {row.id: row.name for row in tx.within("SELECT id, name FROM accounts_account WHERE id IN :values", ids)}
