"""Decides what an actor may do with a repository, and says the same decision as SQL for lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from freehold.base.clock import now
from freehold.core.accounts import scope as scopes
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.scope import Scope

ROLES = ("read", "contributor", "write", "admin")
"""What a member may be in an organisation or a resource group, from least to most; the place is its rank, from 1."""

NO_ACCESS = "no_access"
"""The role of a member who reaches nothing of an organisation but what resource groups open."""

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


@dataclass(frozen=True, slots=True)
class Things:
    """A kind of what accounts own, and the permissions by which a narrow credential reaches it."""

    word: str
    reads: tuple[str, ...]
    proposes: str
    writes: str
    uploads: str = ""
    creates: str = ""


REPOSITORIES = Things(
    "repo",
    (scopes.READ_CONTENT, scopes.WRITE_REPO, scopes.UPLOAD),
    scopes.DISCUSS,
    scopes.WRITE_REPO,
    scopes.UPLOAD,
    scopes.CREATE,
)
COLLECTIONS = Things(
    "collection",
    (scopes.READ_COLLECTION, scopes.WRITE_COLLECTION),
    scopes.WRITE_COLLECTION,
    scopes.WRITE_COLLECTION,
)

_BY_ROLE = {"read": Right.PROPOSE, "contributor": Right.PROPOSE, "write": Right.WRITE, "admin": Right.ADMIN}
_MAY_CREATE = ("contributor", "write", "admin")


@dataclass(frozen=True, slots=True)
class Subject:
    """What must be known of a repository or collection to decide about it; without an id: any of its owner's."""

    visibility: str
    owner_id: str
    id: str = ""
    things: Things = REPOSITORIES


def right(actor: Actor, subject: Subject, role: str | None) -> Right:
    """What `actor` may do with `subject`.

    `role` is what `role_of` says: the actor's role towards it in the organisation that owns it, else None.
    A credential never gives more than its holder has: one that may only read caps every right at READ, a narrow one
    at what its scope says, and one that the owner has barred at reading what is public. A deploy key has no holder:
    its scope alone says what it may do.
    """
    if actor.kind == "deploy":
        return _right_of_key(actor.scope, subject)
    full = _full_right(actor, subject, role)
    if actor.scope is not None:
        return min(full, _cap(actor.scope, subject))
    return full if actor.may_write else min(full, Right.READ)


def _full_right(actor: Actor, subject: Subject, role: str | None) -> Right:
    if actor.barred_from(subject.owner_id):
        return Right.READ if subject.visibility == "public" else Right.NONE
    if actor.is_admin or (actor.account_id is not None and actor.account_id == subject.owner_id):
        return Right.ADMIN
    if actor.account_id is not None and role is not None:
        return _BY_ROLE[role]
    if subject.visibility == "public":
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
    if actor.account_id is None or actor.barred_from(owner_id):
        return False
    return actor.account_id == owner_id or role_in_owner == "admin"


def _cap(scope: Scope, subject: Subject) -> Right:
    ids, things = (subject.owner_id, subject.id), subject.things
    if scope.holds(things.writes, *ids):
        return Right.ADMIN
    if scope.holds(things.uploads, *ids):
        return Right.WRITE
    if subject.visibility != "public" and not _reads(scope, subject):
        return Right.NONE
    return Right.PROPOSE if scope.holds(things.proposes, *ids) else Right.READ


def _right_of_key(scope: Scope | None, subject: Subject) -> Right:
    """Of a deploy key: what it was given for exactly this repository, else what anybody may."""
    if scope is not None and subject.things is REPOSITORIES:
        if scope.holds(scopes.WRITE_REPO, subject.id):
            return Right.WRITE
        if scope.holds(scopes.READ_CONTENT, subject.id):
            return Right.READ
    return Right.READ if subject.visibility == "public" else Right.NONE


def _reads(scope: Scope, subject: Subject) -> bool:
    return any(scope.holds(one, subject.owner_id, subject.id) for one in subject.things.reads)


