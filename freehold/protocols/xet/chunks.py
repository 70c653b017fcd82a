"""Questions of clients whether a chunk is here already."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import NotFound
from freehold.protocols.xet.entrance import Entrance, xet_hash
from freehold.stores.xet.dedup import Dedup


@dataclass(frozen=True, slots=True)
class Chunks:
    """`GET /v1/chunks/{prefix}/{chunk}`."""

    entrance: Entrance
    dedup: Dedup

    def known(self, request: Request) -> Response:
        """A shard around the chunk, or NotFound, which clients take as "send it"."""
        visit = self.entrance.reader(request)
        shard = self.dedup.answer(visit.caller, xet_hash(request.path_params["chunk"]))
        if shard is None:
            raise NotFound("No such chunk.")
        return Response(shard, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})
