"""The small documents around a transfer: completion of a multipart upload, verification, errors."""

import msgspec

from freehold.base.errors import Invalid
from freehold.wire.lfs.batch import Object


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """One part as the client knows it: its number from 1 and the entity tag that it was answered with."""

    part_number: int
    etag: str


class Completion(msgspec.Struct, frozen=True):
    """The end of a multipart upload."""

    oid: str
    parts: list[Part]


def parse_completion(data: bytes, parts: int) -> Completion:
    """Read a completion that must name each of `parts` parts once. Raises Invalid otherwise."""
    try:
        completion = msgspec.json.decode(data, type=Completion)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"This does not complete an upload: {error}.") from None
    if sorted(part.part_number for part in completion.parts) != list(range(1, parts + 1)):
        raise Invalid(f"The upload has the parts 1 to {parts}; name each of them once.")
    return completion


def parse_verify(data: bytes) -> Object:
    """Read the body of a verify request. Raises Invalid when it is malformed."""
    try:
        return msgspec.json.decode(data, type=Object)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"This is not a verify request of the LFS protocol: {error}.") from None


def error_document(message: str, request_id: str) -> bytes:
    """An error as git-lfs shows it."""
    return msgspec.json.encode({"message": message, "request_id": request_id} if request_id else {"message": message})
