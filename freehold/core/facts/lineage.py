"""The models that a model was made from, and how: what the card says, or what its files tell."""

import re
from collections.abc import Mapping
from typing import Any

from freehold.base.ids import is_name
from freehold.core.facts.subject import Subject, Value, word, words

RELATIONS = ("finetune", "adapter", "quantized", "merge")
"""As the Hub spells them, in the order in which they are shown."""

_MAX_BASES = 50
_MERGES = ("mergekit_config.yml", "mergekit_config.yaml")
_LORAS = ("adapter_config.json", "pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin")
_AT_A_HUB = re.compile(r"https?://[^/]+/([^/?#]+/[^/?#]+)/?$")


def read_lineage(subject: Subject) -> Value:
    """`{relation, models}`; empty for a model that stands by itself."""
    card: Mapping[str, Any] = subject.fact("card").get("data", {})
    bases = _named(card.get("base_model")) or _found(subject)
    kept = list(dict.fromkeys(bases))[:_MAX_BASES]
    return {"relation": _relation(subject, card, kept), "models": kept} if kept else {}


def _named(value: Any) -> list[str]:
    found = (_AT_A_HUB.sub(r"\1", base.strip()) for base in words(value))
    return [base for base in found if 0 < len(base) <= 200]


def _found(subject: Subject) -> list[str]:
    adapted = word(subject.fact("config").get("peft", {}).get("base_model_name_or_path"))
    if adapted and _is_address(adapted):
        return [adapted]
    # Only what was made from another model names one there: a file that was converted names its own source.
    return [base for base in _named(subject.fact("gguf_file").get("bases", [])) if _is_address(base)]


def _is_address(text: str) -> bool:
    """Whether a path that a training script wrote down is a name on a hub, and no folder of somebody's disk."""
    namespace, _, name = text.partition("/")
    return is_name(namespace) and is_name(name)


def _relation(subject: Subject, card: Mapping[str, Any], bases: list[str]) -> str:
    declared = word(card.get("base_model_relation"))
    if declared in RELATIONS:
        return str(declared)
    if any(name in subject.top for name in _LORAS):
        return "adapter"
    tags = {tag.lower() for tag in words(card.get("tags"))}
    if len(bases) > 1 or any(name in subject.top for name in _MERGES) or tags & {"merge", "mergekit"}:
        return "merge"
    return "quantized" if subject.fact("quantization") else "finetune"
