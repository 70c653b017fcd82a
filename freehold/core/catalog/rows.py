"""The catalogue's SQL: its own tables, beside the rows of repositories that it lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.ids import Oid, RepoKind
from freehold.core.accounts.access import owned_near, visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.popularity import COLUMNS as POPULARITY
from freehold.core.catalog.popularity import JOIN, Popularity
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
    text: str = ""
    """Of its card, where it has been asked for."""
    memory: int = 0
    """In bytes, to load it; 0: unknown."""
    safety: str = ""
    """Whether loading it can run code, as far as its files tell."""


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
    Sort.LIKES: "COALESCE(u.likes, 0)",
    Sort.DOWNLOADS: "COALESCE(u.recent, 0)",
    Sort.TRENDING: "COALESCE(u.trend, 0)",
    Sort.USE: "COALESCE(u.recent, 0)",
    Sort.BEST: "COALESCE(u.recent, 0)",
}
_RANKED = {Sort.LIKES: "likes", Sort.DOWNLOADS: "recent", Sort.TRENDING: "trend"}
"""The orders that only repositories have which are used: the others come behind them, by id."""

_ENTRY = (
    f"{COLUMNS}, c.commit_oid, c.card, c.tags, c.pipeline_tag, c.library_name, c.parameters, c.memory,"
    f" c.safety, c.updated_at AS seen_at, {POPULARITY}"
)
_ENTRY_JOIN = "LEFT JOIN catalog_entry c ON c.repo_id = r.id"
_ENTRIES = f"repos_repo r {JOIN} {_ENTRY_JOIN}"
_BODY = "COALESCE(t.body, '') AS body"
_WITH_TEXT = f"{_ENTRY}, {_BODY}"
_TEXTS = f"{_ENTRIES} LEFT JOIN catalog_text t ON t.repo_id = r.id"


def keep(tx: Transaction, repo: Repo, entry: CatalogEntry) -> None:
    """Store what was found of a repository as it stood at `repo.updated_at`."""
    tx.run(
        "INSERT INTO catalog_entry (repo_id, commit_oid, card, tags, pipeline_tag, library_name, parameters, memory,"
        " safety, updated_at)"
        " VALUES (:repo, :commit, :card, :tags, :task, :library, :parameters, :memory, :safety, :at)"
        " ON CONFLICT (repo_id) DO UPDATE SET"
        " commit_oid = excluded.commit_oid, card = excluded.card, tags = excluded.tags,"
        " pipeline_tag = excluded.pipeline_tag, library_name = excluded.library_name,"
        " parameters = excluded.parameters, memory = excluded.memory, safety = excluded.safety,"
        " updated_at = excluded.updated_at",
        repo=repo.id,
        commit=entry.commit or "",
        card=msgspec.json.encode(entry.card).decode(),
        tags=msgspec.json.encode(entry.tags).decode(),
        task=entry.pipeline_tag,
        library=entry.library_name,
        parameters=entry.parameters,
        memory=entry.memory,
        safety=entry.safety,
        at=repo.updated_at,
    )
    _forget_words(tx, repo.id)
    tags = [{"repo": repo.id, "tag": tag} for tag in entry.tags]
    tx.many("INSERT INTO catalog_tag (repo_id, tag) VALUES (:repo, :tag)", tags)
    if entry.text:
        tx.run("INSERT INTO catalog_text (repo_id, body) VALUES (:repo, :body)", repo=repo.id, body=entry.text)


def entry_of(tx: Transaction, repo_id: str) -> Row | None:
    """The row of one entry, with the text of its card."""
    return tx.first(
        f"SELECT c.*, {_BODY} FROM catalog_entry c LEFT JOIN catalog_text t ON t.repo_id = c.repo_id"
        " WHERE c.repo_id = :repo",
        repo=repo_id,
    )


def forget(tx: Transaction, repo_id: str) -> None:
    """Drop the entry of a repository."""
    _forget_words(tx, repo_id)
    tx.run("DELETE FROM catalog_entry WHERE repo_id = :repo", repo=repo_id)


def _forget_words(tx: Transaction, repo_id: str) -> None:
    tx.run("DELETE FROM catalog_tag WHERE repo_id = :repo", repo=repo_id)
    tx.run("DELETE FROM catalog_text WHERE repo_id = :repo", repo=repo_id)


def select(tx: Transaction, actor: Actor, kind: RepoKind, query: Query, after: Place | None) -> Sequence[Row]:
    """Repositories with their entries, where they have one, behind `after` in the query's order."""
    where, params = _conditions(actor, kind, query)
    ranked = _RANKED.get(query.sort)
    if ranked is None or query.author:
        order = _Order(f"repos_repo r {JOIN}", _SORTED_BY[query.sort], "r.id")
        return order.page(tx, [*where, *order.behind(after, params)], params)
    found: list[Row] = []
    if after is None or after.at > 0:
        order = _Order("catalog_use u JOIN repos_repo r ON r.id = u.repo_id", f"u.{ranked}", "u.repo_id")
        used = [f"u.kind = :kind AND u.{ranked} > 0", *order.behind(after, params)]
        found += order.page(tx, [*where, *used], params)
    params["limit"] = query.limit - len(found)
    if params["limit"]:
        rest = [f"NOT EXISTS (SELECT 1 FROM catalog_use x WHERE x.repo_id = r.id AND x.{ranked} > 0)"]
        if after is not None and after.at == 0:
            rest.append("r.id > :id")
            params["id"] = after.id
        found += _Order(f"repos_repo r {JOIN}", "0", "r.id").page(tx, [*where, *rest], params)
    return found


