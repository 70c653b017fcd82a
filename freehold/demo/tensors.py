"""Writes small weight files, safetensors and GGUF, so that every model of the story has real ones."""

import json
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_ALIGNMENT = 32
_BLOCK = 32
_F32, _F16, _Q8_0 = 0, 1, 8
_U32, _STRING = 4, 8
_FILE_TYPES = {_F32: 0, _F16: 1, _Q8_0: 7}


def write_safetensors(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file of 32-bit numbers."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    start = 0
    for name, tensor in tensors.items():
        end = start + tensor.size * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header, sort_keys=True).encode()
    text += b" " * (-len(text) % 8)
    body = b"".join(np.ascontiguousarray(tensor, "<f4").tobytes() for tensor in tensors.values())
    return struct.pack("<Q", len(text)) + text + body


def write_gguf(tensors: Mapping[str, Array], values: Mapping[str, str | int], kind: str) -> bytes:
    """A GGUF file (version 3); `kind` is F32, F16 or Q8_0, whose rows must be multiples of 32 long."""
    number = {"F32": _F32, "F16": _F16, "Q8_0": _Q8_0}[kind]
    pairs = {**values, "general.file_type": _FILE_TYPES[number]}
    encoded = {name: _encoded(tensor, number) for name, tensor in tensors.items()}
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(pairs))
    head += b"".join(_pair(key, value) for key, value in pairs.items())
    at = 0
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]  # the fastest first
        head += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, number, at)
        at += len(_padded(encoded[name]))
    return _padded(head) + b"".join(_padded(body) for body in encoded.values())


def _encoded(tensor: Array, number: int) -> bytes:
    if number == _F32:
        return tensor.astype("<f4").tobytes()
    if number == _F16:
        return tensor.astype("<f2").tobytes()
    blocks = tensor.reshape(-1, _BLOCK)
    scale = (np.abs(blocks).max(axis=1) / 127).astype("<f2")
    steps = np.where(scale > 0, scale, 1).astype(np.float32)[:, None]
    whole = np.clip(np.round(blocks / steps), -127, 127).astype(np.int8)
    return b"".join(one.tobytes() + row.tobytes() for one, row in zip(scale, whole, strict=True))


def _pair(key: str, value: str | int) -> bytes:
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", _STRING) + _text(value)
    return _text(key) + struct.pack("<II", _U32, value)


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % _ALIGNMENT)
