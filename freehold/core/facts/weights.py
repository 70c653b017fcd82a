"""The steps that count a model's parameters from the headers of its weight files, without reading a weight."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from freehold.base.errors import Invalid
from freehold.core.facts.subject import Subject, Value
from freehold.wire import gguf, safetensors

SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
MAX_SHARDS = 1000
MAX_HEADERS = 256 << 20
"""Of all shards together, in bytes."""

_INDEX_LIMIT = 64 << 20
_SHARD = re.compile(r"-[0-9]{5}-of-[0-9]{5}\.gguf", re.ASCII)


def read_weights(subject: Subject) -> Value:
    """`{parameters, bytes, format?}`, of each type of number, from safetensors; empty without weights to be counted."""
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    made_by = ""
    try:
        for header in _headers(subject):
            made_by = made_by or header.metadata.get("format", "")[:40]
            for tensor in header.tensors:
                counts[tensor.dtype] += tensor.elements
                sizes[tensor.dtype] += tensor.stop - tensor.start
    except Invalid:
        return {}
    found: Value = {"parameters": dict(counts), "bytes": dict(sizes)}
    return found | {"format": made_by} if made_by else found


def read_safetensors(subject: Subject) -> Value:
    """The Hub's `safetensors`: `{parameters: {dtype: n}, total}`; empty without weights that can be counted."""
    weights = subject.fact("weights")
    return {"parameters": weights["parameters"], "total": sum(weights["parameters"].values())} if weights else {}


def _headers(subject: Subject) -> Iterator[safetensors.Header]:
    paths = _weight_files(subject)
    if not paths:
        raise Invalid("No safetensors weights.")
    left = MAX_HEADERS
    for path in paths:
        read_range, size = subject.ranges(path)
        length = int.from_bytes(read_range(0, min(8, size)), "little")
        yield safetensors.read_header(read_range, size, limit=min(left, safetensors.MAX_HEADER))
        left -= length


def _weight_files(subject: Subject) -> list[str]:
    if SINGLE in subject.top:
        return [SINGLE]
    if INDEX in subject.top:
        weight_map = subject.json(INDEX, _INDEX_LIMIT).get("weight_map")
        named = (
            {value for value in weight_map.values() if isinstance(value, str)} if isinstance(weight_map, dict) else ()
        )
        if len(named) > MAX_SHARDS or any(path not in subject.files for path in named):
            return []
        return sorted(named)
    others = sorted(path for path in subject.top if path.endswith(".safetensors"))
    return others if len(others) == 1 else []


def read_gguf_file(subject: Subject) -> Value:
    """`{hub, bases}` of the first GGUF file: what the Hub says of it, and the models it says it was made from."""
    paths = sorted(path for path in subject.files if path.endswith(".gguf"))
    if not paths:
        return {}
    first = min(paths, key=lambda path: (PurePosixPath(path).name.startswith("mmproj"), path))
    try:
        header = gguf.read_header(*subject.ranges(first))
    except Invalid:
        return {}
    found = header.summary()
    if _SHARD.search(first):
        found.pop("total", None)  # the first shard of several says nothing of the whole
    return {"hub": found, "bases": header.bases()}


def read_gguf(subject: Subject) -> Value:
    """The Hub's `gguf`: parameters, architecture, context length and template of the first GGUF file."""
    found: Value = subject.fact("gguf_file").get("hub", {})
    return found
