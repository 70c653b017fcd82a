"""The addresses of what people attach to comments: uploading it, and seeing it."""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from freehold.asgi.bytes import receive_into, send
from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.urls import path_url
from freehold.features.discussions.attachments import LARGEST
from freehold.features.discussions.discussions import Discussions
from freehold.protocols.hub.table import Declared, on


@dataclass(frozen=True, slots=True)
class AttachmentEndpoints:
    """Both of them."""

    discussions: Discussions

    def declared(self) -> list[Declared]:
        """The routes."""
        return [
            on("POST", "/uploads", Need.ACTING, self.upload),
            on("HEAD|GET", "/uploads/{name}", Need.READ, self.show),
        ]

    async def upload(self, request: Request) -> Response:
        """`POST /uploads`: the bytes as they are; the answer is the address, as text."""
        incoming = await run_in_threadpool(self.discussions.attachments.begin, identity(request))
        try:
            await receive_into(request, incoming.write, max(LARGEST.values()))
            attachment = await run_in_threadpool(incoming.finish)
        finally:
            await run_in_threadpool(incoming.abort)
        return PlainTextResponse(path_url(request, f"uploads/{attachment.name}"))

    def show(self, request: Request) -> Response:
        """`GET /uploads/{name}`. Whether it may still be seen is asked again each time."""
        attachment = self.discussions.attachments.find(identity(request), request.path_params["name"])
        disposition = "inline" if attachment.medium.kind == "image" else "attachment"
        headers = {
            "Cache-Control": "private, no-cache",
            "Content-Disposition": f"{disposition}; filename={attachment.name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        located = partial(self.discussions.attachments.located, attachment)
        return send(
            request, located, attachment.size, etag=attachment.id, headers=headers, media_type=attachment.medium.type
        )
