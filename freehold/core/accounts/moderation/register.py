"""Every account, shut ones too, page by page: for administrators of the hub."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.core.accounts.actor import Actor
from freehold.core.accounts.moderation.operators import demand_operator
from freehold.stores.db.database import Database

STATES = ("open", "shut", "admin")


@dataclass(frozen=True, slots=True)
class Entry:
    """One account as the register shows it; `members` are those of an organisation, `orgs` those of a person."""

    id: str
    name: str
    full_name: str
    kind: str
    email: str
    is_admin: bool
    disabled: bool
    disabled_reason: str
    quotas: tuple[int | None, int | None, int | None]
    """Of bytes, large files and repositories."""
    related: int
    """How many members an organisation has, or organisations a person belongs to."""
    created_at: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts: of a kind, with these letters in the name, the address or the full name, and of a state."""

    kind: str = "user"
    search: str = ""
    state: str = ""
    after: str = ""
    limit: int = 50


def accounts(db: Database, actor: Actor, wanted: Wanted) -> Sequence[Entry]:
    """A page of the register by name. Raises Forbidden."""
    demand_operator(actor, to_change=False)
    where, params = ["a.kind = :kind", "a.name_key > :after"], {"kind": wanted.kind, "after": wanted.after}
    if wanted.search:
        words = wanted.search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["search"] = f"%{words}%"
        where.append(
            "(a.name_key LIKE :search ESCAPE '\\' OR lower(a.full_name) LIKE :search ESCAPE '\\'"
            " OR lower(coalesce(a.email, '')) LIKE :search ESCAPE '\\')"
        )
    if wanted.state in STATES:
        where.append({"open": "a.disabled = 0", "shut": "a.disabled = 1", "admin": "a.is_admin = 1"}[wanted.state])
    side, other = ("org_id", "user_id") if wanted.kind == "org" else ("user_id", "org_id")
    with db.read() as tx:
        rows = tx.all(
            "SELECT a.id, a.name, a.full_name, a.kind, a.email, a.is_admin, a.disabled, a.disabled_reason,"
            " a.quota_bytes, a.quota_files, a.quota_repositories, a.created_at,"
            f" (SELECT count(m.{other}) FROM accounts_membership m WHERE m.{side} = a.id) AS related"
            f" FROM accounts_account a WHERE {' AND '.join(where)} ORDER BY a.name_key LIMIT :limit",
            limit=wanted.limit, **params,
        )  # fmt: skip
    return [
        Entry(
            row.id, row.name, row.full_name, row.kind, row.email or "", bool(row.is_admin), bool(row.disabled),
            row.disabled_reason, (row.quota_bytes, row.quota_files, row.quota_repositories), int(row.related),
            row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def totals(db: Database, actor: Actor) -> dict[str, int]:
    """How many accounts there are: `people`, `organisations`, `shut`, `admins`. Raises Forbidden."""
    demand_operator(actor, to_change=False)
    with db.read() as tx:
        row = tx.first(
            "SELECT coalesce(sum(CASE WHEN kind = 'user' THEN 1 ELSE 0 END), 0) AS people,"
            " coalesce(sum(CASE WHEN kind = 'org' THEN 1 ELSE 0 END), 0) AS organisations,"
            " coalesce(sum(disabled), 0) AS shut, coalesce(sum(is_admin), 0) AS admins FROM accounts_account"
        )
    return {key: int(value) for key, value in row._asdict().items()} if row else {}