def may_create(actor: Actor, owner_id: str, role: str | None, things: Things = REPOSITORIES) -> bool:
    """Whether `actor`, whose role in the organisation `owner_id` is `role`, may make something new there."""
    if actor.barred_from(owner_id):
        return False
    mine = actor.account_id is not None and actor.account_id == owner_id
    own = actor.is_admin or mine or role in _MAY_CREATE
    return own and any(actor.allows(one, owner_id, changes=True) for one in (things.writes, things.creates))


def is_let_in(actor: Actor, gated: str, subject: Subject, role: str | None, *, granted: bool) -> bool:
    """Whether somebody who may see a repository may have its content too.

    `gated` keeps out all but its owners and those whom they let in: `granted` is what `granted_to` says. A narrow
    credential brings in nobody whose scope says neither this repository nor gated ones in general. A deploy key was
    made by those who keep the gate, for this repository.
    """
    if not gated:
        return True
    if actor.kind == "deploy":
        return _right_of_key(actor.scope, replace(subject, visibility="private")) >= Right.READ
    if actor.scope is not None and not (actor.scope.reads_gated or _reads(actor.scope, subject)):
        return False
    belongs = role is not None and not actor.barred_from(subject.owner_id)
    return actor.is_admin or belongs or actor.account_id == subject.owner_id or granted


def granted_to(actor: Actor, at: int, repo: str = "r") -> Fragment:
    """True for rows of `repos_repo` whose gate has let `actor` in, at the moment `at`."""
    grant = grant_of(actor, at, repo)
    return Fragment(f"{grant.sql} IS NOT NULL", grant.params)


def grant_of(actor: Actor, at: int, repo: str = "r", since: int | None = None) -> Fragment:
    """The grant by which the gate of a row of `repos_repo` lets `actor` in at the moment `at`, else NULL.

    The one place that says which grants hold: the actor's own, or that of an organisation that they belong to, while
    its holder has the identity that it was given for. `since` is when a link was made that is used now: new terms may
    let it be used up.
    """
    if actor.account_id is None:
        return Fragment("NULL")
    allowed = reached(actor, "gate_m.org_id")
    params: dict[str, Any] = {"granted_to": actor.account_id, "granted_at": at, **allowed.params}
    state = "gate_g.state = 'active'"
    if since is not None:
        state = f"({state} OR (gate_g.state = 'stale' AND gate_g.stale_at > :granted_since))"
        params["granted_since"] = since
    return Fragment(
        f"(SELECT gate_g.id FROM accounts_gate_grant gate_g WHERE {_covers(repo)} AND {_holder(allowed)} AND {state}"
        f" AND (gate_g.not_after IS NULL OR gate_g.not_after > :granted_at) AND {_IDENTIFIED}"
        " ORDER BY CASE WHEN gate_g.account_id = :granted_to THEN 0 ELSE 1 END, gate_g.id LIMIT 1)",
        params,
    )


def _covers(repo: str) -> str:
    """True for grants of the row's own gate, and for those of a group that cover it."""
    return (
        f"(gate_g.repo_id = {repo}.id OR gate_g.id IN"
        f" (SELECT gate_s.grant_id FROM accounts_gate_scope gate_s WHERE gate_s.repo_id = {repo}.id))"
    )


def _holder(allowed: Fragment) -> str:
    """True for grants of the actor's own, and of organisations that they, and their credential, belong to."""
    return (
        "(gate_g.account_id = :granted_to OR gate_g.account_id IN (SELECT gate_m.org_id FROM accounts_membership gate_m"
        f" WHERE gate_m.user_id = :granted_to AND gate_m.role <> '{NO_ACCESS}' AND {allowed.sql}))"
    )


_IDENTIFIED = (
    "(gate_g.level < 1 OR EXISTS (SELECT 1 FROM accounts_identity gate_i WHERE gate_i.account_id = gate_g.account_id"
    " AND gate_i.level >= gate_g.level AND (gate_i.not_after IS NULL OR gate_i.not_after > :granted_at))"
    " OR (gate_g.level = 1 AND EXISTS (SELECT 1 FROM accounts_account gate_a JOIN accounts_domain gate_d"
    " ON gate_d.org_id = gate_a.id OR substr(lower(gate_a.email), length(gate_a.email) - length(gate_d.domain))"
    " = '@' || gate_d.domain WHERE gate_a.id = gate_g.account_id AND gate_d.proof IS NULL)))"
)


