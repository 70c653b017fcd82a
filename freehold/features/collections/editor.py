"""Changing one collection, for an actor who was found to be allowed to."""

from collections.abc import Sequence

from freehold.base.clock import Clock
from freehold.base.errors import Conflict, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.gates.granting import forget_group
from freehold.features.collections import rows
from freehold.features.collections.collection import (
    ABSENT,
    COLLECTION,
    MAX_DESCRIPTION,
    MAX_ITEMS,
    MAX_NOTE,
    Changes,
    Collection,
    CollectionExists,
    check_text,
    check_theme,
    check_title,
)
from freehold.stores.db.database import Database, Transaction


class Editor:
    """Made by `Collections.editor`, which has checked the actor's right; holding one is the permission."""

    def __init__(self, db: Database, actor: Actor, collection: Collection, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.actor, self.collection = actor, collection

    def update(self, changes: Changes) -> Collection:
        """Change the collection itself. Raises Invalid, CollectionExists, NotFound if it is gone meanwhile."""
        values = _values(changes)
        with self._db.write() as tx:
            tx.take_turn(f"collections:{self.collection.owner_id}")
            self._touch(tx)
            if "title_key" in values:
                self._demand_free(tx, values["title_key"])
            if values:
                setting = ", ".join(f"{name} = :{name}" for name in values)
                tx.run(f"UPDATE collections_collection SET {setting} WHERE id = :id", id=self.collection.id, **values)
            if changes.position is not None:
                self._place(tx, changes.position)
            record(tx, self.actor, "collection.update", self.collection.slug, **values)
            found = rows.one(tx, self.actor, self.collection.id)
        if found is None:
            raise NotFound(ABSENT)
        return found

    def delete(self) -> None:
        """Remove the collection with its items; what they name stays."""
        with self._db.write() as tx:
            self._touch(tx)
            id_ = self.collection.id
            tx.run(
                "DELETE FROM collections_item WHERE collection_id = :id OR (target = :id AND type = :type)",
                id=id_,
                type=COLLECTION,
            )
            tx.run("DELETE FROM collections_upvote WHERE collection_id = :id", id=id_)
            tx.run("DELETE FROM collections_collection WHERE id = :id", id=id_)
            forget_group(tx, id_, self._clock())
            record(tx, self.actor, "collection.delete", self.collection.slug)

    def add(self, target: tuple[str, str], note: str = "") -> None:
        """Put an item (type and target, from `Collections.target`) at the end. Raises Conflict if it is there."""
        note = check_text("note", note, MAX_NOTE)
        if target == (COLLECTION, self.collection.id):
            raise Invalid("A collection cannot contain itself.")
        with self._db.write() as tx:
            self._touch(tx)
            places = self._places(tx)
            if len(places) >= MAX_ITEMS:
                raise Invalid(f"A collection holds {MAX_ITEMS} items at most. Remove one, or begin another collection.")
            sql = "SELECT 1 FROM collections_item WHERE collection_id = :id AND type = :type AND target = :target"
            if tx.first(sql, id=self.collection.id, type=target[0], target=target[1]):
                raise Conflict(f"This {target[0]} is in the collection already.")
            tx.run(
                "INSERT INTO collections_item (id, collection_id, type, target, note, place, created_at)"
                " VALUES (:item, :id, :type, :target, :note, :place, :now)",
                item=new_id(), id=self.collection.id, type=target[0], target=target[1], note=note,
                place=max(places.values(), default=-1) + 1, now=self._clock(),
            )  # fmt: skip
            record(tx, self.actor, "collection.add", self.collection.slug, item=list(target))

    def change(self, item_id: str, *, note: str | None = None, position: int | None = None) -> None:
        """Give an item another note, or another position among those that the actor may see. Raises NotFound."""
        note = None if note is None else check_text("note", note, MAX_NOTE)
        with self._db.write() as tx:
            self._touch(tx)
            self._demand(tx, item_id)
            if note is not None:
                tx.run("UPDATE collections_item SET note = :note WHERE id = :id", note=note, id=item_id)
            if position is not None:
                seen = [item.id for item in rows.shown(tx, self.actor, [self.collection], MAX_ITEMS)[0].items]
                order = moved(list(self._places(tx)), seen, item_id, position)
                self._write(tx, "collections_item", order)
            record(tx, self.actor, "collection.change", self.collection.slug, item=item_id)

    def remove(self, item_id: str) -> None:
        """Take an item out. Raises NotFound."""
        with self._db.write() as tx:
            self._touch(tx)
            self._demand(tx, item_id)
            tx.run("DELETE FROM collections_item WHERE id = :id", id=item_id)
            record(tx, self.actor, "collection.remove", self.collection.slug, item=item_id)

    def _touch(self, tx: Transaction) -> None:
        """Its own row first, so that changes of one collection happen one after another."""
        sql = "UPDATE collections_collection SET updated_at = :now WHERE id = :id"
        if not tx.run(sql, now=self._clock(), id=self.collection.id).rowcount:
            raise NotFound(ABSENT)

    def _demand(self, tx: Transaction, item_id: str) -> None:
        """The item must be there, and be one that the actor may see."""
        seen = rows.shown(tx, self.actor, [self.collection], MAX_ITEMS)[0].items
        if all(item.id != item_id for item in seen):
            raise NotFound("The collection has no such item.")

    def _places(self, tx: Transaction) -> dict[str, int]:
        """Every item's place, hidden ones too, in order."""
        sql = "SELECT id, place FROM collections_item WHERE collection_id = :id ORDER BY place, id"
        return {row.id: row.place for row in tx.all(sql, id=self.collection.id)}

    def _demand_free(self, tx: Transaction, key: str) -> None:
        sql = (
            f"SELECT {rows.COLUMNS} FROM collections_collection c"
            " WHERE c.owner_id = :owner AND c.title_key = :key AND c.id <> :id"
        )
        taken = tx.first(sql, owner=self.collection.owner_id, key=key, id=self.collection.id)
        if taken is not None:
            raise CollectionExists(rows.collection_of(taken).slug)

    def _place(self, tx: Transaction, position: int) -> None:
        order = [one.id for one in rows.of_owner(tx, self.actor, self.collection.owner_id)]
        self._write(tx, "collections_collection", moved(order, order, self.collection.id, position))

    def _write(self, tx: Transaction, table: str, order: Sequence[str]) -> None:
        places = [{"id": id_, "place": place} for place, id_ in enumerate(order)]
        tx.many(f"UPDATE {table} SET place = :place WHERE id = :id AND place <> :place", places)


def moved(order: Sequence[str], seen: Sequence[str], one: str, position: int) -> list[str]:
    """`order` with `one` put where it is at `position` among those that are `seen`; the others keep their order.

    Beyond the end is the end. Raises Invalid for a position below 0.
    """
    if position < 0:
        raise Invalid("A position is a number from 0.")
    rest = [id_ for id_ in order if id_ != one]
    others = [id_ for id_ in seen if id_ != one]
    if position < len(others):
        at = rest.index(others[position])
    elif others:
        at = rest.index(others[-1]) + 1
    else:
        at = len(rest)
    return [*rest[:at], one, *rest[at:]]


def _values(changes: Changes) -> dict[str, str]:
    values: dict[str, str] = {}
    if changes.title is not None:
        values["title"] = check_title(changes.title)
        values["title_key"] = values["title"].casefold()
    if changes.description is not None:
        values["description"] = check_text("description", changes.description, MAX_DESCRIPTION)
    if changes.private is not None:
        values["visibility"] = "private" if changes.private else "public"
    if changes.theme is not None:
        values["theme"] = check_theme(changes.theme)
    return values
