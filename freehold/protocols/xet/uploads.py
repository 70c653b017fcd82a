"""Xorbs on their way in: by a grant, one signed PUT and a commit, or by one POST; verified while they stream."""

from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from freehold.asgi.bytes import receive_into
from freehold.asgi.urls import base_url
from freehold.base.errors import Invalid, NotFound, TooLarge
from freehold.base.ids import XetHash, new_id
from freehold.protocols.xet.entrance import Entrance, xet_hash
from freehold.protocols.xet.signing import GRANT_S, UploadGrant
from freehold.stores.xet.xorbs import Xorbs
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

    def ask(self, request: Request, body: bytes) -> Response:
        """Where to send the xorb (201), or that this account has sent it before (200).

        That another account has is never told: who wants to build on a xorb must show its bytes.
        """
        account, xorb = self.entrance.uploader(request), xet_hash(request.path_params["xorb"])
        try:
            length = msgspec.json.decode(body, type=_Asked).length
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Invalid(f'The body must be an object such as {{"length": 1234}}: {error}') from None
        if not 0 < length <= MAX_BODY:
            raise TooLarge(f"A xorb has at most {MAX_BODY} bytes, not {length}.")
        if self.xorbs.held_by(account, xorb):
            return JSONResponse({"exists": True})
        signer = self.entrance.signer
        grant = signer.sign(UploadGrant(xorb, account, length, signer.now_s() + GRANT_S))
        # The grant is a secret, so it goes into the query, which is not logged; the id means nothing.
        url = f"{base_url(request)}/xet/{request.path_params['domain']}/v1/granted?grant={grant}"
        return JSONResponse({"id": new_id(), "method": "PUT", "url": url, "headers": {}}, 201)

    async def put(self, request: Request) -> Response:
        """The xorb that a grant allows. Raises Forbidden or Invalid, upon which clients ask for a new grant."""
        grant = self.entrance.signer.grant(request.query_params.get("grant", ""))
        inserted = await self._receive(request, grant.xorb, grant.account_id, grant.length)
        return JSONResponse({"was_inserted": inserted})

    def commit(self, request: Request) -> Response:
        """The client's last word on a grant. A xorb that did not arrive is NotFound: it is sent again."""
        account, xorb = self.entrance.uploader(request), xet_hash(request.path_params["xorb"])
        if not self.xorbs.held_by(account, xorb):
            raise NotFound("The xorb has not arrived. Ask for a new grant and send it again.")
        return JSONResponse({"committed": True})

    async def post(self, request: Request) -> Response:
        """A xorb without a grant."""
        account = await run_in_threadpool(self.entrance.uploader, request)
        inserted = await self._receive(request, xet_hash(request.path_params["xorb"]), account, None)
        return JSONResponse({"was_inserted": inserted})

    async def _receive(self, request: Request, xorb: XetHash, account: str, length: int | None) -> bool:
        with self.xorbs.receive(xorb, account) as incoming:
            received = await receive_into(request, incoming.feed, MAX_BODY)
            if length is not None and received != length:
                raise Invalid(f"The grant was for {length} bytes, but {received} came. Ask for a new one.")
            return await run_in_threadpool(incoming.finish)