def content_open_to(actor: Actor, repo: str = "r", at: int | None = None) -> Fragment:
    """`visible_to` and `is_let_in` together, as SQL over rows of `repos_repo` (under the alias `repo`).

    `at` is the moment at which grants must hold; None: now.
    """
    visible = visible_to(actor, repo)
    if actor.is_admin:
        return visible
    if actor.account_id is None:
        open_here = _or_of_key(actor, f"{repo}.gated = ''", repo)
        return Fragment(f"({visible.sql} AND {open_here.sql})", {**visible.params, **open_here.params})
    role = role_of(actor, repo)
    granted = granted_to(actor, now() if at is None else at, repo)
    own = f"({repo}.owner_id = :visible_to OR {role.sql} IS NOT NULL OR {granted.sql})"
    params = {**visible.params, **role.params, **granted.params, "visible_to": actor.account_id}
    if actor.scope is not None and not actor.scope.reads_gated:
        inside = _within(actor.scope, REPOSITORIES, repo)
        own, params = f"({inside.sql} AND {own})", {**params, **inside.params}
    return Fragment(f"({visible.sql} AND ({repo}.gated = '' OR {own}))", params)


def visible_to(actor: Actor, repo: str = "r") -> Fragment:
    """True exactly for the rows of `repos_repo` (under the alias `repo`) that `actor` may read."""
    owned, served = shown_to(actor, repo), served_to(actor, repo)
    return owned if actor.is_admin else Fragment(f"({served.sql} AND {owned.sql})", {**owned.params, **served.params})


def owned_near(actor: Actor, repo: str = "r") -> Fragment:
    """True for whatever could be more to `actor` than to a stranger, by its owner alone; `visible_to` then decides."""
    if actor.is_admin:
        return Fragment("1 = 1")
    if actor.account_id is None:
        return Fragment("1 = 0")
    return Fragment(
        f"{repo}.owner_id IN (SELECT CAST(:near_to AS TEXT) UNION ALL"
        " SELECT near_o.org_id FROM accounts_membership near_o WHERE near_o.user_id = :near_to)",
        {"near_to": actor.account_id},
    )


def served_to(actor: Actor, repo: str = "r") -> Fragment:
    """True for the rows of `repos_repo` that no hold keeps from `actor`: `under_hold` as SQL."""
    if actor.is_admin:
        return Fragment("1 = 1")
    if actor.account_id is None:
        return Fragment(f"{repo}.hold = ''")
    role = role_of(actor, repo)
    return Fragment(
        f"({repo}.hold = '' OR ({repo}.hold = '{QUARANTINED}' AND ({repo}.owner_id = :served_to OR {role.sql}"
        " = 'admin')))",
        {"served_to": actor.account_id, **role.params},
    )


def shown_to(actor: Actor, repo: str = "r", things: Things = REPOSITORIES) -> Fragment:
    """True for rows with an id, a visibility and an owner that `actor` may see by these alone."""
    if actor.is_admin:
        return Fragment("1 = 1")
    if actor.account_id is None:
        return _or_of_key(actor, f"{repo}.visibility = 'public'", repo, things)
    # The list of organisations is made once; only what one of them owns is looked at more closely.
    allowed = reached(actor, "visible_o.org_id")
    own = (
        f"{repo}.owner_id = :visible_to OR ({repo}.owner_id IN"
        " (SELECT visible_o.org_id FROM accounts_membership visible_o WHERE visible_o.user_id = :visible_to"
        f" AND {allowed.sql}) AND {_by_membership(repo)})"
    )
    params = {"visible_to": actor.account_id, **allowed.params}
    if actor.scope is None:
        return Fragment(f"({repo}.visibility = 'public' OR {own})", params)
    inside = _within(actor.scope, things, repo)
    return Fragment(f"({repo}.visibility = 'public' OR ({inside.sql} AND ({own})))", {**params, **inside.params})


