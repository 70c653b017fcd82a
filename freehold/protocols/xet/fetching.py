"""Bytes of xorbs, for whoever holds a link to exactly these."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from freehold.asgi.bytes import send_pieces
from freehold.base.errors import Forbidden, Invalid
from freehold.base.streams import Elsewhere, Made
from freehold.protocols.xet.entrance import Entrance
from freehold.protocols.xet.ranges import asked_range
from freehold.protocols.xet.signing import LINK_S, STORE_S
from freehold.stores.blobs.key import BlobKey
from freehold.stores.blobs.store import BlobStore


@dataclass(frozen=True, slots=True)
class Fetching:
    """`GET /v1/fetch/{key}?range=…&until=…&signature=…&holder=…`; no other credential is asked for.

    A link names its holder, who must still be let in when it is used. Where clients reach the store, it leads on to
    the store's own link, which lives for a minute; bytes of gated repositories pass through the hub.
    """

    blobs: BlobStore
    entrance: Entrance

    def fetch(self, request: Request) -> Response:
        """The asked bytes, if they lie in the range that the link was made for. Raises Forbidden."""
        query = request.query_params
        try:
            key = BlobKey(request.path_params["key"])
        except Invalid:
            raise Forbidden("This link was changed. Ask for the reconstruction again.") from None
        first, stop = self.entrance.signer.check_link(key, query)
        repo = self.entrance.holding(query.get("holder", ""))
        if request.headers.get("range") is None:
            raise Forbidden(f"This link opens bytes {first} to {stop - 1}. Ask for them in a Range header.")
        start, end = asked_range(request, stop)
        if start < first:
            raise Forbidden(f"This link opens bytes {first} to {stop - 1} only.")
        cache = "private, no-store" if repo.gated else f"private, immutable, max-age={LINK_S}"
        # A script of another site asks the hub alone: the store may not let it read what it answers.
        if not repo.gated and "origin" not in request.headers:
            elsewhere = self.blobs.sign_get(key, start, end, STORE_S)
            if elsewhere is not None:
                return RedirectResponse(elsewhere, 302, headers={"cache-control": "private, no-store"})
        located = self.blobs.locate(key, start, end)
        if isinstance(located, Elsewhere):
            # The store's URL would open the whole xorb; this link opens a part of it.
            located = Made(end - start, located.pieces)
        headers = {
            "content-range": f"bytes {start}-{end - 1}/*",
            "content-type": "application/octet-stream",
            "cache-control": cache,
            "accept-ranges": "bytes",
        }
        return send_pieces(located, headers, 206)
