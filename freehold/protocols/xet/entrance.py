"""From a CAS request to the person and the repository that its access token stands for."""

from dataclasses import dataclass

from msgspec.structs import replace
from starlette.requests import Request

from freehold.asgi.identity import ACTOR_KEY, token_in
from freehold.base.errors import BadCredentials, Forbidden, Gated, Invalid, RepoNotFound
from freehold.base.ids import XetHash, is_digest
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM, Actor
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.people import People
from freehold.core.accounts.tokens import Tokens
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.permit import Permit
from freehold.core.repos.readable import readable_ids
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.protocols.xet.signing import TOKEN_S, Access, Signer, UploadGrant
from freehold.stores.xet.access import Caller
from freehold.stores.xet.xorbs import Home

NOBODY = "anon"
"""Stands in addresses for those who have not signed in."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Checks access tokens. Asks the database, so call it from a worker thread."""

    repos: Repos
    people: People
    tokens: Tokens
    keys: Keys
    signer: Signer

    def reader(self, request: Request) -> "Visit":
        """A visit to the token's repository; raises BadCredentials, Forbidden or RepoNotFound."""
        access = self._access(request)
        visit = self._visit(access, access.expires - TOKEN_S)
        request.scope[ACTOR_KEY] = visit.actor  # for the log, and for whoever counts requests
        return visit

    def holding(self, text: str) -> Repo:
        """The repository that a link is about. Raises Forbidden unless its holder may still have what is in it."""
        holder = self.signer.holder(text)
        access = Access("read", holder.repo_id, "", holder.account_id, holder.token_id, holder.expires)
        try:
            visit = self._visit(replace(access, system=holder.system, key_id=holder.key_id), holder.made or None)
            visit.repo.require_content()
        except (BadCredentials, RepoNotFound, Gated) as error:
            raise Forbidden(f"This link opens nothing any more. {error.message}") from error
        return visit.repo.repo

    def _visit(self, access: Access, made: int | None = None) -> "Visit":
        actor = self._actor(access)
        since = None if made is None else made * 1_000_000
        admitted = self.repos.admit_by_row_id(SYSTEM if access.system else actor, access.repo_id, since=since)
        return Visit(access, actor, admitted)

    def writer(self, request: Request) -> "Visit":
        """The same, for somebody who may still write there; raises Forbidden for a token that only reads."""
        self.uploader(request)
        visit = self.reader(request)
        if not visit.access.system and visit.repo.right < visit.permit.least:
            raise Forbidden("You may no longer upload to this repository.")
        return visit

    def uploader(self, request: Request) -> "Uploader":
        """Who uploads by a write token, if their credential holds still: on their right the shard decides."""
        access = self._access(request)
        if access.scope != "write" or access.principal is None:
            raise Forbidden("This access token only reads. Ask for a write token.")
        self._actor(access)
        home = Home(access.owner_id or access.principal, access.repo_id)
        return Uploader(access.principal, home, access.system, access.token_id, access.key_id)

    def granted(self, text: str) -> UploadGrant:
        """What a link to send a xorb allows. Raises Forbidden, and BadCredentials once its credential has ended."""
        grant = self.signer.grant(text)
        access = Access("write", grant.repo_id, "", grant.account_id, grant.token_id, grant.expires)
        self._actor(replace(access, key_id=grant.key_id))
        return grant

    def _access(self, request: Request) -> Access:
        text = token_in(request)
        if text is None:
            raise BadCredentials("An access token is needed. Ask the hub for one.")
        access = self.signer.access(text)
        if request.path_params["domain"].rpartition("-e")[0] != (access.principal or NOBODY):
            raise Forbidden("This address belongs to another account than the access token.")
        return access

    def _actor(self, access: Access) -> Actor:
        """The person as of now: rights that were taken away since the token was given no longer count."""
        if access.key_id is not None:
            return self.keys.actor_of(access.key_id)
        if access.account_id is None:
            return ANONYMOUS
        if access.token_id is not None:
            return self.tokens.actor_of(access.token_id)
        account = self.people.by_id(access.account_id)
        if account is None or account.disabled:
            raise BadCredentials("This account does not exist any more.")
        # The hub acts for an account as that account sees things, so that what it makes shows nothing more.
        admin = account.is_admin and not access.system
        return Actor(account.id, account.name, admin, access.scope == "write")


@dataclass(frozen=True, slots=True)
class Uploader:
    """An account or deploy key that uploads, and what for; `system`: it is the hub that acts for the account."""

    account_id: str
    home: Home
    system: bool
    token_id: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came, with which token, to which repository."""

    access: Access
    actor: Actor
    repo: Admitted

    @property
    def permit(self) -> Permit:
        """What an uploader's right must still come to when the files land."""
        least = Right.PROPOSE if self.access.proposes else Right.WRITE
        return Permit(SYSTEM if self.access.system else self.actor, self.repo.repo.id, least)

    @property
    def caller(self) -> Caller:
        """The same, as the Xet store wants to know it."""
        readable = readable_ids(self.actor)
        return Caller(self.actor.principal or NOBODY, readable.sql, readable.params)


def xet_hash(text: str) -> XetHash:
    """A hash from an address. Raises Invalid."""
    if not is_digest(text):
        raise Invalid(f"Not a Xet hash: {text[:80]!r}. It must be 64 lower-case hexadecimal digits.")
    return XetHash(text)
