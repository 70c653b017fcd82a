"""The one gate to collections: who may see which, and who gets to edit one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, Moved, NotFound
from freehold.base.ids import RepoId, RepoKind, new_id
from freehold.core.accounts.access import COLLECTIONS, Right, Subject, may_create, right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.orgs.groups import place, role_for_new
from freehold.core.accounts.people import People
from freehold.core.repos.repos import Repos
from freehold.features.collections import rows
from freehold.features.collections.collection import (
    ABSENT,
    COLLECTION,
    MAX_COLLECTIONS,
    MAX_DESCRIPTION,
    MAX_ITEMS,
    PAPER,
    Collection,
    CollectionExists,
    Shown,
    check_paper,
    check_text,
    check_title,
    check_type,
    id_in,
)
from freehold.features.collections.editor import Editor
from freehold.features.collections.rows import Wanted
from freehold.stores.db.database import Database, Transaction

IN_LISTS = 4
"""How many items a collection shows in a list; clients are told to ask for the rest."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A collection to make."""

    namespace: str
    title: str
    description: str = ""
    private: bool = False
    group: str | None = None
    """The resource group of the organisation that it shall be in."""


class Collections:
    """Every collection of the hub. What an actor may not see is not there for that actor."""

    def __init__(self, db: Database, people: People, repos: Repos, clock: Clock = now) -> None:
        self._db, self._people, self._repos, self._clock = db, people, repos, clock

    def find(self, actor: Actor, slug: str) -> Collection:
        """The collection that a slug names, by its present title or a former one. Raises NotFound."""
        namespace, _, rest = slug.partition("/")
        with self._db.read() as tx:
            found = rows.one(tx, actor, id_in(rest))
        if found is None or found.namespace.lower() != namespace.lower():
            raise NotFound(ABSENT)
        return found

    def show(self, actor: Actor, collection: Collection) -> Shown:
        """All that the actor may see of it."""
        with self._db.read() as tx:
            return rows.shown(tx, actor, [collection], MAX_ITEMS)[0]

    def position(self, actor: Actor, collection: Collection) -> int:
        """Its place among those of its owner that the actor may see, from 0."""
        with self._db.read() as tx:
            return rows.position(tx, actor, collection)

    def list(self, actor: Actor, wanted: Wanted) -> Sequence[Shown]:
        """One page of what the actor may see, each with its first items."""
        with self._db.read() as tx:
            return rows.shown(tx, actor, rows.listed(tx, actor, wanted), IN_LISTS)

    def of_owner(self, actor: Actor, owner_id: str) -> Sequence[Shown]:
        """What the actor may see of one owner's, in the owner's order, each with its first items."""
        with self._db.read() as tx:
            return rows.shown(tx, actor, rows.of_owner(tx, actor, owner_id), IN_LISTS)

    def create(self, actor: Actor, draft: Draft) -> Collection:
        """Make an empty collection. Raises Forbidden in a foreign namespace, Invalid, CollectionExists."""
        title = check_title(draft.title)
        description = check_text("description", draft.description, MAX_DESCRIPTION)
        owner = self._people.by_name(draft.namespace)
        role = self._people.role_in(owner.id, actor.account_id) if owner else None
        if owner is not None and draft.group is not None:
            with self._db.read() as tx:
                role = role_for_new(tx, owner.id, draft.group, actor.account_id)
        if owner is None or not may_create(actor, owner.id, role, COLLECTIONS):
            raise Forbidden(
                f"You don't have the rights to create a collection under the namespace {draft.namespace!r}."
            )
        moment, visibility = self._clock(), "private" if draft.private else "public"
        made = Collection(new_id(), owner.id, owner.name, title, description, visibility, "blue", 0, moment, moment)
        with self._db.write() as tx:
            tx.take_turn(f"collections:{owner.id}")
            _insert(tx, made)
            if draft.group is not None:
                place(tx, draft.group, made.id, owner.id)
            record(tx, actor, "collection.create", made.slug, visibility=visibility)
        return made

    def editor(self, actor: Actor, slug: str) -> Editor:
        """To change it. Raises NotFound (absent or hidden, alike), Forbidden."""
        found = self.find(actor, slug)
        if not self.may_edit(actor, found):
            raise Forbidden(f"You may read the collection {found.slug}, but not change it.")
        return Editor(self._db, actor, found, self._clock)

    def may_edit(self, actor: Actor, collection: Collection) -> bool:
        """Whether `editor` would be given."""
        role = self._people.role_on(actor, collection.owner_id, collection.id)
        subject = Subject(collection.visibility, collection.owner_id, collection.id, COLLECTIONS)
        return right(actor, subject, role) >= Right.WRITE

    def target(self, actor: Actor, kind: str, name: str) -> tuple[str, str]:
        """Type and target of the item that `name` means: an address, a slug, or the id of a paper.

        Raises NotFound (absent or hidden, alike), Invalid for a type that is none.
        """
        if check_type(kind) == PAPER:
            return PAPER, check_paper(name)
        if kind == COLLECTION:
            return COLLECTION, self.find(actor, name).id
        namespace, _, rest = name.partition("/")
        try:
            return kind, self._repos.admit(actor, RepoId(RepoKind(kind), namespace, rest)).repo.id
        except Moved as moved:
            raise NotFound(f"This {kind} is now called {moved.to}. Use that name.") from moved

    def upvote(self, actor: Actor, slug: str, *, up: bool) -> None:
        """Vote for a collection, or take the vote back; saying it twice changes nothing."""
        found = self.find(actor, slug)
        if actor.account_id is None or not actor.may_write:
            raise Forbidden("Only a signed-in person can vote for a collection.")
        vote = {"id": found.id, "account": actor.account_id}
        with self._db.write() as tx:
            if up:
                sql = (
                    "INSERT INTO collections_upvote (collection_id, account_id, created_at)"
                    " VALUES (:id, :account, :now) ON CONFLICT (collection_id, account_id) DO NOTHING"
                )
                changed = tx.run(sql, now=self._clock(), **vote).rowcount
            else:
                sql = "DELETE FROM collections_upvote WHERE collection_id = :id AND account_id = :account"
                changed = tx.run(sql, **vote).rowcount
            if changed:
                sql = "UPDATE collections_collection SET upvotes = upvotes + :change WHERE id = :id"
                tx.run(sql, change=1 if up else -1, id=found.id)
                record(tx, actor, "collection.upvote" if up else "collection.unvote", found.slug)

    def upvoted(self, actor: Actor, collections: Sequence[Collection]) -> set[str]:
        """The ids of those that the actor has voted for."""
        if actor.account_id is None:
            return set()
        sql = "SELECT collection_id FROM collections_upvote WHERE account_id = :account AND collection_id IN :values"
        with self._db.read() as tx:
            found = tx.within(sql, [one.id for one in collections], account=actor.account_id)
        return {row.collection_id for row in found}

    def let_go(self, payload: Mapping[str, Any]) -> None:
        """Delete what an account owned which was closed, and its votes: the job `account.closed {account_id}`.

        May be repeated.
        """
        with self._db.read() as tx:
            left = rows.of_owner(tx, SYSTEM, str(payload["account_id"]))
        for one in left:
            with suppress(NotFound):  # somebody else has deleted it meanwhile
                Editor(self._db, SYSTEM, one, self._clock).delete()
        with self._db.write() as tx:
            who = str(payload["account_id"])
            votes = tx.all("SELECT collection_id FROM collections_upvote WHERE account_id = :who ORDER BY 1", who=who)
            for row in votes:
                sql = "DELETE FROM collections_upvote WHERE collection_id = :id AND account_id = :who"
                gone = tx.run(sql, id=row.collection_id, who=who).rowcount
                sql = "UPDATE collections_collection SET upvotes = upvotes - :gone WHERE id = :id"
                tx.run(sql, id=row.collection_id, gone=gone)
            if votes:
                record(tx, SYSTEM, "collection.unvote", who, closed=True, collections=len(votes))


