"""The SQL of collections: what is asked of them is filtered by what the actor may see, items and all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.ids import RepoKind
from freehold.core.accounts.access import COLLECTIONS, shown_to, visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.repos.repo import COLUMNS as REPO
from freehold.core.repos.repo import Repo
from freehold.features.collections.collection import COLLECTION, PAPER, Collection, Item, Order, Shown
from freehold.stores.db.database import Row, Transaction

COLUMNS = (
    "c.id, c.owner_id, c.namespace, c.title, c.description, c.visibility, c.theme, c.upvotes, c.created_at,"
    " c.updated_at"
)
_INNER = ", ".join(f"{name.strip()} AS {name.strip().replace('.', '_')}" for name in COLUMNS.split(","))
_KINDS = ", ".join(f"'{kind.value}'" for kind in RepoKind)
_SORTED_BY = {Order.LAST_MODIFIED: "c.updated_at", Order.UPVOTES: "c.upvotes", Order.TRENDING: "c.upvotes"}

Mark = tuple[int, str]
"""Where a page of a list ends: the value that it is sorted by, and the id that tells equal ones apart."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which collections a list asks for: of any of these owners, with any of these items (type and target)."""

    owners: Sequence[str] = ()
    items: Sequence[tuple[str, str]] | None = None
    """None: whatever is in them; empty: none fits."""
    order: Order = Order.LAST_MODIFIED
    after: Mark | None = None
    limit: int = 20
    search: Sequence[str] = ()
    """Words that must all occur in the title or the owner's name, in any case."""

    def mark(self, collection: Collection) -> Mark:
        """Where a page that ends with `collection` is continued."""
        by_time = self.order is Order.LAST_MODIFIED
        return (collection.updated_at if by_time else collection.upvotes, collection.id)


def rename_owner(tx: Transaction, owner_id: str, name: str) -> None:
    """Give the collections of an account its new namespace, in the transaction that renames the account."""
    tx.run("UPDATE collections_collection SET namespace = :name WHERE owner_id = :owner", name=name, owner=owner_id)


def one(tx: Transaction, actor: Actor, collection_id: str) -> Collection | None:
    """The collection, if the actor may see it."""
    visible = shown_to(actor, "c", COLLECTIONS)
    sql = f"SELECT {COLUMNS} FROM collections_collection c WHERE c.id = :id AND {visible.sql}"
    row = tx.first(sql, id=collection_id, **visible.params)
    return None if row is None else collection_of(row)


def listed(tx: Transaction, actor: Actor, wanted: Wanted) -> list[Collection]:
    """One page of the collections that the actor may see."""
    visible = shown_to(actor, "c", COLLECTIONS)
    where, params = [visible.sql], dict(visible.params)
    if wanted.owners:
        where.append(f"lower(c.namespace) IN ({_names('owner', wanted.owners, params)})")
    if wanted.items is not None:
        pairs = []
        for number, (kind, target) in enumerate(wanted.items):
            pairs.append(f"(i.type = :type{number} AND i.target = :target{number})")
            params |= {f"type{number}": kind, f"target{number}": target}
        either = " OR ".join(pairs) or "1 = 0"
        where.append(f"EXISTS (SELECT 1 FROM collections_item i WHERE i.collection_id = c.id AND ({either}))")
    for number, word in enumerate(wanted.search):
        word_key = f"search{number}"
        where.append(f"(c.title_key LIKE :{word_key} ESCAPE '!' OR lower(c.namespace) LIKE :{word_key} ESCAPE '!')")
        params[word_key] = "%" + re.sub(r"([!%_])", r"!\1", word.casefold()) + "%"
    column = _SORTED_BY[wanted.order]
    if wanted.after is not None:
        where.append(f"{column} <= :at AND ({column} < :at OR c.id > :id)")
        params |= {"at": wanted.after[0], "id": wanted.after[1]}
    sql = (
        f"SELECT {COLUMNS} FROM collections_collection c WHERE {' AND '.join(where)}"
        f" ORDER BY {column} DESC, c.id LIMIT :limit"
    )
    return [collection_of(row) for row in tx.all(sql, limit=wanted.limit, **params)]


