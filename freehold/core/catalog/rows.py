"""The catalogue's SQL: its own tables, beside the rows of repositories that it lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.ids import Oid, RepoKind
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.popularity import COLUMNS as POPULARITY
from freehold.core.catalog.popularity import JOINS, Popularity
from freehold.core.catalog.query import Place, Query, Sort, like
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """What a listing shows of a repository's main branch."""

    commit: Oid | None
    """None while the repository is empty."""
    card: Mapping[str, Any]
    tags: Sequence[str]
    pipeline_tag: str | None = None
    library_name: str | None = None
    parameters: int = 0
    """Of its weights; 0: unknown."""


@dataclass(frozen=True, slots=True)
class ListedRepo:
    """One line of a listing."""

    repo: Repo
    entry: CatalogEntry
    cursor: str
    """The `after` of the page that begins behind this line."""
    popularity: Popularity


EMPTY = CatalogEntry(None, {}, ())

_SORTED_BY = {
    Sort.LAST_MODIFIED: "r.updated_at",
    Sort.CREATED_AT: "r.created_at",
    Sort.LIKES: "COALESCE(n.likes, 0)",
    Sort.DOWNLOADS: "COALESCE(u.recent, 0)",
    Sort.TRENDING: "COALESCE(u.trend, 0)",
}


def keep(tx: Transaction, repo: Repo, entry: CatalogEntry) -> None:
    """Store what was found of a repository as it stood at `repo.updated_at`."""
    tx.run(
        "INSERT INTO catalog_entry (repo_id, commit_oid, card, pipeline_tag, library_name, parameters, updated_at)"
        " VALUES (:repo, :commit, :card, :task, :library, :parameters, :at) ON CONFLICT (repo_id) DO UPDATE SET"
        " commit_oid = excluded.commit_oid, card = excluded.card, pipeline_tag = excluded.pipeline_tag,"
        " library_name = excluded.library_name, parameters = excluded.parameters, updated_at = excluded.updated_at",
        repo=repo.id,
        commit=entry.commit or "",
        card=msgspec.json.encode(entry.card).decode(),
        task=entry.pipeline_tag,
        library=entry.library_name,
        parameters=entry.parameters,
        at=repo.updated_at,
    )
    tx.run("DELETE FROM catalog_tag WHERE repo_id = :repo", repo=repo.id)
    rows = [{"repo": repo.id, "tag": tag, "position": position} for position, tag in enumerate(entry.tags)]
    tx.many("INSERT INTO catalog_tag (repo_id, tag, position) VALUES (:repo, :tag, :position)", rows)


def select(tx: Transaction, actor: Actor, kind: RepoKind, query: Query, after: Place | None) -> Sequence[Row]:
    """Repositories with their entries, where they have one, behind `after` in the query's order."""
    visible = visible_to(actor)
    where = ["r.kind = :kind", visible.sql]
    params: dict[str, Any] = {"kind": kind.value, "limit": query.limit, **visible.params}
    if query.author:
        where.append("lower(r.namespace) = :author")
        params["author"] = query.author.lower()
    for number, word in enumerate(query.search):
        where.append(f"lower(r.namespace || '/' || r.name) LIKE :search{number} ESCAPE '\\'")
        params[f"search{number}"] = like(word)
    if query.gated is not None:
        where.append("r.gated <> ''" if query.gated else "r.gated = ''")
    fresh = _entry_conditions(query, params)
    if fresh:
        # A row whose entry lags may fit: it is looked at again once its entry is made.
        where.append(f"(c.repo_id IS NULL OR c.updated_at < r.updated_at OR ({' AND '.join(fresh)}))")
    column = _SORTED_BY[query.sort]
    if after is not None:
        where.append(f"{column} <= :at AND ({column} < :at OR r.id > :id)")
        params |= {"at": after.at, "id": after.id}
    return tx.all(
        f"SELECT {COLUMNS}, c.commit_oid, c.card, c.pipeline_tag, c.library_name, c.parameters,"
        f" c.updated_at AS seen_at, {POPULARITY}, {column} AS sorted_by"
        f" FROM repos_repo r LEFT JOIN catalog_entry c ON c.repo_id = r.id {JOINS}"
        f" WHERE {' AND '.join(where)} ORDER BY {column} DESC, r.id LIMIT :limit",
        **params,
    )


def _entry_conditions(query: Query, params: dict[str, Any]) -> list[str]:
    conditions = []
    for number, tag in enumerate(query.tags):
        conditions.append(f"EXISTS (SELECT 1 FROM catalog_tag t WHERE t.repo_id = r.id AND t.tag = :tag{number})")
        params[f"tag{number}"] = tag
    if query.pipeline_tag:
        conditions.append("c.pipeline_tag = :task")
        params["task"] = query.pipeline_tag
    if query.parameters is not None:
        conditions.append("c.parameters BETWEEN :least AND :most")
        params |= {"least": query.parameters.least, "most": query.parameters.most}
    return conditions


def counts(tx: Transaction, actor: Actor, owner_id: str) -> dict[RepoKind, int]:
    """How many repositories of each kind an account has, of those that `actor` may see."""
    visible = visible_to(actor)
    sql = (
        f"SELECT r.kind, count(*) AS many FROM repos_repo r WHERE r.owner_id = :owner AND {visible.sql} GROUP BY r.kind"
    )
    found = {row.kind: int(row.many) for row in tx.all(sql, owner=owner_id, **visible.params)}
    return {kind: found.get(kind.value, 0) for kind in RepoKind}


def tags(tx: Transaction, repo_ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of each repository that has any, in the Hub's order."""
    groups: dict[str, list[str]] = {}
    sql = "SELECT repo_id, tag FROM catalog_tag WHERE repo_id IN :values ORDER BY repo_id, position"
    for row in tx.within(sql, repo_ids):
        groups.setdefault(row.repo_id, []).append(row.tag)
    return groups


def read_entry(row: Row, tags: Sequence[str]) -> CatalogEntry:
    """The entry of a row that has one."""
    return CatalogEntry(
        Oid(row.commit_oid) if row.commit_oid else None,
        msgspec.json.decode(row.card),
        tags,
        row.pipeline_tag,
        row.library_name,
        row.parameters,
    )
