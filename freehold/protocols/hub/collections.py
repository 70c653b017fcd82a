"""Collections: lists of repositories, papers and other collections, with notes and an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.errors import header_text
from freehold.asgi.identity import identity
from freehold.asgi.urls import avatar_url
from freehold.base.clock import iso
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.relations import Known, Relations
from freehold.features.collections.collection import (
    COLLECTION,
    ITEM_TYPES,
    Changes,
    Collection,
    CollectionExists,
    Item,
    Order,
    Shown,
)
from freehold.features.collections.collections import Collections, Draft
from freehold.features.collections.rows import Wanted
from freehold.protocols.hub.answer import json, page, several
from freehold.protocols.hub.repositories import signed_in
from freehold.wire.hub import collections as wire

PAGE, MOST_IN_PAGE = 20, 100
_TYPE_OF = {f"{kind}s": kind for kind in ITEM_TYPES}


@dataclass(frozen=True, slots=True)
class CollectionEndpoints:
    """Endpoints of collections."""

    collections: Collections
    relations: Relations

    def listing(self, request: Request) -> Response:
        """`GET /api/collections`, each with its first items, in pages."""
        actor = identity(request)
        most = paging.limit(request, PAGE, MOST_IN_PAGE)
        wanted = self._wanted(request, actor, most + 1)
        found = self.collections.list(actor, wanted)
        shown = found[:most]
        link = paging.next_link(request, wanted.mark(shown[-1].collection)) if len(found) > most else None
        return page(self._answers(request, shown), link)

    def show(self, request: Request) -> Response:
        """`GET /api/collections/{slug}`, with every item that the caller may see."""
        actor = identity(request)
        return json(self._whole(request, self.collections.find(actor, _slug(request))))

    def create(self, request: Request, body: wire.CreateCollection) -> Response:
        """`POST /api/collections`; 409 with the slug if there is one of this title."""
        actor = signed_in(request)
        draft = Draft(
            body.namespace or actor.name, body.title, body.description or "", body.private, body.resource_group_id
        )
        try:
            made = self.collections.create(actor, draft)
        except CollectionExists as there:
            return _conflict(there)
        return json(self._whole(request, made))

    def update(self, request: Request, body: wire.UpdateCollection) -> Response:
        """`PATCH /api/collections/{slug}`; the old slug leads to the collection, too."""
        actor = signed_in(request)
        changes = Changes(body.title, body.description, body.private, body.theme, body.position)
        if changes == Changes():
            raise Invalid("Send at least one of title, description, position, private and theme.")
        try:
            changed = self.collections.editor(actor, _slug(request)).update(changes)
        except CollectionExists as there:
            return _conflict(there)
        return json(wire.Updated(self._whole(request, changed)))

    def delete(self, request: Request) -> Response:
        """`DELETE /api/collections/{slug}`."""
        self.collections.editor(signed_in(request), _slug(request)).delete()
        return json({})

    def add(self, request: Request, body: wire.AddItem) -> Response:
        """`POST /api/collections/{slug}/items`; 409 if it is in there."""
        actor = signed_in(request)
        editor = self.collections.editor(actor, _slug(request))
        editor.add(self.collections.target(actor, body.item.type, body.item.id), body.note or "")
        return json(self._whole(request, self.collections.find(actor, editor.collection.slug)))

    def change(self, request: Request, body: wire.UpdateItem) -> Response:
        """`PATCH /api/collections/{slug}/items/{item}`."""
        actor = signed_in(request)
        if body.note is None and body.position is None:
            raise Invalid("Send at least one of note and position.")
        editor = self.collections.editor(actor, _slug(request))
        editor.change(request.path_params["item"], note=body.note, position=body.position)
        return json({})

    def remove(self, request: Request) -> Response:
        """`DELETE /api/collections/{slug}/items/{item}`."""
        self.collections.editor(signed_in(request), _slug(request)).remove(request.path_params["item"])
        return json({})

    def _wanted(self, request: Request, actor: Actor, limit: int) -> Wanted:
        sort = request.query_params.get("sort") or Order.LAST_MODIFIED.value
        if sort not in list(Order):
            raise Invalid(f"sort must be one of {', '.join(Order)}.")
        owners, names = several(request, "owner"), several(request, "item")
        if len(owners) > PAGE or len(names) > PAGE:
            raise Invalid(f"Ask for {PAGE} owners and {PAGE} items at most.")
        items = None if not names else [pair for name in names for pair in self._targets(actor, name)]
        mark = paging.cursor(request, paging.Mark)
        return Wanted(owners, items, Order(sort), mark, limit)

    def _targets(self, actor: Actor, name: str) -> list[tuple[str, str]]:
        """`models/alice/birds` as the item it means; nothing if there is none that the caller may see."""
        plural, _, rest = name.partition("/")
        if plural not in _TYPE_OF:
            raise Invalid(f"item must begin with one of {', '.join(_TYPE_OF)}: models/alice/birds.")
        try:
            return [self.collections.target(actor, _TYPE_OF[plural], rest)]
        except NotFound:
            return []

    def _whole(self, request: Request, collection: Collection) -> wire.CollectionAnswer:
        actor = identity(request)
        [answer] = self._answers(request, [self.collections.show(actor, collection)])
        answer.position = self.collections.position(actor, collection)
        return answer

    def _answers(self, request: Request, lines: Sequence[Shown]) -> list[wire.CollectionAnswer]:
        collections = [shown.collection for shown in lines]
        owners = self.relations.known([one.owner_id for one in collections])
        upvoted = self.collections.upvoted(identity(request), collections)
        return [
            _answer(request, shown, owners.get(shown.collection.owner_id), upvoted=shown.collection.id in upvoted)
            for shown in lines
        ]


def _answer(request: Request, shown: Shown, owner: Known | None, *, upvoted: bool) -> wire.CollectionAnswer:
    collection = shown.collection
    return wire.CollectionAnswer(
        slug=collection.slug,
        title=collection.title,
        owner=wire.Owner(
            collection.owner_id,
            collection.namespace,
            (owner.full_name if owner else "") or collection.namespace,
            avatar_url(request, collection.namespace),
            owner.kind if owner else "user",
        ),
        items=[_item(item) for item in shown.items],
        last_updated=iso(collection.updated_at),
        private=collection.private,
        theme=collection.theme,
        upvotes=collection.upvotes,
        is_upvoted_by_user=upvoted,
        gating=False,
        description=collection.description or UNSET,
    )


def _slug(request: Request) -> str:
    return f"{request.path_params['ns']}/{request.path_params['slug']}"


def _conflict(there: CollectionExists) -> Response:
    """The client reads the slug out of the refusal."""
    body = {"error": there.message, "slug": there.slug}
    return json(body, 409, {"X-Error-Message": header_text(there.message)})


def _item(item: Item) -> wire.ItemAnswer:
    answer = wire.ItemAnswer(item.id, item.target, item.type, item.position)
    if item.note:
        answer.note = wire.Note(item.note, escape(item.note))
    if item.collection is not None and item.type == COLLECTION:
        answer.slug, answer.title = item.collection.slug, item.collection.title
    if item.repo is not None and item.type in list(RepoKind):
        repo = item.repo
        answer.id, answer.author, answer.repo_type = repo.repo_id.full, repo.namespace, repo.kind.value
        answer.private, answer.gated = repo.private, repo.gated or False
        answer.likes, answer.downloads, answer.last_modified = item.likes, item.downloads, iso(repo.updated_at)
    return answer
