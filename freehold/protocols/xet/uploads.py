"""Xorbs on their way in: by a grant, one signed PUT and a commit, or by one POST; verified while they stream."""

from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from freehold.asgi.bytes import receive_into
from freehold.asgi.urls import base_url
from freehold.base.errors import Invalid, NotFound, TooLarge
from freehold.base.ids import new_id
from freehold.core.repos.large import RepoObjects
from freehold.protocols.xet.entrance import Entrance, Uploader, xet_hash
from freehold.protocols.xet.signing import GRANT_S, UploadGrant
from freehold.stores.xet.xorbs import Home, IncomingXorb, Xorbs
from freehold.wire.xet.xorb import MAX_STORED

MAX_BODY = MAX_STORED + (2 << 20)
"""A xorb and the footer that older clients send after it."""


class _Asked(msgspec.Struct):
    """The body of a grant request; the checksum is not needed, since every chunk is hashed anyway."""

    length: int


@dataclass(frozen=True, slots=True)
class Uploads:
    """`POST /v1/xorb-grants/…`, the `PUT` it allows, `POST /v1/xorb-commits/…`, and `POST /v1/xorbs/…`."""

    entrance: Entrance
    xorbs: Xorbs
    objects: RepoObjects

    def ask(self, request: Request, body: bytes) -> Response:
        """Where to send the xorb (201), or that this account has sent it before (200).

        That another account has is never told: who wants to build on a xorb must show its bytes.
        """
        uploader, xorb = self.entrance.uploader(request), xet_hash(request.path_params["xorb"])
        try:
            length = msgspec.json.decode(body, type=_Asked).length
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Invalid(f'The body must be an object such as {{"length": 1234}}: {error}') from None
        if not 0 < length <= MAX_BODY:
            raise TooLarge(f"A xorb has at most {MAX_BODY} bytes, not {length}.")
        if self.xorbs.renew(uploader.account_id, xorb):
            return JSONResponse({"exists": True})
        self._demand_room(uploader, length)
        signer, home = self.entrance.signer, uploader.home
        expires = signer.now_s() + GRANT_S
        who, token_id, key_id = uploader.account_id, uploader.token_id, uploader.key_id
        grant = signer.sign(UploadGrant(xorb, who, length, expires, home.owner_id, home.repo_id, token_id, key_id))
        # The grant is a secret, so it goes into the query, which is not logged; the id means nothing.
        url = f"{base_url(request)}/xet/{request.path_params['domain']}/v1/granted?grant={grant}"
        return JSONResponse({"id": new_id(), "method": "PUT", "url": url, "headers": {}}, 201)

    async def put(self, request: Request) -> Response:
        """The xorb that a grant allows. Raises Forbidden or Invalid, upon which clients ask for a new grant."""
        grant = await run_in_threadpool(self.entrance.granted, request.query_params.get("grant", ""))
        home = Home(grant.owner_id, grant.repo_id)
        incoming = self.xorbs.receive(grant.xorb, grant.account_id, home)
        inserted = await self._receive(request, incoming, grant.length)
        return JSONResponse({"was_inserted": inserted})

    def commit(self, request: Request) -> Response:
        """The client's last word on a grant. A xorb that did not arrive is NotFound: it is sent again."""
        uploader, xorb = self.entrance.uploader(request), xet_hash(request.path_params["xorb"])
        if not self.xorbs.held_by(uploader.account_id, xorb):
            raise NotFound("The xorb has not arrived. Ask for a new grant and send it again.")
        return JSONResponse({"committed": True})

    async def post(self, request: Request) -> Response:
        """A xorb without a grant."""
        uploader = await run_in_threadpool(self.entrance.uploader, request)
        await run_in_threadpool(self._demand_room, uploader, int(request.headers.get("content-length", "0")))
        xorb = xet_hash(request.path_params["xorb"])
        incoming = self.xorbs.receive(xorb, uploader.account_id, uploader.home)
        inserted = await self._receive(request, incoming, None)
        return JSONResponse({"was_inserted": inserted})

    def _demand_room(self, uploader: Uploader, length: int) -> None:
        """Raise QuotaExceeded for an account that goes on uploading what it does not make files of."""
        if not uploader.system:
            self.objects.check_unlinked(uploader.account_id, length)

    async def _receive(self, request: Request, incoming: IncomingXorb, length: int | None) -> bool:
        with incoming:
            received = await receive_into(request, incoming.feed, MAX_BODY)
            if length is not None and received != length:
                raise Invalid(f"The grant was for {length} bytes, but {received} came. Ask for a new one.")
            return await run_in_threadpool(incoming.finish)
