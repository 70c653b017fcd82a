"""The endpoints of LFS: batch and verify beside the repository, contents under signed links."""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bytes import receive_into, send
from freehold.asgi.identity import identity, pass_in
from freehold.asgi.urls import base_url
from freehold.base.errors import BadCredentials, Invalid, NotFound
from freehold.base.ids import Sha256
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.core.accounts.keys import Keys
from freehold.core.accounts.people import People
from freehold.core.accounts.tokens import Tokens
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.parts import IncomingPart, join_parts
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter
from freehold.protocols.lfs.answers import document
from freehold.protocols.lfs.batch import Asking, Batches
from freehold.protocols.lfs.grants import DOWNLOAD_S, Grant, Grants, Verb
from freehold.protocols.lfs.opening import open_to_read, open_to_write
from freehold.wire.lfs.batch import parse_batch
from freehold.wire.lfs.transfer import parse_completion, parse_verify


@dataclass(frozen=True, slots=True)
class Callers:
    """Who made a signed link, looked up again when it is used."""

    people: People
    tokens: Tokens
    keys: Keys

    def of(self, grant: Grant) -> Actor:
        """The actor as of now. Raises BadCredentials when the key, token or account is gone."""
        if grant.key_id is not None:
            return self.keys.actor_of(grant.key_id)
        if grant.token_id is not None:
            return self.tokens.actor_of(grant.token_id)
        if grant.account_id is None:
            return ANONYMOUS
        account = self.people.by_id(grant.account_id)
        if account is None or account.disabled:
            raise BadCredentials("The account that this link was made for is closed.")
        return Actor(account.id, account.name, account.is_admin, may_write=True)


class Endpoints:
    """All of them; each returns a response or raises a HubError."""

    def __init__(self, repos: Repos, objects: RepoObjects, callers: Callers, grants: Grants, batches: Batches) -> None:
        self._repos = repos
        self._objects = objects
        self._callers = callers
        self._grants = grants
        self._batches = batches

    def batch(self, request: Request, body: bytes) -> Response:
        """`POST ….git/info/lfs/objects/batch`."""
        asked = parse_batch(body)
        actor = identity(request)
        gate = open_to_write if asked.operation == "upload" else open_to_read
        opened = gate(self._repos, request, "objects/batch")
        return document(self._batches.answer(Asking(actor, opened.repo, base_url(request), pass_in(request)), asked))

    def verify(self, request: Request, body: bytes) -> Response:
        """`POST ….git/info/lfs/objects/verify`: 200 if the repository really holds the content."""
        opened = open_to_write(self._repos, request, "objects/verify")
        named = parse_verify(body)
        held = self._objects.has(opened.repo, Sha256(named.oid))
        if held is None:
            raise NotFound("This repository does not hold this object. Upload it again.")
        if held.size != named.size:
            raise Invalid(f"This object has {held.size} bytes, not {named.size}.")
        return document({})

    async def put(self, request: Request) -> Response:
        """`PUT /api/lfs/{sha256}/content?grant=…`: a whole content."""
        grant, writer = await run_in_threadpool(self._writing, request, "put")
        incoming = await run_in_threadpool(
            Incoming, self._objects, writer.repo, grant.sha256, grant.size, writer.permit
        )
        try:
            await receive_into(request, incoming.write, grant.size)
            await run_in_threadpool(incoming.finish)
        finally:
            await run_in_threadpool(incoming.abort)
        return Response(headers={"ETag": f'"{grant.sha256}"'})

    async def put_part(self, request: Request) -> Response:
        """`PUT /api/lfs/{sha256}/parts/{part}?grant=…`: one part, answered with its entity tag."""
        grant, _ = await run_in_threadpool(self._writing, request, "part")
        if request.path_params["part"] != str(grant.part):
            raise NotFound("This link is for another part of the upload.")
        size = grant.parts[grant.part - 1]
        part = await run_in_threadpool(IncomingPart, self._objects, grant.upload, grant.part, size)
        try:
            await receive_into(request, part.write, size)
            etag = await run_in_threadpool(part.finish)
        finally:
            await run_in_threadpool(part.abort)
        return Response(headers={"ETag": f'"{etag}"'})

    def complete(self, request: Request, body: bytes) -> Response:
        """`POST /api/lfs/{sha256}/complete?grant=…`: join the parts."""
        grant, writer = self._writing(request, "complete")
        if parse_completion(body, len(grant.parts)).oid != grant.sha256:
            raise Invalid("This completes the upload of another object.")
        join_parts(self._objects, writer.repo, grant.upload, grant.sha256, grant.parts, permit=writer.permit)
        return document({})

    async def get(self, request: Request) -> Response:
        """`GET /api/lfs/{sha256}/content?grant=…`: the bytes, ranges included."""
        return await run_in_threadpool(self._get, request)

    def _get(self, request: Request) -> Response:
        grant, repo = self._reading(request)
        headers = {"Cache-Control": "private, no-store"}
        return send(
            request, partial(self._objects.locate, repo, grant.sha256), grant.size, etag=grant.sha256, headers=headers
        )

    def _reading(self, request: Request) -> tuple[Grant, Repo]:
        """What the link lets its maker fetch, if they still may."""
        grant, actor = self._granted(request, "get")
        made = (grant.expires - DOWNLOAD_S) * 1_000_000
        reader = self._repos.by_row_id(actor, grant.repo_id, since=made)
        reader.require_content()
        reader.fetched("lfs", grant.sha256)
        return grant, reader.repo

    def _writing(self, request: Request, verb: Verb) -> tuple[Grant, RepoWriter]:
        """What the link lets its maker send, if they still may."""
        grant, actor = self._granted(request, verb)
        return grant, self._repos.proposer(actor, self._repos.by_row_id(actor, grant.repo_id).repo.repo_id)

    def _granted(self, request: Request, verb: Verb) -> tuple[Grant, Actor]:
        grant = self._grants.check(request.query_params.get("grant", ""), verb, request.path_params["sha256"])
        return grant, self._callers.of(grant)
