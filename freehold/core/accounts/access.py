"""Decides what an actor may do with a repository, and says the same decision as SQL for lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from freehold.base.clock import now
from freehold.core.accounts.actor import Actor

ROLES = ("read", "contributor", "write", "admin")
"""What a member may be in an organisation, from least to most."""

VISIBILITIES = ("public", "private", "protected")

QUARANTINED, DISABLED = "quarantined", "disabled"
"""How administrators of the hub hold a repository; empty: they do not."""


class Right(IntEnum):
    """What an actor may do with a repository; each right includes those before it."""

    NONE = 0
    READ = 1
    PROPOSE = 2
    WRITE = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Fragment:
    """A boolean SQL expression and the parameters that it names."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


_BY_ROLE = {"read": Right.PROPOSE, "contributor": Right.PROPOSE, "write": Right.WRITE, "admin": Right.ADMIN}


def right(actor: Actor, visibility: str, owner_id: str, role_in_owner: str | None) -> Right:
    """What `actor` may do with a repository that `owner_id` owns.

    `role_in_owner` is the actor's role if the owner is an organisation that the actor belongs to, else None.
    A credential that may only read caps every right at READ.
    """
    full = _full_right(actor, visibility, owner_id, role_in_owner)
    return full if actor.may_write else min(full, Right.READ)


def _full_right(actor: Actor, visibility: str, owner_id: str, role_in_owner: str | None) -> Right:
    if actor.is_admin or (actor.account_id is not None and actor.account_id == owner_id):
        return Right.ADMIN
    if actor.account_id is not None and role_in_owner is not None:
        return _BY_ROLE[role_in_owner]
    if visibility == "public":
        return Right.PROPOSE if actor.account_id is not None else Right.READ
    return Right.NONE


def under_hold(actor: Actor, hold: str, owner_id: str, role_in_owner: str | None, granted: Right) -> Right:
    """What is left of a right while administrators hold a repository; `served_to` says the same as SQL.

    A quarantined repository may be looked at by those who administer it, and by nobody else; a disabled one by
    nobody. Administrators of the hub keep their right, since they must be able to judge and to let go.
    """
    if not hold or actor.is_admin:
        return granted
    looks_on = hold == QUARANTINED and owns(actor, owner_id, role_in_owner)
    return min(granted, Right.READ) if looks_on else Right.NONE


def owns(actor: Actor, owner_id: str, role_in_owner: str | None) -> bool:
    """Whether the actor is the owner, or administers the organisation that is."""
    return actor.account_id is not None and (actor.account_id == owner_id or role_in_owner == "admin")


def is_let_in(actor: Actor, gated: str, owner_id: str, role_in_owner: str | None, *, granted: bool) -> bool:
    """Whether somebody who may see a repository may have its content too.

    `gated` keeps out all but its owners and those whom they let in: `granted` is what `granted_to` says.
    """
    return not gated or actor.is_admin or role_in_owner is not None or actor.account_id == owner_id or granted


def granted_to(actor: Actor, at: int, repo: str = "r") -> Fragment:
    """True for rows of `repos_repo` whose gate has let `actor` in, at the moment `at`."""
    grant = grant_of(actor, at, repo)
    return Fragment(f"{grant.sql} IS NOT NULL", grant.params)


def grant_of(actor: Actor, at: int, repo: str = "r") -> Fragment:
    """The grant by which the gate of a row of `repos_repo` lets `actor` in at the moment `at`, else NULL.

    The one place that says which grants hold.
    """
    if actor.account_id is None:
        return Fragment("NULL")
    return Fragment(
        f"(SELECT gate_g.id FROM accounts_gate_grant gate_g WHERE gate_g.repo_id = {repo}.id"
        " AND gate_g.account_id = :granted_to AND gate_g.state = 'active'"
        " AND (gate_g.not_after IS NULL OR gate_g.not_after > :granted_at))",
        {"granted_to": actor.account_id, "granted_at": at},
    )


def content_open_to(actor: Actor, repo: str = "r", at: int | None = None) -> Fragment:
    """`visible_to` and `is_let_in` together, as SQL over rows of `repos_repo` (under the alias `repo`).

    `at` is the moment at which grants must hold; None: now.
    """
    visible = visible_to(actor, repo)
    if actor.is_admin:
        return visible
    if actor.account_id is None:
        return Fragment(f"({visible.sql} AND {repo}.gated = '')", visible.params)
    role = role_of(actor, repo)
    granted = granted_to(actor, now() if at is None else at, repo)
    own = f"{repo}.owner_id = :visible_to OR {role.sql} IS NOT NULL OR {granted.sql}"
    params = {**visible.params, **role.params, **granted.params}
    return Fragment(f"({visible.sql} AND ({repo}.gated = '' OR {own}))", params)


def visible_to(actor: Actor, repo: str = "r") -> Fragment:
    """True exactly for the rows of `repos_repo` (under the alias `repo`) that `actor` may read."""
    owned, served = shown_to(actor, repo), served_to(actor, repo)
    return owned if actor.is_admin else Fragment(f"({served.sql} AND {owned.sql})", {**owned.params, **served.params})


def served_to(actor: Actor, repo: str = "r") -> Fragment:
    """True for the rows of `repos_repo` that no hold keeps from `actor`: `under_hold` as SQL."""
    if actor.is_admin:
        return Fragment("1 = 1")
    if actor.account_id is None:
        return Fragment(f"{repo}.hold = ''")
    return Fragment(
        f"({repo}.hold = '' OR ({repo}.hold = '{QUARANTINED}' AND ({repo}.owner_id = :served_to OR EXISTS"
        f" (SELECT 1 FROM accounts_membership held_m WHERE held_m.org_id = {repo}.owner_id"
        " AND held_m.user_id = :served_to AND held_m.role = 'admin'))))",
        {"served_to": actor.account_id},
    )


def shown_to(actor: Actor, repo: str = "r") -> Fragment:
    """True for rows with a visibility and an owner that `actor` may see by these alone: repositories, collections."""
    if actor.is_admin:
        return Fragment("1 = 1")
    if actor.account_id is None:
        return Fragment(f"{repo}.visibility = 'public'")
    return Fragment(
        f"({repo}.visibility = 'public' OR {repo}.owner_id = :visible_to OR {repo}.owner_id IN"
        " (SELECT visible_m.org_id FROM accounts_membership visible_m WHERE visible_m.user_id = :visible_to))",
        {"visible_to": actor.account_id},
    )


def role_of(actor: Actor, repo: str = "r") -> Fragment:
    """The actor's role in the organisation that owns a row of `repos_repo`, as `right` wants it; else NULL."""
    if actor.account_id is None:
        return Fragment("NULL")
    return Fragment(
        f"(SELECT role_m.role FROM accounts_membership role_m WHERE role_m.org_id = {repo}.owner_id"
        " AND role_m.user_id = :role_of)",
        {"role_of": actor.account_id},
    )
