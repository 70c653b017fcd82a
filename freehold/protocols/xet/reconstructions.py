"""How a file is put together: its chunk ranges, and signed links to the bytes that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.urls import base_url
from freehold.base.errors import Invalid, TooLarge
from freehold.base.ids import XetHash
from freehold.protocols.xet.entrance import Entrance, Visit, xet_hash
from freehold.protocols.xet.ranges import asked_range
from freehold.protocols.xet.signing import TOKEN_S, Holder, Signer
from freehold.stores.xet.files import Part, Reconstruction, Span
from freehold.stores.xet.store import XetStore

_BATCH = 500
_BATCH_BODY = 64 << 10
_END = 1 << 62


class _Wanted(msgspec.Struct):
    """One file of a batch request."""

    hash: str
    prefix: str = "default"


@dataclass(frozen=True, slots=True)
class Reconstructions:
    """`GET /v1|v2/reconstructions/{file}` with a range, and the batch forms of v1."""

    entrance: Entrance
    xet: XetStore

    def v2(self, request: Request) -> Response:
        """Terms, and under `xorbs` one link for each range of bytes."""
        links, plan = self._one(request)
        xorbs = {name: [links.v2(span) for span in spans] for name, spans in plan.spans.items()}
        return _json({"offset_into_first_range": plan.skip, "terms": _terms(plan.parts), "xorbs": xorbs})

    def v1(self, request: Request) -> Response:
        """The same in the older form."""
        links, plan = self._one(request)
        info = {name: [links.v1(span) for span in spans] for name, spans in plan.spans.items()}
        return _json({"offset_into_first_range": plan.skip, "terms": _terms(plan.parts), "fetch_info": info})

    def batch(self, request: Request) -> Response:
        """Several whole files, named in the query."""
        return self._batch(request, request.query_params.getlist("file_id"))

    def batch_of(self, request: Request, body: bytes) -> Response:
        """Several whole files, named in the body."""
        try:
            wanted = msgspec.json.decode(body, type=list[_Wanted])
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Invalid(f'The body must be a list such as [{{"prefix": "default", "hash": "…"}}]: {error}') from None
        return self._batch(request, [item.hash for item in wanted])

    def _one(self, request: Request) -> tuple["_Links", Reconstruction]:
        visit = self._visit(request)
        file = xet_hash(request.path_params["file"])
        size = self.xet.files.size_in(visit.repo.repo.id, file)
        visit.repo.fetched("xet", file)
        start, stop = asked_range(request, size)
        return self._links(request, visit), self.xet.files.reconstruction(file, start, stop)

    def _batch(self, request: Request, hashes: Sequence[str]) -> Response:
        if not 0 < len(hashes) <= _BATCH:
            raise TooLarge(f"A batch names 1 to {_BATCH} files.")
        visit = self._visit(request)
        links = self._links(request, visit)
        plans = {name: self._whole(visit, xet_hash(name)) for name in hashes}
        info: dict[str, dict[tuple[int, int], Any]] = {}
        for plan in plans.values():
            for name, spans in plan.spans.items():
                info.setdefault(name, {}).update({(span.start, span.end): links.v1(span) for span in spans})
        files = {name: _terms(plan.parts) for name, plan in plans.items()}
        return _json({"files": files, "fetch_info": {name: list(found.values()) for name, found in info.items()}})

    def _whole(self, visit: Visit, file: XetHash) -> Reconstruction:
        visit.repo.fetched("xet", file)
        return self.xet.files.reconstruction(file, 0, self.xet.files.size_in(visit.repo.repo.id, file))

    def _visit(self, request: Request) -> Visit:
        visit = self.entrance.reader(request)
        visit.repo.require_content()
        return visit

    def _links(self, request: Request, visit: Visit) -> "_Links":
        signer, access, repo = self.entrance.signer, visit.access, visit.repo.repo
        if repo.gated or repo.private or access.system:
            made = access.expires - TOKEN_S
            whose = Holder(
                repo.id, access.account_id, access.token_id, access.expires, access.system, made, access.key_id
            )
        else:
            whose = Holder(repo.id, None, None, signer.link_until())
        root = f"{base_url(request)}/xet/{request.path_params['domain']}/v1/fetch"
        return _Links(root, signer, signer.sign(whose))


@dataclass(frozen=True, slots=True)
class _Links:
    """Makes the links of one answer; each opens exactly one range."""

    root: str
    signer: Signer
    holder: str

    def url(self, span: Span) -> str:
        """Through this hub, also where clients reach the store: a right that has ended must not live on in a link."""
        key = span.xorb.key
        return f"{self.root}/{key.path}?{self.signer.link(key, span.first, span.stop, self.holder)}"

    def v2(self, span: Span) -> dict[str, Any]:
        """A link with its one range: nobody needs to ask for several ranges at once."""
        return {"url": self.url(span), "ranges": [{"chunks": _chunks(span), "bytes": _bytes(span)}]}

    def v1(self, span: Span) -> dict[str, Any]:
        """A link with its range of chunks and its range of bytes, as v1 has them."""
        return {"range": _chunks(span), "url": self.url(span), "url_range": _bytes(span)}


def _terms(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {"hash": part.xorb, "unpacked_length": part.unpacked, "range": {"start": part.start, "end": part.end}}
        for part in parts
    ]


def _chunks(span: Span) -> dict[str, int]:
    """Indices, the end exclusive."""
    return {"start": span.start, "end": span.end}


def _bytes(span: Span) -> dict[str, int]:
    """Positions, the end inclusive, as in a Range header."""
    return {"start": span.first, "end": span.stop - 1}


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
