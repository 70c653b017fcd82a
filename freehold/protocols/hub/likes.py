"""Likes: given to repositories, and listed by repository and by person."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.identity import identity
from freehold.base.clock import iso
from freehold.core.accounts.relations import Relations
from freehold.core.catalog.catalog import Catalog
from freehold.core.catalog.likes import FIRST
from freehold.protocols.hub.accounts import account_line, known_user
from freehold.protocols.hub.answer import json, page
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.repositories import signed_in
from freehold.wire.hub import accounts as wire

PAGE = 100


@dataclass(frozen=True, slots=True)
class LikeEndpoints:
    """Endpoints of likes."""

    gate: Gate
    catalog: Catalog
    relations: Relations

    def like(self, request: Request) -> Response:
        """`POST|DELETE /api/{type}s/{id}/like`."""
        reader = self.gate.reader(request)
        signed_in(request)
        self.catalog.likes.set(reader, likes=request.method == "POST")
        return json({})

    def likers(self, request: Request) -> Response:
        """`GET /api/{type}s/{id}/likers`, newest first, in pages."""
        reader = self.gate.reader(request)
        most = paging.limit(request, PAGE)
        found = self.catalog.likes.likers(reader, paging.cursor(request, paging.Mark) or FIRST, most + 1)
        shown = found[:most]
        accounts = self.relations.known([liker.account_id for liker in shown])
        followed = self.relations.followed_among(reader.actor, list(accounts))
        lines = [
            account_line(request, accounts[liker.account_id], is_following=liker.account_id in followed)
            for liker in shown
            if liker.account_id in accounts
        ]
        return page(lines, paging.next_link(request, shown[-1].mark) if len(found) > most else None)

    def liked(self, request: Request) -> Response:
        """`GET /api/users/{user}/likes`: of what the caller may see, newest first, in pages."""
        account = known_user(self.relations, request)
        most = paging.limit(request, PAGE)
        after = paging.cursor(request, paging.Mark) or FIRST
        found = self.catalog.likes.liked(identity(request), account.id, after, most + 1)
        shown = found[:most]
        lines = [
            wire.LikeLine(iso(like.at), wire.LikedRepo(like.repo.repo_id.full, like.repo.kind.value)) for like in shown
        ]
        return page(lines, paging.next_link(request, shown[-1].mark) if len(found) > most else None)
