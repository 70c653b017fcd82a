"""Where memberships come from: each source gives a role of its own, and the strongest of them is the one that counts.

People give roles by hand; a directory gives and takes by its groups. No source touches what another gave. But who
removes somebody by hand ends the membership whole: a directory gives its part again when it is heard of next.
"""

from freehold.base.errors import Conflict
from freehold.core.accounts.access import NO_ACCESS, ROLES
from freehold.stores.db.database import Transaction

MEMBER_ROLES = (NO_ACCESS, *ROLES)
"""From least to most."""

HAND = "hand"
SCIM = "scim"
"""Any other source is the issuer of an identity: an OpenID provider, or the LDAP directory."""


def give(tx: Transaction, org_id: str, user_id: str, *, source: str, role: str | None, at: int) -> bool:
    """Have a source give this role, or None; whether the membership is another by that.

    Raises Conflict where nobody would administer the organisation.
    """
    tx.take_turn(f"members:{org_id}")
    who = {"org": org_id, "user": user_id}
    before = role_in(tx, org_id, user_id)
    tx.run(
        "DELETE FROM accounts_membership_source WHERE org_id = :org AND user_id = :user AND source = :source",
        source=source, **who,
    )  # fmt: skip
    if role is not None:
        tx.run(
            "INSERT INTO accounts_membership_source (org_id, user_id, source, role)"
            " VALUES (:org, :user, :source, :role)",
            source=source, role=role, **who,
        )  # fmt: skip
    after = max(roles(tx, org_id, user_id).values(), key=MEMBER_ROLES.index, default=None)
    if after == before:
        return False
    if before == "admin":
        demand_another_admin(tx, org_id, user_id)
        _end_keys(tx, org_id, user_id)
    if after is None:
        depart(tx, org_id, user_id)
    elif before is None:
        tx.run(
            "INSERT INTO accounts_membership (org_id, user_id, role, created_at) VALUES (:org, :user, :role, :at)",
            role=after, at=at, **who,
        )  # fmt: skip
    else:
        tx.run("UPDATE accounts_membership SET role = :role WHERE org_id = :org AND user_id = :user", role=after, **who)
    return True


def roles(tx: Transaction, org_id: str, user_id: str) -> dict[str, str]:
    """The role that each source gives somebody."""
    rows = tx.all(
        "SELECT source, role FROM accounts_membership_source WHERE org_id = :org AND user_id = :user",
        org=org_id, user=user_id,
    )  # fmt: skip
    return {row.source: row.role for row in rows}


def given_by(tx: Transaction, source: str, user_id: str) -> set[str]:
    """The ids of the organisations in which a source gives somebody a role."""
    rows = tx.all(
        "SELECT org_id FROM accounts_membership_source WHERE source = :source AND user_id = :user",
        source=source, user=user_id,
    )  # fmt: skip
    return {row.org_id for row in rows}


def set_by_hand(tx: Transaction, org_id: str, user_id: str, role: str, at: int) -> None:
    """Give a role by hand. Raises Conflict where a directory gives a stronger one, which this would not change."""
    others = [one for source, one in roles(tx, org_id, user_id).items() if source != HAND]
    strongest = max(others, key=MEMBER_ROLES.index, default=None)
    if strongest is not None and MEMBER_ROLES.index(strongest) > MEMBER_ROLES.index(role):
        raise Conflict(
            f"A directory's groups give this member the role {strongest}, and the stronger role counts. Change the"
            " groups there, or remove the member, who is back once the directory says so again."
        )
    give(tx, org_id, user_id, source=HAND, role=role, at=at)


def join(tx: Transaction, org_id: str, user_id: str, role: str, at: int) -> None:
    """Make somebody a member by hand. Raises Conflict for one who is."""
    if role_in(tx, org_id, user_id) is not None:
        raise Conflict("This account belongs to the organisation already.")
    give(tx, org_id, user_id, source=HAND, role=role, at=at)


def depart(tx: Transaction, org_id: str, user_id: str) -> None:
    """End a membership with all that it gave, wherever it came from."""
    _end_keys(tx, org_id, user_id)
    for table in ("team", "group"):
        tx.run(
            f"DELETE FROM accounts_{table}_member WHERE user_id = :user AND {table}_id IN"
            f" (SELECT id FROM accounts_{table} WHERE org_id = :org)",
            user=user_id, org=org_id,
        )  # fmt: skip
    for table in ("membership", "membership_source"):
        tx.run(f"DELETE FROM accounts_{table} WHERE org_id = :org AND user_id = :user", org=org_id, user=user_id)


def _end_keys(tx: Transaction, org_id: str, user_id: str) -> None:
    """End the deploy keys that somebody added, who may hold the other half of them still."""
    tx.run("DELETE FROM accounts_deploy_key WHERE owner_id = :org AND added_by = :user", org=org_id, user=user_id)


def demand_another_admin(tx: Transaction, org_id: str, user_id: str) -> None:
    """Raise Conflict if nobody would administer the organisation without this member."""
    others = tx.scalar(
        "SELECT count(*) FROM accounts_membership m JOIN accounts_account a ON a.id = m.user_id"
        " WHERE m.org_id = :org AND m.role = 'admin' AND m.user_id <> :user AND a.disabled = 0",
        org=org_id, user=user_id,
    )  # fmt: skip
    if not others and role_in(tx, org_id, user_id) == "admin":
        raise Conflict("This is the only one who administers the organisation. Give somebody else that role first.")


def role_in(tx: Transaction, org_id: str, user_id: str) -> str | None:
    """The role that counts; None: no member."""
    found: str | None = tx.scalar(
        "SELECT role FROM accounts_membership WHERE org_id = :org AND user_id = :user", org=org_id, user=user_id
    )
    return found