def _insert(tx: Transaction, made: Collection) -> None:
    key = made.title.casefold()
    taken = tx.first(
        f"SELECT {rows.COLUMNS} FROM collections_collection c WHERE c.owner_id = :owner AND c.title_key = :key",
        owner=made.owner_id,
        key=key,
    )
    if taken is not None:
        raise CollectionExists(rows.collection_of(taken).slug)
    row = tx.first(
        "SELECT count(*) AS many, COALESCE(max(place), -1) AS last FROM collections_collection WHERE owner_id = :owner",
        owner=made.owner_id,
    )
    if row is not None and row.many >= MAX_COLLECTIONS:
        raise Invalid(f"{made.namespace} has {MAX_COLLECTIONS} collections, and that is the most. Delete one first.")
    tx.run(
        "INSERT INTO collections_collection (id, owner_id, namespace, title, title_key, description, visibility, theme,"
        " place, created_at, updated_at) VALUES (:id, :owner, :namespace, :title, :key, :description, :visibility,"
        " :theme, :place, :now, :now)",
        id=made.id, owner=made.owner_id, namespace=made.namespace, title=made.title, key=key,
        description=made.description, visibility=made.visibility, theme=made.theme, now=made.created_at,
        place=row.last + 1 if row is not None else 0,
    )  # fmt: skip
