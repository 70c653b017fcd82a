"""What happened lately around a person or an organisation, told from repositories and likes, never from a log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Database

What = Literal["publish", "update", "like"]
KINDS: tuple[What, ...] = ("publish", "update", "like")

_AT_ONCE = 60_000_000
"""Microseconds: a change so soon after a repository was made is part of its making."""

_SOURCES: dict[What, str] = {
    "publish": "SELECT {columns}, r.created_at AS at, r.creator_id AS who, 'publish' AS what FROM repos_repo r"
    " WHERE (r.owner_id = :account OR r.creator_id = :account) AND {visible}",
    "update": "SELECT {columns}, r.updated_at AS at, r.owner_id AS who, 'update' AS what FROM repos_repo r"
    " WHERE r.owner_id = :account AND r.updated_at > r.created_at + :at_once AND {visible}",
    "like": "SELECT {columns}, l.created_at AS at, l.account_id AS who, 'like' AS what FROM catalog_like l"
    " JOIN repos_repo r ON r.id = l.repo_id WHERE l.account_id = :account AND {visible}",
}

Mark = tuple[int, str]

FIRST: Mark = (2**62, "")


@dataclass(frozen=True, slots=True)
class Event:
    """`what` happened to a repository, when, and by which account (its owner's, where nobody noted the person)."""

    what: What
    repo: Repo
    at: int
    account_id: str

    @property
    def mark(self) -> Mark:
        """Where a page that ends here is continued."""
        return (self.at, f"{self.what}:{self.repo.id}")


def recent(
    db: Database, actor: Actor, account_id: str, kinds: Sequence[What] = KINDS, *, after: Mark = FIRST, limit: int = 20
) -> list[Event]:
    """The newest events of the account that `actor` may see, behind `after`."""
    visible = visible_to(actor)
    union = " UNION ALL ".join(_SOURCES[kind].format(columns=COLUMNS, visible=visible.sql) for kind in kinds)
    params = {"account": account_id, "at": after[0], "mark": after[1], "limit": limit, **visible.params}
    if "update" in kinds:
        params["at_once"] = _AT_ONCE
    with db.read() as tx:
        rows = tx.all(
            f"SELECT * FROM ({union}) e WHERE e.at <= :at AND (e.at < :at OR (e.what || ':' || e.id) > :mark)"
            " ORDER BY e.at DESC, (e.what || ':' || e.id) LIMIT :limit",
            **params,
        )
    return [Event(row.what, Repo.from_row(row), row.at, row.who or row.owner_id) for row in rows]
