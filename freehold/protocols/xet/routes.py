"""The table of contents of the Xet protocol: the token endpoints of the Hub's API, and the CAS."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import taking_bytes
from freehold.asgi.bytes import receive_into
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import NotBuilt
from freehold.base.ids import GIT_KINDS
from freehold.core.repos.large import RepoObjects
from freehold.protocols.xet.chunks import Chunks
from freehold.protocols.xet.entrance import Entrance
from freehold.protocols.xet.fetching import Fetching
from freehold.protocols.xet.reconstructions import Reconstructions
from freehold.protocols.xet.shards import ShardEndpoints
from freehold.protocols.xet.tokens import TokenEndpoints
from freehold.protocols.xet.uploads import Uploads
from freehold.stores.xet.store import XetStore

_SMALL_BODY = 64 << 10
_TELEMETRY_BODY = 1 << 20
_PREFIXES = ("default", "default-merkledb")


def routes(tokens: TokenEndpoints, entrance: Entrance, objects: RepoObjects, xet: XetStore) -> list[Route]:
    """Every route."""
    return [*_tokens(tokens), *cas_routes(entrance, objects, xet)]


def cas_routes(entrance: Entrance, objects: RepoObjects, xet: XetStore) -> list[Route]:
    """The CAS alone."""
    reconstructions = Reconstructions(entrance, xet)
    uploads, shards = Uploads(entrance, xet.xorbs, objects), ShardEndpoints(entrance, objects, xet)
    return [
        _cas("GET", "/v2/reconstructions/{file:seg}", reconstructions.v2),
        _cas("GET", "/v1/reconstructions/{file:seg}", reconstructions.v1),
        _cas("GET", "/v1/reconstructions", reconstructions.batch),
        _cas("POST", "/v1/reconstructions", taking_bytes(reconstructions.batch_of, _SMALL_BODY)),
        _cas("GET", "/v1/fetch/{key:rest}", Fetching(objects.blobs, entrance).fetch),
        *[_cas("GET", f"/v1/chunks/{prefix}/{{chunk:seg}}", Chunks(entrance, xet.dedup).known) for prefix in _PREFIXES],
        *[
            _cas("POST", f"/v1/xorb-grants/{prefix}/{{xorb:seg}}", taking_bytes(uploads.ask, _SMALL_BODY))
            for prefix in _PREFIXES
        ],
        _cas("PUT", "/v1/granted", uploads.put),
        *[
            _cas("POST", f"/v1/xorb-commits/{prefix}/{{xorb:seg}}/grant/{{grant:seg}}", uploads.commit)
            for prefix in _PREFIXES
        ],
        *[_cas("POST", f"/v1/xorbs/{prefix}/{{xorb:seg}}", uploads.post) for prefix in _PREFIXES],
        _cas("POST", "/v1/shards", shards.v1),
        _cas("POST", "/v2/shards", shards.v2),
        _cas("GET", "/v2/file-chunk-hashes/{file:seg}", _file_chunk_hashes, Need.NOTHING),
        _cas("POST", "/v1/telemetry", _telemetry, Need.NOTHING),
        # hf-xet 1.8.0 drops the path of the CAS address here
        Route("/v1/telemetry", _telemetry, needs=Need.NOTHING, methods=["POST"]),
    ]


def _tokens(token: TokenEndpoints) -> list[Route]:
    bucket = "/api/buckets/{ns:seg}/{name:seg}"
    return [
        Route(f"{bucket}/xet-read-token", token.read_bucket, needs=Need.CONTENT, methods=["GET"]),
        Route(f"{bucket}/xet-write-token", token.write_bucket, needs=Need.WRITE, methods=["GET"]),
    ] + [
        Route(
            f"/api/{kind.plural}/{{ns:seg}}/{{name:seg}}/xet-{verb}-token/{{rev:seg}}",
            asked,
            needs=need,
            methods=["GET"],
        )
        for kind in GIT_KINDS
        for verb, need, asked in (("read", Need.CONTENT, token.read), ("write", Need.PROPOSE, token.write))
    ]


def _cas(method: str, path: str, endpoint: Callable[..., object], needs: Need = Need.LINK) -> Route:
    """A door of the CAS; all but two ask for the ticket that a token endpoint handed out."""
    return Route(f"/xet/{{domain:seg}}{path}", endpoint, needs=needs, methods=[method])


def _file_chunk_hashes(_request: Request) -> Response:
    raise NotBuilt("This hub does not tell chunk hashes of stored files: they would prove possession. Upload the file.")


async def _telemetry(request: Request) -> Response:
    """Clients send figures about their transfers; they are read and dropped."""
    await receive_into(request, lambda _piece: None, _TELEMETRY_BODY)
    return Response(status_code=204)
