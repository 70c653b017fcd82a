"""How much memory a model takes that is loaded, guessed from the size of its weights."""

from freehold.core.facts.subject import Subject, Value

OVERHEAD = 0.15
"""What programs keep beside the weights, and a context of a few thousand tokens, as a part of the weights."""
BASE = 500_000_000
"""What the program itself takes, in bytes."""

BYTES_PER_PARAMETER = {16: 2.0, 8: 1.06, 4: 0.57}
"""Of weights of so many bits, where quantised with their scales."""


def memory_for(weights: int) -> int:
    """The memory in bytes for weights of so many bytes; a long context needs more."""
    return round(weights * (1 + OVERHEAD)) + BASE if weights else 0


def parameters_for(memory: float, bits: int) -> int:
    """How many parameters of so many bits a memory of so many bytes holds: what `memory_for` says, read backwards."""
    return max(0, int((memory - BASE) / (1 + OVERHEAD) / BYTES_PER_PARAMETER[bits]))


def quantised_size(parameters: int, bits: int) -> int:
    """The size in bytes that so many parameters would have."""
    return round(parameters * BYTES_PER_PARAMETER[bits])


def read_memory(subject: Subject) -> Value:
    """`{bytes}`: what the smallest form takes that lies here whole; empty where nobody knows, and for adapters."""
    # An adapter is loaded into its base, which takes the most and may not be here.
    if subject.fact("lineage").get("relation") == "adapter" or "adapter_config.json" in subject.top:
        return {}
    stored = sum(subject.fact("weights").get("bytes", {}).values()) or _pickled(subject)
    variants = (one["bytes"] for one in subject.fact("quantization").get("variants", []))
    least = min((size for size in (stored, *variants) if size > 0), default=0)
    return {"bytes": memory_for(least)} if least else {}


def _pickled(subject: Subject) -> int:
    """The size of weights whose types are not read."""
    named = (path for path in subject.top if path.startswith("pytorch_model") and path.endswith(".bin"))
    return sum(subject.files[path].size for path in named)
