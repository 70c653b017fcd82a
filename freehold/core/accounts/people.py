"""People and organisations: who exists, who belongs where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import argon2

from freehold.base.clock import Clock, now
from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.access import NO_ACCESS, VISIBILITIES, role_of_thing
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.standing import shut
from freehold.core.accounts.names import claim, name_key, now_called, skeleton
from freehold.core.accounts.orgs.sources import MEMBER_ROLES, demand_another_admin, depart, join, set_by_hand
from freehold.core.accounts.sessions import shut_out
from freehold.stores.db.database import Database, Transaction

MIN_PASSWORD = 10
_COLUMNS = (
    "id, kind, name, full_name, email, is_admin, disabled, default_visibility, quota_bytes, xet_epoch, created_at,"
    " quota_files, quota_repositories, disabled_reason, about, website"
)


@dataclass(frozen=True, slots=True)
class Account:
    """A person (`kind` is "user") or an organisation ("org")."""

    id: str
    kind: str
    name: str
    full_name: str
    email: str | None
    is_admin: bool
    disabled: bool
    default_visibility: str
    quota_bytes: int | None
    xet_epoch: int
    created_at: int
    quota_files: int | None = None
    quota_repositories: int | None = None
    disabled_reason: str = ""
    """Why administrators have shut it."""
    about: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class OrgMembership:
    """One organisation that a person belongs to."""

    name: str
    full_name: str
    id: str
    role: str


class People:
    """The register of accounts."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def by_name(self, name: str) -> Account | None:
        """The account of that name, in any case."""
        with self._db.read() as tx:
            return _account(
                tx.first(f"SELECT {_COLUMNS} FROM accounts_account WHERE name_key = :key", key=name_key(name))
            )

    def by_id(self, account_id: str) -> Account | None:
        """The account of that id."""
        with self._db.read() as tx:
            return _account(tx.first(f"SELECT {_COLUMNS} FROM accounts_account WHERE id = :id", id=account_id))

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """What the accounts of these ids are called; those that are gone are left out."""
        with self._db.read() as tx:
            rows = tx.within("SELECT id, name FROM accounts_account WHERE id IN :values", sorted(set(ids)))
        return {row.id: row.name for row in rows}

    def named(self, names: Collection[str]) -> dict[str, str]:
        """The ids of the people among `names`, which may be spelled in any case."""
        keys = sorted({name_key(name) for name in names})
        with self._db.read() as tx:
            sql = "SELECT id, name FROM accounts_account WHERE kind = 'user' AND disabled = 0 AND name_key IN :values"
            rows = tx.within(sql, keys)
        return {row.id: row.name for row in rows}

    def former(self, name: str) -> str | None:
        """What the account is called now that was once called `name`."""
        with self._db.read() as tx:
            return now_called(tx, name)

    def any_admin(self) -> bool:
        """Whether the hub has an administrator, as it has from its first start on."""
        with self._db.read() as tx:
            return tx.first("SELECT 1 FROM accounts_account WHERE is_admin = 1 LIMIT 1") is not None

    def add_user(
        self, actor: Actor, name: str, *, admin: bool = False, full_name: str = "", password: str | None = None
    ) -> Account:
        """Register a person. Only administrators may; raises InvalidName or Conflict for the name."""
        _only_admins(actor)
        hashed = None if password is None else hash_password(password)
        with self._db.write() as tx:
            account_id = self._insert(
                tx, "user", name, {"full_name": full_name, "is_admin": int(admin), "password_hash": hashed}
            )
            record(tx, actor, "user.add", name, admin=admin)
        return self._known(account_id)

    def add_org(
        self,
        actor: Actor,
        name: str,
        *,
        full_name: str = "",
        default_visibility: str = "public",
        members: Sequence[tuple[str, str]] = (),
    ) -> Account:
        """Register an organisation with `members` as (user name, role). Only administrators may."""
        _only_admins(actor)
        if default_visibility not in VISIBILITIES:
            raise Invalid(f"A visibility is one of {', '.join(VISIBILITIES)}; not {default_visibility!r}.")
        with self._db.write() as tx:
            account_id = self._insert(
                tx, "org", name, {"full_name": full_name, "default_visibility": default_visibility}
            )
            record(tx, actor, "org.add", name, members=[list(member) for member in members])
            for user, role in members:
                self._join(tx, account_id, user, role)
        return self._known(account_id)

    def set_member(self, actor: Actor, org: str, user: str, role: str | None) -> None:
        """Give `user` a role in `org`, or with None end the membership. Administrators of either kind may."""
        with self._db.write() as tx:
            org_id = _id_of(tx, org, "org")
            if why := actor.barred_from(org_id):
                raise Forbidden(why)
            if not actor.may_write or not (actor.is_admin or _role(tx, org_id, actor.account_id) == "admin"):
                raise Forbidden(f"Only administrators of {org} may change who belongs to it.")
            tx.take_turn(f"members:{org_id}")
            user_id = _id_of(tx, user, "user")
            if role is None:
                demand_another_admin(tx, org_id, user_id)
                depart(tx, org_id, user_id)
            else:
                _check_role(role)
                set_by_hand(tx, org_id, user_id, role, self._clock())
            record(tx, actor, "org.member", org, user=user, role=role)

    def orgs_of(self, account_id: str) -> list[OrgMembership]:
        """The organisations that a person belongs to, by name."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT o.name, o.full_name, o.id, m.role FROM accounts_membership m"
                " JOIN accounts_account o ON o.id = m.org_id WHERE m.user_id = :user ORDER BY o.name_key",
                user=account_id,
            )
        return [OrgMembership(row.name, row.full_name, row.id, row.role) for row in rows]

    def speakers(self, account_id: str) -> list[str]:
        """Who is told of what concerns an account: the person, or the administrators of the organisation."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT id FROM accounts_account WHERE id = :id AND kind = 'user' UNION SELECT user_id AS id"
                " FROM accounts_membership WHERE org_id = :id AND role = 'admin' ORDER BY 1",
                id=account_id,
            )
        return [row.id for row in rows]

    def role_in(self, org_id: str, account_id: str | None) -> str | None:
        """The person's role in the organisation, or None, as of a member who reaches nothing of it by that."""
        with self._db.read() as tx:
            role = _role(tx, org_id, account_id)
        return None if role == NO_ACCESS else role

    def role_on(self, actor: Actor, owner_id: str, item_id: str) -> str | None:
        """The actor's role towards one thing of an owner, with the thing's resource group heeded (`access.role_of`)."""
        role = role_of_thing(actor, "x")
        with self._db.read() as tx:
            found: str | None = tx.scalar(
                f"SELECT {role.sql} FROM (SELECT CAST(:item AS TEXT) AS id, CAST(:owner AS TEXT) AS owner_id) x",
                item=item_id,
                owner=owner_id,
                **role.params,
            )
        return found

    def xet_epoch(self, principal: str) -> int:
        """The number of the chunk caches that clients of an account, or of a deploy key, have now."""
        with self._db.read() as tx:
            found = tx.scalar(
                "SELECT xet_epoch FROM accounts_account WHERE id = :id"
                " UNION ALL SELECT xet_epoch FROM accounts_deploy_key WHERE id = :id",
                id=principal,
            )
        return int(found or 1)

    def bump_xet_epoch(self, principal: str) -> None:
        """Make clients of an account or deploy key forget their chunk caches: they name what is gone or not theirs."""
        with self._db.write() as tx:
            for table in ("account", "deploy_key"):
                tx.run(f"UPDATE accounts_{table} SET xet_epoch = xet_epoch + 1 WHERE id = :id", id=principal)

    def bump_xet_epochs(self, actor: Actor) -> None:
        """Make everybody's clients forget their chunk caches. Only administrators may."""
        _only_admins(actor)
        with self._db.write() as tx:
            for table in ("account", "deploy_key"):
                tx.run(f"UPDATE accounts_{table} SET xet_epoch = xet_epoch + 1")
            record(tx, actor, "xet.epochs", "everybody")

    def disable(self, actor: Actor, name: str) -> None:
        """Shut an account: its credentials stop working at once, its name stays taken."""
        with self._db.write() as tx:
            shut(tx, actor, name, clock=self._clock)

    def set_password(self, actor: Actor, name: str, password: str) -> None:
        """Change a person's password; that person or an administrator may. Ends every session."""
        hashed = hash_password(password)
        with self._db.write() as tx:
            account_id = _id_of(tx, name, "user")
            if not actor.is_admin and actor.account_id != account_id:
                raise Forbidden("You may change your own password only.")
            tx.run("UPDATE accounts_account SET password_hash = :hash WHERE id = :id", hash=hashed, id=account_id)
            shut_out(tx, account_id)
            record(tx, actor, "user.password", name)

    def check_password(self, name: str, password: str) -> Account:
        """The account, if the password is its; BadCredentials otherwise, after the same time for unknown names."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT id, password_hash FROM accounts_account"
                " WHERE name_key = :key AND kind = 'user' AND disabled = 0",
                key=name_key(name),
            )
        hashed = row.password_hash if row is not None and row.password_hash else _dummy_hash()
        try:
            _hasher().verify(hashed, password)
        except argon2.exceptions.VerifyMismatchError:
            raise BadCredentials("The name or the password is wrong.") from None
        assert row is not None  # noqa: S101 - nobody knows the dummy's password
        return self._known(row.id)

    def _known(self, account_id: str) -> Account:
        account = self.by_id(account_id)
        if account is None:
            raise NotFound("This account does not exist.")
        return account

    def enter(self, tx: Transaction, name: str, **values: Any) -> str:
        """Register a person who may join by a decision made elsewhere, and give the new id. Raises as `add_user`."""
        return self._insert(tx, "user", name, values)

    def join(self, tx: Transaction, org: str, user: str, role: str) -> None:
        """Give a person a role in an organisation, as it was decided elsewhere."""
        self._join(tx, _id_of(tx, org, "org"), user, role)

    def _insert(self, tx: Transaction, kind: str, name: str, values: dict[str, Any]) -> str:
        claim(tx, name)
        account_id = new_id()
        row = {
            "id": account_id,
            "kind": kind,
            "name": name,
            "name_key": name_key(name),
            "skeleton": skeleton(name),
            "created_at": self._clock(),
            **values,
        }
        names = ", ".join(row)
        marks = ", ".join(f":{key}" for key in row)
        tx.run(f"INSERT INTO accounts_account ({names}) VALUES ({marks})", **row)
        return account_id

    def _join(self, tx: Transaction, org_id: str, user: str, role: str) -> None:
        _check_role(role)
        join(tx, org_id, _id_of(tx, user, "user"), role, self._clock())


def has_password(db: Database, account_id: str) -> bool:
    """Whether the account can be entered by a password."""
    with db.read() as tx:
        sql = "SELECT 1 FROM accounts_account WHERE id = :id AND password_hash IS NOT NULL"
        return tx.scalar(sql, id=account_id) is not None


def _check_role(role: str) -> None:
    if role not in MEMBER_ROLES:
        raise Invalid(f"A role is one of {', '.join(MEMBER_ROLES)}; not {role!r}.")


def _only_admins(actor: Actor) -> None:
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")


def _id_of(tx: Transaction, name: str, kind: str | None) -> str:
    row = tx.first("SELECT id, kind FROM accounts_account WHERE name_key = :key", key=name_key(name))
    if row is None or kind not in {None, row.kind}:
        raise _nobody(name, kind)
    return str(row.id)


def _nobody(name: str, kind: str | None) -> NotFound:
    if kind == "user":
        return NotFound(f"There is no user called {name!r}.")
    if kind == "org":
        return NotFound(f"There is no organisation called {name!r}.")
    return NotFound(f"There is no account called {name!r}.")


def _role(tx: Transaction, org_id: str, account_id: str | None) -> str | None:
    role: str | None = tx.scalar(
        "SELECT role FROM accounts_membership WHERE org_id = :org AND user_id = :user", org=org_id, user=account_id
    )
    return role


def _account(row: Any) -> Account | None:
    if row is None:
        return None
    return Account(**row._asdict() | {"is_admin": bool(row.is_admin), "disabled": bool(row.disabled)})


@lru_cache(maxsize=1)
def _hasher() -> argon2.PasswordHasher:
    # OWASP's smallest recommended cost: 19 MiB and two passes, about 20 ms.
    return argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher().hash(new_id() + new_id())


def hash_password(password: str) -> str:
    """What is kept of a password. Raises Invalid for one that is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= 1000:
        raise Invalid(f"A password has at least {MIN_PASSWORD} characters.")
    return _hasher().hash(password)
