"""A repository's settings, the caller's rights to it, and what a namespace stores."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.base.clock import iso
from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.repos.repo import Repo
from freehold.protocols.hub.answer import json, page
from freehold.protocols.hub.gate import Gate, kind_of
from freehold.protocols.hub.repositories import signed_in, wanted_visibility
from freehold.wire.hub import models
from freehold.wire.hub.requests import UpdateSettings


@dataclass(frozen=True, slots=True)
class SettingsEndpoints:
    """Endpoints about settings and rights."""

    gate: Gate
    people: People

    def update(self, request: Request, body: UpdateSettings) -> Response:
        """`PUT /settings`; at once visible to everyone."""
        admin = self.gate.admin(request)
        visibility = wanted_visibility(kind_of(request), body.visibility, private=body.private)
        gated = None if body.gated is UNSET else (body.gated or "")
        if visibility is None and gated is None:
            raise Invalid("Send at least one setting: visibility or gated.")
        repo = admin.update(visibility=visibility, gated=gated)
        said = {"visibility": repo.visibility, "private": repo.private, "gated": repo.gated or False}
        return json(said)

    def may_read(self, request: Request) -> Response:
        """`GET /auth-check`: whether the caller may download, and if not, why."""
        self.gate.reader(request).require_content()
        return json({})

    def may_write(self, request: Request) -> Response:
        """`GET /auth-check/write`."""
        self.gate.writer(request)
        return json({})

    def own_repositories(self, request: Request) -> Response:
        """`GET /api/settings/repositories`."""
        actor = signed_in(request)
        return self._stored(request, actor, str(actor.account_id))

    def org_repositories(self, request: Request) -> Response:
        """`GET /api/organizations/{org}/settings/repositories`, for members."""
        actor = signed_in(request)
        org = self.people.by_name(request.path_params["org"])
        if org is None or org.kind != "org":
            raise NotFound("There is no organisation of this name.")
        member = any(one.id == org.id for one in self.people.orgs_of(str(actor.account_id)))
        if not (member or actor.is_admin):
            raise Forbidden("Only members of the organisation may see what it stores.")
        return self._stored(request, actor, org.id)

    def _stored(self, request: Request, actor: Actor, owner_id: str) -> Response:
        repos = sorted(self.gate.repos.owned_by(actor, owner_id), key=lambda repo: repo.id)
        total = sum(repo.logical_bytes for repo in repos)
        after = paging.cursor(request)
        most = paging.limit(request, paging.MAX_LIMIT)
        rest: Sequence[Repo] = [repo for repo in repos if after is None or repo.id > after]
        link = paging.next_link(request, rest[most - 1].id) if len(rest) > most else None
        return page([_storage(repo, total) for repo in rest[:most]], link)


def _storage(repo: Repo, total: int) -> models.RepoStorage:
    return models.RepoStorage(
        id=repo.repo_id.full,
        type=repo.kind,
        updated_at=iso(repo.updated_at),
        visibility=repo.visibility,
        storage=repo.logical_bytes,
        storage_percent=100 * repo.logical_bytes / total if total else 0.0,
    )
