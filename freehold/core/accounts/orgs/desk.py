"""The one gate to an organisation's own affairs: whoever holds a `Desk` administers it."""

from dataclasses import dataclass
from typing import Any

from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.core.accounts.access import ROLES
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.names import name_key
from freehold.stores.db.database import Database, Transaction

MOST = 1000
"""Teams, groups and service accounts that one organisation may have of each."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One organisation, for somebody who administers it with a credential of their whole account."""

    org_id: str
    org: str
    actor: Actor


def desk(db: Database, actor: Actor, org: str) -> Desk:
    """The desk of the organisation of that name. Raises NotFound, Forbidden."""
    with db.read() as tx:
        row = tx.first(
            "SELECT a.id, a.name, m.role FROM accounts_account a LEFT JOIN accounts_membership m ON m.org_id = a.id"
            " AND m.user_id = :user WHERE a.name_key = :key AND a.kind = 'org'",
            user=actor.account_id or "",
            key=name_key(org),
        )
    if row is None:
        raise NotFound(f"There is no organisation called {org[:100]!r}.")
    if why := actor.barred_from(row.id):
        raise Forbidden(why)
    if not actor.may_write or not (actor.is_admin or row.role == "admin"):
        raise Forbidden(f"Only administrators of {row.name} may do this, signed in or with a token that may write.")
    return Desk(row.id, row.name, actor)


def member_id(tx: Transaction, at: Desk, user: str) -> str:
    """The id of a member of the organisation. Raises NotFound."""
    found = tx.scalar(
        "SELECT a.id FROM accounts_account a JOIN accounts_membership m ON m.user_id = a.id AND m.org_id = :org"
        " WHERE a.name_key = :key",
        org=at.org_id,
        key=name_key(user),
    )
    if found is None:
        raise NotFound(f"{user[:100]!r} is no member of {at.org}. Invite them first.")
    return str(found)


def rank_of(role: str) -> int:
    """What a role in a resource group weighs. Raises Invalid for one that is none."""
    if role not in ROLES:
        raise Invalid(f"A role in a group is one of {', '.join(ROLES)}; not {role[:50]!r}.")
    return ROLES.index(role) + 1


def checked_name(text: str, what: str) -> str:
    """A name for a team or group. Raises Invalid."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise Invalid(f"A {what} needs a name of at most 100 characters.")
    return name


def one_of(tx: Transaction, at: Desk, table: str, row_id: str) -> Any:
    """A team or group of this organisation; `table` is `team` or `group`. Raises NotFound."""
    row = tx.first(f"SELECT id, name FROM accounts_{table} WHERE id = :id AND org_id = :org", id=row_id, org=at.org_id)
    if row is None:
        raise NotFound(f"{at.org} has no {table} of this id.")
    return row
