"""Suggestions while somebody types: repositories, accounts and collections by name, as far as the caller may see."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.asgi.urls import avatar_url, path_url
from freehold.base.errors import Invalid
from freehold.base.ids import GIT_KINDS
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.relations import Known, Relations
from freehold.core.catalog.asking import Asked, query_of, read
from freehold.core.catalog.catalog import Catalog
from freehold.features.collections.collection import Collection
from freehold.features.collections.collections import Collections
from freehold.features.collections.rows import Wanted
from freehold.protocols.hub.answer import json, several
from freehold.wire.hub import quicksearch as wire

DEFAULT, MOST = 4, 20


@dataclass(frozen=True, slots=True)
class QuickSearch:
    """`GET /api/quicksearch?q=…&type=…&limit=…`."""

    catalog: Catalog
    relations: Relations
    collections: Collections

    def search(self, request: Request) -> Response:
        """The best few of every kind that was asked for; nothing without words."""
        actor, said = identity(request), read(request.query_params.get("q", "")[: wire.LONGEST])
        most = paging.limit(request, DEFAULT, MOST)
        asked = several(request, "type") or list(wire.KINDS)
        if unknown := set(asked) - set(wire.KINDS):
            raise Invalid(f"type is one of {', '.join(wire.KINDS)}; not {min(unknown)[:50]!r}.")
        found = {f"{kind}s": self._of(request, actor, kind, said, most) if said != Asked() else [] for kind in asked}
        return json(wire.Found(**found))

    def _of(self, request: Request, actor: Actor, kind: str, said: Asked, most: int) -> list[Any]:
        if kind == "collection":
            shown = self.collections.list(actor, Wanted(limit=most, search=said.words)) if said.words else []
            return [_collection(request, one.collection) for one in shown]
        if kind in ("user", "org"):
            return [_account(request, one) for one in self.relations.find(kind, said.words, most)]
        query = query_of(said, most)
        of_kind = next(one for one in GIT_KINDS if one.value == kind)
        return [
            wire.FoundRepo(
                line.repo.id,
                line.repo.repo_id.full,
                path_url(request, line.repo.repo_id.path),
                line.popularity.downloads,
                line.popularity.likes,
                line.repo.private,
            )
            for line in self.catalog.list(actor, of_kind, query)
        ]


def _account(request: Request, one: Known) -> wire.FoundAccount:
    named = {"user": one.name} if one.kind == "user" else {"name": one.name}
    picture, url = avatar_url(request, one.name), path_url(request, one.name)
    return wire.FoundAccount(one.id, one.full_name or one.name, picture, url, **named)


def _collection(request: Request, one: Collection) -> wire.FoundCollection:
    return wire.FoundCollection(one.slug, one.title, path_url(request, f"collections/{one.slug}"), one.namespace)
