"""Where clients learn the address of the CAS and get their access token, in the body and in headers."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from freehold.asgi.identity import identity
from freehold.asgi.networks import network_of
from freehold.asgi.routing import raw_path
from freehold.asgi.urls import base_url
from freehold.base.errors import Moved
from freehold.base.ids import RepoId, RepoKind, new_id
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.protocols.xet.entrance import NOBODY, Entrance
from freehold.protocols.xet.signing import TOKEN_S, Access, Scope, Signer

_KINDS = {kind.plural: kind for kind in RepoKind}


@dataclass(frozen=True, slots=True)
class TokenEndpoints:
    """`GET /api/{type}s/{id}/xet-read-token/{rev}` and `…/xet-write-token/{rev}`; of buckets without a revision."""

    entrance: Entrance
    counted: Callable[[RepoReader, str], None] = lambda _reader, _address: None
    """Told who is about to fetch what they have announced, and from which network."""

    def read(self, request: Request) -> Response:
        """For somebody who may read the repository."""
        actor = identity(request)
        try:
            reader = self.entrance.repos.reader(actor, _address(request))
        except Moved as moved:
            raise _moved(request, moved) from None
        reader.require_content()
        reader.revision(request.path_params["rev"])
        if request.headers.get("x-hf-download-counter") == "1":
            # Files of a listing are fetched without asking for each, so this alone tells of the download.
            self.counted(reader, network_of(request))
        return self._answer(request, actor, reader.repo, "read", proposes=False)

    def write(self, request: Request) -> Response:
        """For somebody who may write it, or with `create_pr=1` (then `rev` may be `None`) open a pull request."""
        actor, rev = identity(request), request.path_params["rev"]
        proposes = request.query_params.get("create_pr") in {"1", "true"} or rev.startswith("refs/pr/")
        try:
            gate = self.entrance.repos.proposer if proposes else self.entrance.repos.writer
            writer = gate(actor, _address(request))
        except Moved as moved:
            raise _moved(request, moved) from None
        if not proposes:
            writer.revision(rev)
        return self._answer(request, actor, writer.repo, "write", proposes=proposes)

    def ticket(self, actor: Actor, repo: Repo, base: str) -> "Ticket":
        """For an upload that git-lfs has announced, by somebody who may write the repository or propose to it."""
        proposes = self.entrance.repos.by_row_id(actor, repo.id).right < Right.WRITE
        access = self._access(actor, repo, "main", "write", proposes=proposes)
        headers = _headers(self._cas_url(actor, base), access, self.entrance.signer)
        place = f"{base}/api/{repo.kind.plural}/{quote(repo.repo_id.full)}/xet-write-token/main"
        return Ticket(f"{place}?create_pr=1" if proposes else place, headers | {"X-Xet-Session-Id": new_id()})

    def read_bucket(self, request: Request) -> Response:
        """For somebody who may read the bucket."""
        actor = identity(request)
        try:
            bucket = self.entrance.repos.buckets.reader(actor, _address(request))
        except Moved as moved:
            raise _moved(request, moved) from None
        bucket.require_content()
        return self._answer(request, actor, bucket.repo, "read", proposes=False)

    def write_bucket(self, request: Request) -> Response:
        """For somebody who may change the bucket."""
        actor = identity(request)
        try:
            bucket = self.entrance.repos.buckets.writer(actor, _address(request))
        except Moved as moved:
            raise _moved(request, moved) from None
        return self._answer(request, actor, bucket.repo, "write", proposes=False)

    def _answer(self, request: Request, actor: Actor, repo: Repo, scope: Scope, *, proposes: bool) -> Response:
        access = self._access(actor, repo, request.path_params.get("rev", ""), scope, proposes=proposes)
        return token_response(self._cas_url(actor, base_url(request)), access, self.entrance.signer)

    def _access(self, actor: Actor, repo: Repo, ref: str, scope: Scope, *, proposes: bool) -> Access:
        expires, owner = self.entrance.signer.now_s() + TOKEN_S, repo.owner_id
        who, key_id = actor.account_id, actor.key_id
        return Access(scope, repo.id, ref, who, actor.token_id, expires, proposes, owner_id=owner, key_id=key_id)

    def _cas_url(self, actor: Actor, base: str) -> str:
        return f"{base}{cas_path(self.entrance.people, actor.principal)}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets a transfer agent of git-lfs upload by Xet: where it gets its next token, and the first in headers."""

    href: str
    headers: dict[str, str]


def cas_path(people: People, principal: str | None) -> str:
    """The path of the CAS as one account or deploy key sees it.

    Clients keep a cache of known chunks for each address: an address of one's own keeps a person's cache from
    naming another's xorbs, and a new epoch makes that person's clients forget it.
    """
    return f"/xet/{principal}-e{people.xet_epoch(principal)}" if principal else f"/xet/{NOBODY}-e1"


def token_response(url: str, access: Access, signer: Signer) -> Response:
    """The token in the body, for the native part of the client, and in headers, for its Python part."""
    headers = _headers(url, access, signer)
    body = {"casUrl": url, "accessToken": headers["X-Xet-Access-Token"], "exp": access.expires}
    return JSONResponse(body, headers=headers | {"Cache-Control": "no-store"})


def _headers(url: str, access: Access, signer: Signer) -> dict[str, str]:
    return {
        "X-Xet-Cas-Url": url,
        "X-Xet-Access-Token": signer.sign(access),
        "X-Xet-Token-Expiration": str(access.expires),
    }


def _address(request: Request) -> RepoId:
    kind = _KINDS[raw_path(request.scope).split("/")[2]]
    return RepoId(kind, request.path_params["ns"], request.path_params["name"])


def _moved(request: Request, moved: Moved) -> Moved:
    """The same endpoint of the repository's new address."""
    segments = raw_path(request.scope).split("/")
    new = [quote(part) for part in moved.to.strip("/").split("/")[-2:]]
    query = f"?{request.url.query}" if request.url.query else ""
    return Moved("/".join([*segments[1:3], *new, *segments[5:]]) + query)
