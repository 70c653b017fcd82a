"""The header of a GGUF file: its key-value pairs and the shapes of its tensors, without reading one.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import Invalid

ReadRange = Callable[[int, int], bytes]
"""Bytes from `start` to `stop` (exclusive) of a file."""

MAX_HEADER = 128 << 20
MAX_PAIRS = 10_000
MAX_TENSORS = 200_000
MAX_ITEMS = 4_000_000
"""Of one array: a tokenizer's vocabulary is the longest."""
MAX_TEXT = 4 << 20
MAX_RANK = 8

_PIECE = 1 << 20
_MAX_BASES = 50
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
    12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}  # fmt: skip
_TOKENS = "tokenizer.ggml.tokens"


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; `kind` is ggml's number for its type."""

    name: str
    shape: tuple[int, ...]
    kind: int

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def type_name(self) -> str:
        """What ggml calls its type."""
        return _TYPES.get(self.kind, f"type {self.kind}")


@dataclass(frozen=True, slots=True)
class Header:
    """`values` holds every pair; of arrays only their length is kept, except the token list."""

    version: int
    values: dict[str, Any]
    tensors: tuple[Tensor, ...]

    @property
    def parameters(self) -> int:
        """How many numbers all tensors hold together."""
        return sum(tensor.elements for tensor in self.tensors)

    def bases(self) -> list[str]:
        """The addresses of the models that this one was made from, as its maker wrote them down."""
        many = self.values.get("general.base_model.count")
        count = many if isinstance(many, int) and 0 < many <= _MAX_BASES else 0
        named = (self.values.get(f"general.base_model.{number}.repo_url") for number in range(count))
        return [base for base in named if isinstance(base, str)]

    def summary(self) -> dict[str, Any]:
        """What the Hub calls `gguf`: `total` parameters, `architecture`, `context_length`, special tokens."""
        architecture = self.values.get("general.architecture")
        tokens = self.values.get(_TOKENS)
        found = {
            "total": self.parameters,
            "architecture": architecture,
            "context_length": self.values.get(f"{architecture}.context_length"),
            "chat_template": self.values.get("tokenizer.chat_template"),
            "bos_token": _token(tokens, self.values.get("tokenizer.ggml.bos_token_id")),
            "eos_token": _token(tokens, self.values.get("tokenizer.ggml.eos_token_id")),
        }
        return {key: value for key, value in found.items() if value is not None}


def read_header(read_range: ReadRange, size: int, limit: int = MAX_HEADER) -> Header:
    """Read the header of a file of `size` bytes. Raises Invalid if it is not GGUF or exceeds `limit` bytes."""
    cursor = _Cursor(read_range, min(size, limit))
    if cursor.take(4) != b"GGUF":
        raise Invalid("This is not a GGUF file: its first four bytes are not 'GGUF'.")
    version = int(cursor.number("I"))
    if version not in (2, 3):
        raise Invalid(f"GGUF version {version} is not known here; versions 2 and 3 are.")
    tensors, pairs = int(cursor.number("Q")), int(cursor.number("Q"))
    if tensors > MAX_TENSORS or pairs > MAX_PAIRS:
        raise Invalid(f"The GGUF header announces {tensors} tensors and {pairs} values, more than is allowed.")
    values: dict[str, Any] = {}
    for _ in range(pairs):
        key = cursor.text()
        values[key] = _value(cursor, int(cursor.number("I")), keep=key == _TOKENS)
    header = Header(version, values, tuple(_tensor(cursor) for _ in range(tensors)))
    # No type is narrower than a bit, so a file cannot hold more parameters than it has bits.
    if header.parameters > 8 * size:
        raise Invalid("The GGUF header announces more parameters than the file can hold.")
    return header


def _tensor(cursor: "_Cursor") -> Tensor:
    name, rank = cursor.text(), int(cursor.number("I"))
    if rank > MAX_RANK:
        raise Invalid(f"The GGUF header gives the tensor {name[:100]!r} {rank} dimensions.")
    shape = tuple(int(cursor.number("Q")) for _ in range(rank))
    kind = int(cursor.number("I"))
    cursor.skip(8)
    return Tensor(name, shape, kind)


def _value(cursor: "_Cursor", kind: int, *, keep: bool) -> Any:
    if kind == _STRING:
        return cursor.text()
    if kind != _ARRAY:
        return cursor.number(_format(kind))
    item, length = int(cursor.number("I")), int(cursor.number("Q"))
    if length > MAX_ITEMS:
        raise Invalid(f"The GGUF header holds an array of {length} items.")
    if item == _STRING:
        return [cursor.text() for _ in range(length)] if keep else _skip_texts(cursor, length)
    cursor.skip(length * struct.calcsize(_format(item)))
    return length


def _skip_texts(cursor: "_Cursor", length: int) -> int:
    for _ in range(length):
        cursor.skip(int(cursor.number("Q")))
    return length


def _format(kind: int) -> str:
    # Arrays of arrays are allowed by the text of the format, written by nobody, and a way to nest without bound.
    if kind not in _NUMBERS:
        raise Invalid(f"The GGUF header holds a value of unknown type {kind}.")
    return _NUMBERS[kind]


def _token(tokens: Any, index: Any) -> str | None:
    if isinstance(tokens, list) and isinstance(index, int) and 0 <= index < len(tokens):
        return str(tokens[index])
    return None


class _Cursor:
    """A place in the file; bytes are fetched a piece at a time."""

    def __init__(self, read_range: ReadRange, end: int) -> None:
        self._read_range, self._end = read_range, end
        self._piece, self._base, self._at = b"", 0, 0

    def take(self, length: int) -> bytes:
        if self._at + length > len(self._piece):
            self._fill(length)
        self._at += length
        return self._piece[self._at - length : self._at]

    def number(self, form: str) -> int | float | bool:
        value: int | float | bool = struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]
        # A float that JSON cannot say would break every answer that repeats it.
        return value if not isinstance(value, float) or math.isfinite(value) else 0.0

    def text(self) -> str:
        length = int(self.number("Q"))
        if length > MAX_TEXT:
            raise Invalid(f"The GGUF header holds a text of {length} bytes.")
        return self.take(length).decode("utf-8", "replace")

    def skip(self, length: int) -> None:
        if self._base + self._at + length > self._end:
            raise Invalid("The GGUF header is cut short or larger than allowed.")
        if self._at + length <= len(self._piece):
            self._at += length
        else:
            self._base, self._piece, self._at = self._base + self._at + length, b"", 0

    def _fill(self, length: int) -> None:
        start = self._base + self._at
        if start + length > self._end:
            raise Invalid("The GGUF header is cut short or larger than allowed.")
        self._piece = self._read_range(start, min(self._end, start + max(length, _PIECE)))
        self._base, self._at = start, 0
        if len(self._piece) < length:
            raise Invalid("The GGUF header is cut short.")