def reached(actor: Actor, org_id: str) -> Fragment:
    """True for organisations (by a column with their ids) that have not barred the actor's credential."""
    if not actor.barred:
        return Fragment("1 = 1")
    table = org_id.partition(".")[0]
    ids = {f"{table}_barred{n}": one.org_id for n, one in enumerate(actor.barred)}
    return Fragment(f"{org_id} NOT IN ({', '.join(f':{name}' for name in ids)})", ids)


def _or_of_key(actor: Actor, sql: str, alias: str, things: Things = REPOSITORIES) -> Fragment:
    """True where `sql` is, and for the one row that a deploy key is for: `_right_of_key` as SQL."""
    if actor.kind != "deploy" or actor.scope is None or things is not REPOSITORIES:
        return Fragment(sql)
    return Fragment(f"({sql} OR {alias}.id = :of_key)", {"of_key": actor.scope.parts[0].entity.id})


def _within(scope: Scope, things: Things, alias: str) -> Fragment:
    """True for the rows that a scope lets its credential read, if its holder may."""
    if any(one in scope.everywhere for one in things.reads):
        return Fragment("1 = 1")
    ids = {f"within_{things.word}{n}": one for n, one in enumerate(scope.ids(things.reads))}
    if not ids:
        return Fragment("1 = 0")
    names = ", ".join(f":{name}" for name in ids)
    return Fragment(f"({alias}.owner_id IN ({names}) OR {alias}.id IN ({names}))", ids)


def _by_membership(item: str) -> str:
    """Whether a membership opens an item: its group does if it is in one, else any role but NO_ACCESS."""
    return (
        "EXISTS (SELECT 1 FROM accounts_membership visible_m LEFT JOIN accounts_group_item visible_i"
        f" ON visible_i.item_id = {item}.id AND visible_i.org_id = visible_m.org_id"
        f" WHERE visible_m.org_id = {item}.owner_id AND visible_m.user_id = :visible_to AND (visible_m.role = 'admin'"
        f" OR (visible_i.group_id IS NULL AND visible_m.role <> '{NO_ACCESS}') OR EXISTS (SELECT 1 FROM"
        " accounts_group_reach visible_g WHERE visible_g.group_id = visible_i.group_id"
        " AND visible_g.user_id = :visible_to)))"
    )


def role_of(actor: Actor, repo: str = "r") -> Fragment:
    """The actor's role towards a row of `repos_repo`, as `right` wants it; NULL if the owner gives none.

    An organisation's administrators administer everything; others have their role in the row's resource group if it
    is in one, else their role in the organisation. A contributor writes what they created themselves.
    """
    return _role(repo, f"{repo}.creator_id", actor)


def role_of_thing(actor: Actor, alias: str) -> Fragment:
    """`role_of` for things that have an owner, but of which nobody knows who created them."""
    return _role(alias, "NULL", actor)


def _role(item: str, creator: str, actor: Actor) -> Fragment:
    if actor.account_id is None:
        return Fragment("NULL")
    allowed = reached(actor, "role_m.org_id")
    own = f"CASE WHEN {creator} = :role_of THEN 'write' ELSE 'contributor' END"
    in_group = (
        "CASE (SELECT max(role_g.rank) FROM accounts_group_reach role_g WHERE role_g.group_id = role_i.group_id"
        f" AND role_g.user_id = :role_of) WHEN 4 THEN 'admin' WHEN 3 THEN 'write' WHEN 2 THEN {own}"
        " WHEN 1 THEN 'read' END"
    )
    in_org = f"CASE role_m.role WHEN '{NO_ACCESS}' THEN NULL WHEN 'contributor' THEN {own} ELSE role_m.role END"
    return Fragment(
        "(SELECT CASE WHEN role_m.role = 'admin' THEN 'admin'"
        f" WHEN role_i.group_id IS NULL THEN {in_org} ELSE {in_group} END"
        " FROM accounts_membership role_m LEFT JOIN accounts_group_item role_i"
        f" ON role_i.item_id = {item}.id AND role_i.org_id = role_m.org_id"
        f" WHERE role_m.org_id = {item}.owner_id AND role_m.user_id = :role_of AND {allowed.sql})",
        {"role_of": actor.account_id, **allowed.params},
    )
