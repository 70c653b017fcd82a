"""The step that says how a model's weights are quantised: the method, the bits, and each GGUF variant's size."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from freehold.core.facts.subject import Subject, Value
from freehold.core.repos.entries import Entry

_BITS_OF = {"fp8": 8, "fbgemm_fp8": 8, "mxfp4": 4, "nvfp4": 4, "bitnet": 2, "eetq": 8}
_VARIANT = re.compile(
    r"(?:^|[-_.])((?:I?Q[1-8](?:_(?:[0-9]|K|NL|XXS|XS|S|M|L|XL|XXL))*)|TQ[12]_0|MXFP4(?:_MOE)?|BF16|FP?16|FP?32)(?=[-_.]|$)",
    re.ASCII | re.IGNORECASE,
)
_SHARD = re.compile(r"-[0-9]{5}-of-[0-9]{5}$", re.ASCII)
_MAX_VARIANTS = 60


def read_quantization(subject: Subject) -> Value:
    """`{method?, bits?, variants?: [{name, bits, bytes, files, path}]}`; empty for weights as they were trained."""
    config = subject.main_config
    found: Value = {}
    declared, mlx = config.get("quantization_config"), config.get("quantization")
    if isinstance(declared, dict):
        found = _declared(declared)
    elif isinstance(mlx, dict) and _whole(mlx.get("bits")):
        found = {"method": "mlx", "bits": _whole(mlx["bits"])}
    variants = gguf_variants(subject.files.values())
    if variants:
        found |= {"method": "gguf", "variants": variants}
    return found


def _declared(config: Mapping[str, Any]) -> Value:
    method = config.get("quant_method")
    four, eight = config.get("load_in_4bit"), config.get("load_in_8bit")
    if not isinstance(method, str) or not method:
        method = "bitsandbytes" if four or eight else ""
    bits = 4 if four is True else 8 if eight is True else _bits(config) or _BITS_OF.get(method, 0)
    found: Value = {"method": method[:40]} if method else {}
    return found | {"bits": bits} if bits else found


def _bits(config: Mapping[str, Any]) -> int:
    for key in ("bits", "w_bit", "nbits"):
        if _whole(config.get(key)):
            return _whole(config[key])
    groups = config.get("config_groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict) and _whole(weights.get("num_bits")):
            return _whole(weights["num_bits"])
    return 0


def _whole(value: Any) -> int:
    """A number of bits; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 32 else 0


def gguf_variants(entries: Iterable[Entry]) -> list[Value]:
    """The quantisations that lie here as GGUF files, the smallest first; parts of one are counted together."""
    found: dict[str, Value] = {}
    for entry in entries:
        path = PurePosixPath(entry.path)
        if path.suffix.lower() != ".gguf" or path.name.lower().startswith(("mmproj", "imatrix")):
            continue
        name = variant_of(entry.path)
        known = found.setdefault(name, {"name": name, "bits": _named_bits(name), "bytes": 0, "files": 0, "path": ""})
        known["bytes"] += entry.size
        known["files"] += 1
        known["path"] = min(known["path"] or entry.path, entry.path)
    return sorted(found.values(), key=lambda one: (one["bytes"], one["name"]))[:_MAX_VARIANTS]


def variant_of(path: str) -> str:
    """The quantisation that a GGUF file's name, or its folder's, tells: `Q4_K_M`; else empty."""
    pure = PurePosixPath(path)
    for text in (_SHARD.sub("", pure.stem), pure.parent.name):
        names: list[str] = _VARIANT.findall(text)
        if names:
            name = names[-1].upper()
            return {"FP16": "F16", "FP32": "F32"}.get(name, name)
    return ""


def _named_bits(name: str) -> int:
    number = re.search(r"[0-9]+", name)
    return {"BF16": 16}.get(name, 4 if name.startswith("MXFP4") else int(number[0]) if number else 0)
