"""Who the caller is."""

from dataclasses import dataclass

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.urls import avatar_url
from freehold.base.clock import iso
from freehold.base.errors import BadCredentials
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.accounts.scope import Scope
from freehold.core.accounts.tokens import INVALID, Tokens
from freehold.protocols.hub.answer import json
from freehold.wire.hub import models

NOBODY = "Invalid username or password. Send a token in the Authorization header."


@dataclass(frozen=True, slots=True)
class WhoAmI:
    """`GET /api/whoami-v2`."""

    people: People
    tokens: Tokens

    def whoami(self, request: Request) -> Response:
        """The account, its organisations, and the token that was used."""
        actor = identity(request)
        account = self.people.by_id(actor.account_id) if actor.account_id is not None else None
        if account is None:
            raise BadCredentials(NOBODY)
        return json(
            models.WhoAmI(
                type="user",
                id=account.id,
                name=account.name,
                fullname=account.full_name or account.name,
                email=account.email,
                email_verified=False,
                can_pay=False,
                is_pro=False,
                avatar_url=avatar_url(request, account.name),
                orgs=[
                    models.OrgMembership(
                        org.name,
                        org.full_name or org.name,
                        org.id,
                        org.role,
                        avatar_url=avatar_url(request, org.name),
                    )
                    for org in self.people.orgs_of(account.id)
                ],
                auth=self._auth(actor),
            )
        )

    def _auth(self, actor: Actor) -> models.Auth:
        if actor.token_id is None:
            return models.Auth("session")
        token = self.tokens.by_id(actor.token_id)
        if token is None:
            raise BadCredentials(INVALID)  # revoked at this very moment
        fine = UNSET if token.scope is None else _fine_grained(token.scope)
        return models.Auth("access_token", models.AccessToken(token.name, token.role, iso(token.created_at), fine))


def _fine_grained(scope: Scope) -> models.FineGrained:
    scoped = [
        models.ScopedPermissions(
            models.ScopedEntity(part.entity.id, part.entity.kind, part.entity.name), sorted(part.permissions)
        )
        for part in scope.parts
    ]
    return models.FineGrained(scope.reads_gated, sorted(scope.everywhere), scoped)
