"""Verifies collections: items are of collections that exist and what they say they are, and votes are counted."""

from collections.abc import Callable, Iterator, Mapping

from freehold.base.faults import Fault
from freehold.features.collections.collection import COLLECTION, PAPER
from freehold.stores.db.database import Database

_ROOM = "collections"


def faults(db: Database, kinds: Callable[[], Mapping[str, str]]) -> Iterator[Fault]:
    """Everything that is wrong, in words. `kinds` gives the repositories that exist, with what each is.

    An item of a repository that was deleted is none: it is shown to nobody.
    """
    with db.read() as tx:
        lost = tx.all(
            "SELECT i.id FROM collections_item i LEFT JOIN collections_collection c ON c.id = i.collection_id"
            " WHERE c.id IS NULL ORDER BY i.id"
        )
        loose = tx.all(
            "SELECT i.id FROM collections_item i LEFT JOIN collections_collection c ON c.id = i.target"
            " WHERE i.type = :type AND c.id IS NULL ORDER BY i.id",
            type=COLLECTION,
        )
        counted = tx.all(
            "SELECT c.id, c.upvotes, count(u.account_id) AS votes FROM collections_collection c"
            " LEFT JOIN collections_upvote u ON u.collection_id = c.id GROUP BY c.id, c.upvotes"
            " HAVING c.upvotes <> count(u.account_id) ORDER BY c.id"
        )
        items = tx.all("SELECT id, type, target FROM collections_item ORDER BY id")
    yield from (Fault(_ROOM, f"item {row.id}", "its collection does not exist") for row in lost)
    yield from (Fault(_ROOM, f"item {row.id}", "the collection that it shows does not exist") for row in loose)
    for row in counted:
        yield Fault(_ROOM, f"collection {row.id}", f"{row.upvotes} votes are counted, but it has {row.votes}")
    known = kinds()
    for row in items:
        kind = known.get(row.target, row.type)
        if row.type not in (COLLECTION, PAPER) and kind != row.type:
            yield Fault(_ROOM, f"item {row.id}", f"it says that {row.target} is a {row.type}, but it is a {kind}")
