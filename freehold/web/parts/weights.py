"""A model's weights: their types, their quantisations, and which of them fit a device."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.core.facts.memory import memory_for, quantised_size
from freehold.web.languages import say

DEVICES = (4, 6, 8, 10, 12, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256, 512)
"""Memory that graphics cards and computers have, in gigabytes."""

Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of number among the weights; `share` is in percent of their bytes."""

    name: str
    count: int
    bytes: int
    share: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One form in which the weights can be loaded; without `path` it is not here, but can be made while loading."""

    name: str
    bytes: int
    needs: int
    path: str
    files: int
    fits: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """`memory` is what the visitor's device has, in gigabytes; 0: they did not say."""

    kinds: Sequence[Kind]
    choices: Sequence[Choice]
    quantised: str
    memory: int
    devices: Sequence[int] = DEVICES

    @property
    def best(self) -> Choice | None:
        """The largest that fits."""
        return max((one for one in self.choices if one.fits), key=lambda one: one.bytes, default=None)


def weights_of(known: Facts, memory: str) -> Weights | None:
    """The weights that the facts tell of, and what of them fits `memory` gigabytes; None if none are counted."""
    found, quantised = known.get("weights", {}), known.get("quantization", {})
    variants = quantised.get("variants", [])
    if not found and not variants:
        return None
    has = int(memory) if memory.isascii() and memory.isdigit() and int(memory) in DEVICES else 0
    words = [say("%(bits)s-bit", bits=quantised["bits"]) if quantised.get("bits") else "", quantised.get("method", "")]
    kinds = list(_kinds(found))
    choices = [*_stored(kinds, packed=bool(quantised.get("bits"))), *_variants(variants)]
    shown = [Choice(*one, fits=0 < one[2] <= has * 10**9) for one in choices]
    return Weights(kinds, shown, " ".join(word for word in words if word and word != "gguf"), has)


def _kinds(found: Mapping[str, Any]) -> Iterator[Kind]:
    sizes: Mapping[str, int] = found.get("bytes", {})
    whole = sum(sizes.values())
    for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        yield Kind(name, found["parameters"].get(name, 0), size, round(100 * size / whole) if whole else 0)


Line = tuple[str, int, int, str, int]
"""Name, bytes, memory, path, files."""


def _stored(kinds: Sequence[Kind], *, packed: bool) -> Iterator[Line]:
    size, parameters = sum(kind.bytes for kind in kinds), sum(kind.count for kind in kinds)
    if not size:
        return
    yield say("As stored"), size, memory_for(size), "", 0
    # Quantised weights are packed into other types: their elements are no parameters, and cannot be packed again.
    for bits in () if packed else (8, 4):
        smaller = quantised_size(parameters, bits)
        if smaller < size:
            yield say("Loaded in %(bits)s bits", bits=bits), smaller, memory_for(smaller), "", 0


def _variants(variants: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    for one in variants:
        yield one["name"] or "GGUF", one["bytes"], memory_for(one["bytes"]), one["path"], one["files"]