@dataclass(frozen=True, slots=True)
class _Order:
    """Rows of `source` by `column`, most first; `tie` is the column of the id that tells equal ones apart."""

    source: str
    column: str
    tie: str

    def page(self, tx: Transaction, where: Sequence[str], params: Mapping[str, Any]) -> list[Row]:
        order = self.tie if self.column == "0" else f"{self.column} DESC, {self.tie}"
        return tx.all(
            f"SELECT {_ENTRY}, {self.column} AS sorted_by FROM {self.source} {_ENTRY_JOIN}"
            f" WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit",
            **params,
        )

    def behind(self, after: Place | None, params: dict[str, Any]) -> list[str]:
        if after is None:
            return []
        params |= {"at": after.at, "id": after.id}
        return [f"{self.column} <= :at AND ({self.column} < :at OR {self.tie} > :id)"]


def _conditions(actor: Actor, kind: RepoKind, query: Query) -> tuple[list[str], dict[str, Any]]:
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
    return where, params


def of_ids(tx: Transaction, actor: Actor, ids: Sequence[str], *, texts: bool = False) -> list[Row]:
    """The named repositories, as far as `actor` may see them; `texts`: with those of their cards."""
    visible = visible_to(actor)
    columns, source = (_WITH_TEXT, _TEXTS) if texts else (_ENTRY, _ENTRIES)
    sql = f"SELECT {columns} FROM {source} WHERE r.id IN :values AND {visible.sql}"
    return tx.within(sql, ids, **visible.params)


def behind(tx: Transaction, last: str, most: int) -> list[Row]:
    """Repositories of every kind in the order of their ids, behind `last`, with the texts of their cards."""
    return tx.all(
        f"SELECT {_WITH_TEXT} FROM {_TEXTS} WHERE r.id > :last ORDER BY r.id LIMIT :most",
        last=last,
        most=most,
    )


def ids(tx: Transaction, last: str, most: int) -> list[str]:
    """Ids of repositories of every kind behind `last`, in their order."""
    found = tx.all("SELECT r.id FROM repos_repo r WHERE r.id > :last ORDER BY r.id LIMIT :most", last=last, most=most)
    return [row.id for row in found]


def are_few(tx: Transaction, most: int) -> bool:
    """Whether there are at most so many repositories."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM repos_repo LIMIT :more) x"
    return int(tx.scalar(sql, more=most + 1)) <= most


def closed(tx: Transaction, actor: Actor, kind: RepoKind) -> list[str]:
    """The ids of what `actor` may see and a stranger may not."""
    visible, near = visible_to(actor), owned_near(actor)
    sql = (
        "SELECT r.id FROM repos_repo r WHERE (r.visibility <> 'public' OR r.hold <> '') AND r.kind = :kind"
        f" AND {near.sql} AND {visible.sql}"
    )
    return [row.id for row in tx.all(sql, kind=kind.value, **{**near.params, **visible.params})]


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


def read_entry(row: Row) -> CatalogEntry:
    """The entry of a row that has one."""
    return CatalogEntry(
        Oid(row.commit_oid) if row.commit_oid else None,
        msgspec.json.decode(row.card),
        msgspec.json.decode(row.tags),
        row.pipeline_tag,
        row.library_name,
        row.parameters,
        getattr(row, "body", ""),
        row.memory,
        row.safety,
    )
