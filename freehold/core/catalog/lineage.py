"""Which models were made from which, in both directions, as far as the actor may see them.

A base is kept as the card spells it. Which repository that is, is looked up anew each time, by its address of today or
a former one, so that a base that is renamed keeps its children.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.ids import RepoKind
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.counts import EXACT_TO
from freehold.core.catalog.query import Place, place
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Database, Row, Transaction

RELATIONS = ("finetune", "adapter", "quantized", "merge")

MANY = EXACT_TO + 1
"""What stands for all larger counts of children."""

_ALL = 2**62
_MAX_LEVELS = 6
_AT_BASE = (
    "(l.address = (SELECT address FROM repos_repo WHERE id = :base)"
    " OR l.address IN (SELECT address FROM repos_redirect WHERE repo_id = :base))"
)

_ONCE = (
    "NOT EXISTS (SELECT 1 FROM catalog_lineage o WHERE o.repo_id = l.repo_id AND o.position < l.position"
    f" AND {_AT_BASE.replace('l.address', 'o.address')})"
)
"""A model that names its base twice, by a former name too, is one child."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a model was made from; without `repo` it is not here, or not to be seen by the actor."""

    name: str
    relation: str
    repo: Repo | None


@dataclass(frozen=True, slots=True)
class Child:
    """What was made from a model."""

    repo: Repo
    relation: str
    task: str
    parameters: int
    downloads: int
    """Of the last thirty days."""

    @property
    def cursor(self) -> str:
        """The `after` of the page that begins behind this one."""
        return Place(self.downloads, self.repo.id).text()


class Lineage:
    """The edges between models."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def bases(self, actor: Actor, repo: Repo) -> list[Base]:
        """What the model was made from, in its card's order."""
        with self._db.read() as tx:
            return _bases(tx, actor, repo.id)

    def ancestors(self, actor: Actor, repo: Repo) -> list[list[Base]]:
        """Its bases, then the bases of the first of them that is here, and so on; the oldest last."""
        levels: list[list[Base]] = []
        seen = {repo.id}
        with self._db.read() as tx:
            at: str | None = repo.id
            while at is not None and len(levels) < _MAX_LEVELS:
                level = [base for base in _bases(tx, actor, at) if base.repo is None or base.repo.id not in seen]
                if not level:
                    break
                levels.append(level)
                at = next((base.repo.id for base in level if base.repo is not None), None)
                seen |= {at} if at is not None else set()
        return levels

    def counts(self, actor: Actor, repo: Repo) -> Mapping[str, int]:
        """How many models were made from it in each way, of those that `actor` may see; nobody counts beyond MANY."""
        with self._db.read() as tx:
            found = _counted(tx, actor, repo.id, MANY)
        return {relation: many for relation, many in found.items() if many}

    def count(self, actor: Actor, repo: Repo) -> int:
        """How many models were made from it, of those that `actor` may see, all of them counted."""
        with self._db.read() as tx:
            return sum(_counted(tx, actor, repo.id, _ALL).values())

    def children(
        self, actor: Actor, repo: Repo, relation: str = "", *, after: str = "", limit: int = 30
    ) -> Sequence[Child]:
        """What was made from the model, the most downloaded first, behind the cursor `after`."""
        visible = visible_to(actor)
        where = [_AT_BASE, "r.id <> :base", visible.sql]
        params: dict[str, Any] = {"base": repo.id, "limit": limit, **visible.params}
        if relation:
            where.append("l.relation = :relation")
            params["relation"] = relation
        if after:
            behind = place(after)
            where.append("COALESCE(u.recent, 0) <= :at AND (COALESCE(u.recent, 0) < :at OR r.id > :id)")
            params |= {"at": behind.at, "id": behind.id}
        with self._db.read() as tx:
            if tx.first("SELECT 1 FROM repos_redirect WHERE repo_id = :base", base=repo.id):
                where.append(_ONCE)
            rows = tx.all(
                f"SELECT {COLUMNS}, l.relation, e.pipeline_tag, e.parameters, COALESCE(u.recent, 0) AS recent"
                " FROM catalog_lineage l JOIN repos_repo r ON r.id = l.repo_id"
                " LEFT JOIN catalog_entry e ON e.repo_id = r.id LEFT JOIN catalog_use u ON u.repo_id = r.id"
                f" WHERE {' AND '.join(where)} ORDER BY COALESCE(u.recent, 0) DESC, r.id LIMIT :limit",
                **params,
            )
        return [_child(row) for row in rows]


def keep(tx: Transaction, repo_id: str, lineage: Mapping[str, Any]) -> None:
    """Store what a model was made from: the fact `lineage`."""
    forget(tx, repo_id)
    rows = {
        _address(base): {
            "repo": repo_id,
            "base": base,
            "address": _address(base),
            "relation": lineage["relation"],
            "position": position,
        }
        for position, base in reversed(list(enumerate(lineage.get("models", ()))))
    }
    tx.many(
        "INSERT INTO catalog_lineage (repo_id, base, address, relation, position)"
        " VALUES (:repo, :base, :address, :relation, :position)",
        list(rows.values()),
    )


def forget(tx: Transaction, repo_id: str) -> None:
    """Drop the edges of a model that is gone; what was made from it keeps its own."""
    tx.run("DELETE FROM catalog_lineage WHERE repo_id = :repo", repo=repo_id)


def _address(base: str) -> str:
    return f"{RepoKind.MODEL}:{base}".lower()


def _counted(tx: Transaction, actor: Actor, base: str, most: int) -> dict[str, int]:
    """How many were made in each way, of each at most so many."""
    visible = visible_to(actor)
    named = tx.all(
        "SELECT address FROM repos_repo WHERE id = :base"
        " UNION SELECT address FROM repos_redirect WHERE repo_id = :base",
        base=base,
    )
    # At one address each child stands once, and can be counted along the index.
    addresses = {f"at{number}": row.address for number, row in enumerate(named)}
    once = "DISTINCT " if len(addresses) > 1 else ""
    at = " OR ".join(f"l.address = :{name}" for name in addresses) or "1 = 0"
    sql = (
        f"SELECT count(*) FROM (SELECT {once}l.repo_id FROM catalog_lineage l JOIN repos_repo r ON r.id = l.repo_id"
        f" WHERE ({at}) AND l.relation = :relation AND l.repo_id <> :base AND {visible.sql} LIMIT :most) x"
    )
    params = {"base": base, "most": most, **addresses, **visible.params}
    return {relation: int(tx.scalar(sql, relation=relation, **params)) for relation in RELATIONS}


def _bases(tx: Transaction, actor: Actor, repo_id: str) -> list[Base]:
    visible = visible_to(actor)
    rows = tx.all(
        f"SELECT l.base, l.relation, {COLUMNS} FROM catalog_lineage l"
        " LEFT JOIN repos_redirect d ON d.address = l.address"
        " LEFT JOIN repos_repo r ON r.id = COALESCE((SELECT id FROM repos_repo WHERE address = l.address), d.repo_id)"
        f" AND {visible.sql} WHERE l.repo_id = :repo ORDER BY l.position",
        repo=repo_id,
        **visible.params,
    )
    return [Base(row.base, row.relation, Repo.from_row(row) if row.id else None) for row in rows]


def _child(row: Row) -> Child:
    return Child(Repo.from_row(row), row.relation, row.pipeline_tag or "", row.parameters or 0, int(row.recent))