def of_owner(tx: Transaction, actor: Actor, owner_id: str) -> list[Collection]:
    """Every collection of an account that the actor may see, in the owner's order."""
    visible = shown_to(actor, "c", COLLECTIONS)
    sql = (
        f"SELECT {COLUMNS} FROM collections_collection c WHERE c.owner_id = :owner AND {visible.sql}"
        " ORDER BY c.place, c.id"
    )
    return [collection_of(row) for row in tx.all(sql, owner=owner_id, **visible.params)]


def shown(tx: Transaction, actor: Actor, collections: Sequence[Collection], most: int) -> list[Shown]:
    """The collections with the first `most` of the items that the actor may see, and how many those are in all."""
    found: dict[str, list[Item]] = {}
    counts: dict[str, int] = {}
    for row in _items(tx, actor, [one.id for one in collections], most):
        found.setdefault(row.collection_id, []).append(_item(row))
        counts[row.collection_id] = int(row.many)
    return [Shown(one, found.get(one.id, []), counts.get(one.id, 0)) for one in collections]


def _items(tx: Transaction, actor: Actor, ids: Sequence[str], most: int) -> list[Row]:
    repo, inner = visible_to(actor, "r"), shown_to(actor, "c", COLLECTIONS)
    sql = (
        "SELECT x.* FROM (SELECT i.id AS item_id, i.collection_id, i.type, i.target, i.note,"
        f" {REPO}, {_INNER}, COALESCE(u.likes, 0) AS likes, COALESCE(u.recent, 0) AS downloads,"
        " count(*) OVER (PARTITION BY i.collection_id) AS many,"
        " row_number() OVER (PARTITION BY i.collection_id ORDER BY i.place, i.id) - 1 AS nth"
        " FROM collections_item i"
        f" LEFT JOIN repos_repo r ON r.id = i.target AND i.type IN ({_KINDS}) AND {repo.sql}"
        f" LEFT JOIN collections_collection c ON c.id = i.target AND i.type = '{COLLECTION}' AND {inner.sql}"
        " LEFT JOIN catalog_use u ON u.repo_id = r.id"
        f" WHERE i.collection_id IN :values AND (r.id IS NOT NULL OR c.id IS NOT NULL OR i.type = '{PAPER}')) x"
        " WHERE x.nth < :most ORDER BY x.collection_id, x.nth"
    )
    return tx.within(sql, ids, most=most, **{**repo.params, **inner.params})


def position(tx: Transaction, actor: Actor, collection: Collection) -> int:
    """How many of the owner's collections that the actor may see stand before this one."""
    visible = shown_to(actor, "c", COLLECTIONS)
    return int(
        tx.scalar(
            "SELECT count(*) FROM collections_collection c JOIN collections_collection me ON me.id = :id"
            f" WHERE c.owner_id = me.owner_id AND {visible.sql}"
            " AND (c.place < me.place OR (c.place = me.place AND c.id < me.id))",
            id=collection.id,
            **visible.params,
        )
    )


def collection_of(row: Row) -> Collection:
    """The collection of a row that has at least COLUMNS."""
    return Collection(
        row.id, row.owner_id, row.namespace, row.title, row.description, row.visibility, row.theme, row.upvotes,
        row.created_at, row.updated_at,
    )  # fmt: skip


def _item(row: Row) -> Item:
    repo = Repo.from_row(row) if row.id is not None else None
    inner = None
    if row.c_id is not None:
        inner = Collection(
            row.c_id, row.c_owner_id, row.c_namespace, row.c_title, row.c_description, row.c_visibility, row.c_theme,
            row.c_upvotes, row.c_created_at, row.c_updated_at,
        )  # fmt: skip
    return Item(
        row.item_id, row.type, row.target, row.note, int(row.nth), repo, int(row.likes), int(row.downloads), inner
    )


def _names(word: str, values: Sequence[str], params: dict[str, Any]) -> str:
    for number, value in enumerate(values):
        params[f"{word}{number}"] = value.lower()
    return ", ".join(f":{word}{number}" for number in range(len(values)))
