"""The headers of all shards in one answer."""

import json
import struct

import pytest

from tests.protocols.hub.conftest import Asker


def weights(**tensors: int) -> bytes:
    """A safetensors file of one-dimensional F32 tensors of these lengths."""
    header, at = {}, 0
    for name, length in tensors.items():
        header[name] = {"dtype": "F32", "shape": [length], "data_offsets": [at, at + 4 * length]}
        at += 4 * length
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


@pytest.mark.proves("GET /api/models/{id}/safetensors-metadata/{path}")
def test_it_reads_every_shard(alice: Asker, birds: str) -> None:
    index = {"metadata": {"total_size": 20}, "weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}
    files = {"model.safetensors.index.json": json.dumps(index).encode(), "1.safetensors": weights(a=2)}
    alice.made(alice.commit(birds, files))
    alice.large(birds, "2.safetensors", weights(b=3))
    said = alice.get(f"{birds}/safetensors-metadata/model.safetensors.index.json").json()
    assert said["index"]["metadata"] == {"total_size": 20}
    assert said["headers"]["2.safetensors"] == {"b": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}
    info = alice.get(birds).json()
    assert info["safetensors"] == {"parameters": {"F32": 5}, "total": 5}


def test_it_says_what_is_missing_or_malformed(alice: Asker, birds: str) -> None:
    path = f"{birds}/safetensors-metadata/model.safetensors.index.json"
    assert alice.get(path).headers["X-Error-Code"] == "EntryNotFound"
    alice.made(alice.commit(birds, {"model.safetensors.index.json": b'{"weight_map": {"a": "gone.safetensors"}}'}))
    assert alice.get(path).headers["X-Error-Code"] == "EntryNotFound"
    alice.made(alice.commit(birds, {"gone.safetensors": b"\xff" * 100}))
    assert alice.get(path).status_code == 400
    alice.made(alice.commit(birds, {"model.safetensors.index.json": b"[]"}))
    assert alice.get(path).status_code == 400
