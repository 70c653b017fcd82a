"""The steps there are: a fact is one line here, and raising its version makes it anew for every commit."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from freehold.base.ids import RepoKind
from freehold.core.facts.architecture import read_architecture
from freehold.core.facts.card import read_card
from freehold.core.facts.config import read_config, read_transformers
from freehold.core.facts.data import read_data
from freehold.core.facts.files import read_files
from freehold.core.facts.lineage import read_lineage
from freehold.core.facts.memory import read_memory
from freehold.core.facts.quantization import read_quantization
from freehold.core.facts.safety import read_safety
from freehold.core.facts.subject import Subject, Value
from freehold.core.facts.tags import read_tags
from freehold.core.facts.weights import read_gguf, read_gguf_file, read_safetensors, read_weights


@dataclass(frozen=True, slots=True)
class Step:
    """How a fact is made, and for which kinds of repository; other kinds have the empty fact."""

    name: str
    version: int
    make: Callable[[Subject], Value]
    kinds: frozenset[RepoKind] = frozenset(RepoKind)


_MODELS = frozenset((RepoKind.MODEL,))

STEPS = MappingProxyType(
    {
        step.name: step
        for step in (
            Step("card", 2, read_card),
            Step("config", 1, read_config, _MODELS),
            Step("transformers", 1, read_transformers, _MODELS),
            Step("weights", 1, read_weights, _MODELS),
            Step("safetensors", 1, read_safetensors, _MODELS),
            Step("gguf_file", 1, read_gguf_file, _MODELS),
            Step("gguf", 1, read_gguf, _MODELS),
            Step("quantization", 1, read_quantization, _MODELS),
            Step("lineage", 1, read_lineage, _MODELS),
            Step("memory", 1, read_memory, _MODELS),
            Step("architecture", 1, read_architecture, _MODELS),
            Step("safety", 1, read_safety, frozenset((RepoKind.MODEL, RepoKind.DATASET))),
            Step("data", 3, read_data, frozenset((RepoKind.DATASET,))),
            Step("files", 1, read_files),
            Step("tags", 3, read_tags),
        )
    }
)
