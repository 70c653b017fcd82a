"""The batch document of git-lfs: which contents a client wants to send or fetch, and where each goes.

Format: git-lfs `docs/api/batch.md`. The transfer `multipart` is the Hub's own (see `part_header`).
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from freehold.base.errors import Invalid

MEDIA_TYPE = "application/vnd.git-lfs+json"

SHA256 = ("sha256", "sha_256")
"""git-lfs writes the first, the Hub's JavaScript client the second."""

MAX_BODY = 4 << 20
MAX_OBJECTS = 10_000


class Object(msgspec.Struct, frozen=True):
    """A content as a client names it; the values are unchecked."""

    oid: str
    size: int


class Ref(msgspec.Struct, frozen=True):
    """The branch that an operation is for."""

    name: str


class BatchRequest(msgspec.Struct, frozen=True):
    """What a client asks; members that are unknown here are passed over."""

    operation: Literal["upload", "download"]
    objects: list[Object]
    transfers: list[str] = []
    ref: Ref | None = None
    hash_algo: str = "sha256"


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request that the client may make next."""

    href: str
    header: dict[str, str] | None = None
    expires_in: int | None = None
    """In seconds."""


class ObjectError(msgspec.Struct, frozen=True):
    """Why one object of a batch cannot be had; `code` is an HTTP status."""

    code: int
    message: str


class ObjectAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be done about one object. Without actions and error there is nothing to do: it is stored."""

    oid: str
    size: int
    actions: dict[str, Action] | None = None
    """By name: `upload`, `verify`, `download`."""
    error: ObjectError | None = None


class BatchResponse(msgspec.Struct, frozen=True):
    """The answer to a batch request, one entry an object, in the request's order."""

    transfer: str
    objects: list[ObjectAnswer]
    hash_algo: str = "sha256"


def parse_batch(data: bytes) -> BatchRequest:
    """Read a batch request. Raises Invalid when it is malformed or names too many objects."""
    try:
        request = msgspec.json.decode(data, type=BatchRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"This is not a batch request of the LFS protocol: {error}.") from None
    if request.hash_algo not in SHA256:
        raise Invalid(f"Objects are named by SHA-256 here, not by {request.hash_algo[:50]!r}.")
    if len(request.objects) > MAX_OBJECTS:
        raise Invalid(f"A batch may name {MAX_OBJECTS} objects; this one names {len(request.objects)}. Send several.")
    return request


def part_header(part_bytes: int, urls: Sequence[str]) -> dict[str, str]:
    """The header of a multipart upload action: the size of a part, and the URL of each, numbered from 1.

    No other member may be added: the Hub's transfer agent takes every other value for a part's URL.
    """
    return {"chunk_size": str(part_bytes)} | {f"{number:05d}": url for number, url in enumerate(urls, start=1)}
