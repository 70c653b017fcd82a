"""Repositories as such: making, deleting, moving and duplicating them."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import path_url
from freehold.base.errors import BadCredentials, Conflict, Invalid
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.repos.repo import Repo
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.gate import Gate, address, kind_of, named_in_body, spliced
from freehold.wire.hub import models
from freehold.wire.hub.requests import CreateRepo, DeleteRepo, Duplicate, MoveRepo, Visibility

SIGN_IN = "Sign in to do this: send a token with the role `write` in the Authorization header."


@dataclass(frozen=True, slots=True)
class Repositories:
    """Endpoints that change which repositories there are."""

    gate: Gate

    def create(self, request: Request, body: CreateRepo) -> Response:
        """`POST /api/repos/create`; 409 with the address if it is there already."""
        actor = signed_in(request)
        kind = body.type or RepoKind.MODEL
        wanted = _owned(actor, kind, body.organization, body.name)
        visibility = wanted_visibility(kind, body.visibility, private=body.private)
        try:
            repo = self.gate.repos.create(
                actor, wanted, visibility=visibility, sdk=body.sdk, group=body.resource_group_id
            )
        except Conflict as conflict:
            raise with_url(request, conflict) from conflict
        url = path_url(request, repo.repo_id.path)
        return json(models.RepoCreated(url, repo.id, repo.repo_id.full), headers=_not_kept(body))

    def delete(self, request: Request, body: DeleteRepo) -> Response:
        """`DELETE /api/repos/delete`, with a JSON body."""
        actor = signed_in(request)
        doomed = _owned(actor, body.type or RepoKind.MODEL, body.organization, body.name)
        with named_in_body():
            self.gate.repos.delete(actor, doomed)
        return json({})

    def move(self, request: Request, body: MoveRepo) -> Response:
        """`POST /api/repos/move`; the old address leads to the new one from then on."""
        actor = signed_in(request)
        kind = _kind(body.type)
        try:
            with named_in_body():
                self.gate.repos.move(actor, _full(kind, body.from_repo), _full(kind, body.to_repo))
        except Conflict as conflict:
            raise with_url(request, conflict) from conflict
        return json({})

    def duplicate(self, request: Request, body: Duplicate) -> Response:
        """`POST /api/{type}s/{id}/duplicate`; 409 with the address if it is there already."""
        actor = signed_in(request)
        kind = kind_of(request)
        visibility = wanted_visibility(kind, body.visibility, private=body.private)
        try:
            with spliced(request):
                made: Repo = self.gate.repos.duplicate(
                    actor, address(request), _full(kind, body.repository), visibility, body.resource_group_id
                )
        except Conflict as conflict:
            raise with_url(request, conflict) from conflict
        return json(models.DuplicateCreated(path_url(request, made.repo_id.path)), headers=_not_kept(body))


def _not_kept(body: CreateRepo | Duplicate) -> dict[str, str] | None:
    """A warning, which clients print, about what was sent for running a space: nothing may seem to be kept."""
    sent = [
        name for name in ("hardware", "sleep_time_seconds", "secrets", "variables", "volumes") if getattr(body, name)
    ]
    if not sent:
        return None
    words = ", ".join(sent).replace("_", " ")
    return {"X-HF-Warning": f"spaces; This hub does not run spaces yet, so it did not keep: {words}."}


def signed_in(request: Request) -> Actor:
    """The caller, who must be somebody."""
    actor = identity(request)
    if not actor.signed_in:
        raise BadCredentials(SIGN_IN)
    return actor


def wanted_visibility(kind: RepoKind, visibility: Visibility | None, *, private: bool | None) -> Visibility | None:
    """What the client asks for, in the new form or the old one; None leaves it to the owner's default."""
    if visibility is None and private is not None:
        return "private" if private else "public"
    if visibility == "protected" and kind is not RepoKind.SPACE:
        raise Invalid("Only spaces can be protected. Set the visibility to 'public' or 'private'.")
    return visibility


def _owned(actor: Actor, kind: RepoKind, organization: str | None, name: str) -> RepoId:
    """Old clients may put the namespace into the name."""
    if organization is None and "/" in name:
        return _full(kind, name)
    return RepoId(kind, organization or actor.name, name)


def _full(kind: RepoKind, text: str) -> RepoId:
    namespace, slash, name = text.partition("/")
    if not slash:
        raise Invalid(f"{text[:100]!r} names no owner: write namespace/name.")
    return RepoId(kind, namespace, name)


def _kind(text: str | None) -> RepoKind:
    try:
        return RepoKind(text or "model")
    except ValueError:
        raise Invalid(f"{text!r} is no kind of repository: use one of {', '.join(RepoKind)}.") from None


def owner_of_request(request: Request) -> str:
    """The namespace that the path names; `me` is the caller's own. Raises BadCredentials if that is nobody's."""
    namespace: str = request.path_params["ns"]
    return signed_in(request).name if namespace == "me" else namespace


def with_url(request: Request, conflict: Conflict) -> Conflict:
    """The client parses the address out of the refusal, and accepts only one on the host that it used."""
    return Conflict(conflict.message, path_url(request, conflict.url) if conflict.url is not None else None)
