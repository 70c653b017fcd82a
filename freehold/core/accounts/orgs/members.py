"""Who belongs to an organisation: invitations, roles, leaving; there is always somebody who administers it."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import claim, name_key, retire, skeleton
from freehold.core.accounts.orgs.desk import MOST, Desk, member_id
from freehold.core.accounts.orgs.sources import (
    HAND,
    MEMBER_ROLES,
    demand_another_admin,
    depart,
    join,
    role_in,
    set_by_hand,
)
from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Belonging:
    """Somebody who belongs to an organisation, or (`invited`) is asked to; `service`: no person."""

    account_id: str
    name: str
    full_name: str
    role: str
    since: int
    service: bool = False
    invited: bool = False
    directory: bool = False
    """Whether a directory's groups give this membership, or a part of it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An organisation that somebody is asked to join."""

    org: str
    role: str
    invited_by: str
    created_at: int


class Members:
    """The register of memberships and invitations."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def list(self, at: Desk) -> Sequence[Belonging]:
        """Everybody who belongs to it, then everybody who is asked to, each by name."""
        columns = "a.id, a.name, a.full_name, x.role, x.created_at, a.kind"
        directories = "SELECT DISTINCT user_id FROM accounts_membership_source WHERE org_id = :org AND source <> :hand"
        with self._db.read() as tx:
            found = [
                tx.all(
                    f"SELECT {columns} FROM {table} x JOIN accounts_account a ON a.id = x.user_id"
                    " WHERE x.org_id = :org ORDER BY a.name_key",
                    org=at.org_id,
                )
                for table in ("accounts_membership", "accounts_invitation")
            ]
            kept = {row.user_id for row in tx.all(directories, org=at.org_id, hand=HAND)}
        return [
            Belonging(
                row.id,
                row.name,
                row.full_name,
                row.role,
                row.created_at,
                row.kind == "service",
                invited,
                row.id in kept,
            )
            for invited, rows in zip((False, True), found, strict=True)
            for row in rows
        ]

    def invite(self, at: Desk, user: str, role: str) -> None:
        """Ask a person to join; they belong to it once they accept. Raises NotFound, Conflict, Invalid."""
        _check_role(role)
        with self._db.write() as tx:
            user_id = tx.scalar(
                "SELECT id FROM accounts_account WHERE name_key = :key AND kind = 'user' AND disabled = 0",
                key=name_key(user),
            )
            if user_id is None:
                raise NotFound(f"There is no user called {user[:100]!r}.")
            if role_in(tx, at.org_id, user_id) is not None:
                raise Conflict(f"{user} belongs to {at.org} already.")
            tx.run(
                "INSERT INTO accounts_invitation (org_id, user_id, role, invited_by, created_at)"
                " VALUES (:org, :user, :role, :by, :at) ON CONFLICT (org_id, user_id) DO UPDATE SET role = :role",
                org=at.org_id, user=user_id, role=role, by=at.actor.name, at=self._clock(),
            )  # fmt: skip
            record(tx, at.actor, "org.invite", at.org, user=user, role=role)

    def invitations(self, actor: Actor) -> Sequence[Invitation]:
        """What the actor is asked to join."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT o.name, i.role, i.invited_by, i.created_at FROM accounts_invitation i"
                " JOIN accounts_account o ON o.id = i.org_id WHERE i.user_id = :user ORDER BY i.created_at DESC",
                user=actor.account_id or "",
            )
        return [Invitation(row.name, row.role, row.invited_by, row.created_at) for row in rows]

    def answer(self, actor: Actor, org: str, *, accept: bool) -> None:
        """Accept an invitation, or not. Raises NotFound, Forbidden for a credential that may not write."""
        account_id = _person(actor)
        with self._db.write() as tx:
            row = tx.first(
                "SELECT i.org_id, i.role FROM accounts_invitation i JOIN accounts_account o ON o.id = i.org_id"
                " WHERE o.name_key = :key AND i.user_id = :user",
                key=name_key(org), user=account_id,
            )  # fmt: skip
            if row is None:
                raise NotFound(f"{org[:100]} has not invited you.")
            _forget_invitation(tx, row.org_id, account_id)
            if accept:
                join(tx, row.org_id, account_id, row.role, self._clock())
            record(tx, actor, "org.join" if accept else "org.decline", org, role=row.role)

    def withdraw(self, at: Desk, user: str) -> None:
        """Take an invitation back. Raises NotFound."""
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_invitation WHERE org_id = :org AND user_id IN"
                " (SELECT id FROM accounts_account WHERE name_key = :key)",
                org=at.org_id, key=name_key(user),
            )  # fmt: skip
            if gone.rowcount == 0:
                raise NotFound(f"{user[:100]!r} is not invited.")
            record(tx, at.actor, "org.uninvite", at.org, user=user)

    def set_role(self, at: Desk, user: str, role: str) -> None:
        """Give a member another role. Raises NotFound, Invalid, Conflict for the last administrator."""
        _check_role(role)
        with self._db.write() as tx:
            tx.take_turn(f"members:{at.org_id}")
            set_by_hand(tx, at.org_id, member_id(tx, at, user), role, self._clock())
            record(tx, at.actor, "org.member", at.org, user=user, role=role)

    def remove(self, at: Desk, user: str) -> None:
        """End a membership, with what it gave in teams and groups; a service account is shut by it."""
        with self._db.write() as tx:
            tx.take_turn(f"members:{at.org_id}")
            user_id = member_id(tx, at, user)
            demand_another_admin(tx, at.org_id, user_id)
            depart(tx, at.org_id, user_id)
            _shut_service(tx, at.org_id, user_id, self._clock())
            record(tx, at.actor, "org.member", at.org, user=user, role=None)

    def leave(self, actor: Actor, org: str) -> None:
        """Leave an organisation. Raises NotFound, and Conflict for the last one who administers it."""
        account_id = _person(actor)
        with self._db.write() as tx:
            org_id = tx.scalar("SELECT id FROM accounts_account WHERE name_key = :key", key=name_key(org))
            if org_id is None or role_in(tx, org_id, account_id) is None:
                raise NotFound(f"You do not belong to {org[:100]!r}.")
            tx.take_turn(f"members:{org_id}")
            demand_another_admin(tx, org_id, account_id)
            depart(tx, org_id, account_id)
            record(tx, actor, "org.leave", org)

    def add_service(self, at: Desk, name: str, role: str) -> str:
        """Make an account for a program: a member that cannot sign in and has tokens. Its id.

        Raises as `claim` does.
        """
        _check_role(role)
        if role == "admin":
            raise Invalid("A service account does not administer the organisation. Give it `write`, or a group.")
        account_id = new_id()
        with self._db.write() as tx:
            claim(tx, name)
            if tx.scalar("SELECT count(*) FROM accounts_account WHERE service_of = :org", org=at.org_id) >= MOST:
                raise Invalid(f"{at.org} has {MOST} service accounts, and that is the most.")
            tx.run(
                "INSERT INTO accounts_account (id, kind, name, name_key, skeleton, service_of, created_at)"
                " VALUES (:id, 'service', :name, :key, :skeleton, :org, :at)",
                id=account_id, name=name, key=name_key(name), skeleton=skeleton(name), org=at.org_id, at=self._clock(),
            )  # fmt: skip
            join(tx, at.org_id, account_id, role, self._clock())
            record(tx, at.actor, "service.add", at.org, account=name, role=role)
        return account_id


def _shut_service(tx: Transaction, org_id: str, account_id: str, at: int) -> None:
    row = tx.first(
        "SELECT name FROM accounts_account WHERE id = :id AND kind = 'service' AND service_of = :org",
        id=account_id, org=org_id,
    )  # fmt: skip
    if row is not None:
        tx.run("UPDATE accounts_account SET disabled = 1 WHERE id = :id", id=account_id)
        tx.run("DELETE FROM accounts_token WHERE account_id = :id", id=account_id)
        retire(tx, row.name, account_id, at)


def _forget_invitation(tx: Transaction, org_id: str, user_id: str) -> None:
    tx.run("DELETE FROM accounts_invitation WHERE org_id = :org AND user_id = :user", org=org_id, user=user_id)


def _check_role(role: str) -> None:
    if role not in MEMBER_ROLES:
        raise Invalid(f"A role is one of {', '.join(MEMBER_ROLES)}; not {role[:50]!r}.")


def _person(actor: Actor) -> str:
    if actor.account_id is None or not actor.may_write:
        raise Forbidden("Only a signed-in person may do this, or a token of theirs that may write.")
    return actor.account_id
