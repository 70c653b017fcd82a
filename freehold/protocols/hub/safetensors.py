"""The headers of all shards of a safetensors model in one answer."""

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import Invalid
from freehold.core.repos.reader import RepoReader
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub.models import SafetensorsHeaders
from freehold.wire.safetensors import Header, read_header

MOST_SHARDS = 2000
INDEX_BYTES = 32 << 20
HEADER_BYTES = 100 << 20
"""Of all headers together."""


class _Index(msgspec.Struct):
    weight_map: dict[str, str]
    metadata: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Safetensors:
    """`GET /api/models/{id}/safetensors-metadata/{index}`."""

    gate: Gate

    def metadata(self, request: Request) -> Response:
        """The index of the main branch, and the header of every file that it names."""
        reader = self.gate.reader(request)
        path = request.path_params["path"]
        index = _index(reader.open_bytes("main", path, INDEX_BYTES))
        reader.fetched("headers", path)
        shards = sorted(set(index.weight_map.values()))
        if len(shards) > MOST_SHARDS:
            raise Invalid(f"The index names more than {MOST_SHARDS} files.")
        folder = path.rpartition("/")[0]
        headers: dict[str, dict[str, Any]] = {}
        left = HEADER_BYTES
        for shard in shards:
            header, length = _header(reader, f"{folder}/{shard}" if folder else shard, left)
            headers[shard] = _as_sent(header)
            left -= length
        said = {"metadata": index.metadata, "weight_map": index.weight_map}
        return json(SafetensorsHeaders(said, headers))


def _index(raw: bytes) -> _Index:
    try:
        return msgspec.json.decode(raw, type=_Index)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The file is not an index of safetensors files: {error}.") from error


def _header(reader: RepoReader, path: str, limit: int) -> tuple[Header, int]:
    """The header and its length in bytes."""
    file = reader.file("main", path)
    length = int.from_bytes(reader.read_range(file, 0, min(8, file.size)), "little")
    return read_header(lambda start, stop: reader.read_range(file, start, stop), file.size, limit), length


def _as_sent(header: Header) -> dict[str, Any]:
    said: dict[str, Any] = {"__metadata__": header.metadata} if header.metadata else {}
    for tensor in header.tensors:
        offsets = [tensor.start, tensor.stop]
        said[tensor.name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": offsets}
    return said
