"""The step that says what kind of network a model is, and how long a text it takes at once."""

from typing import Any

from freehold.core.facts.subject import Subject, Value, word

_LENGTHS = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length", "seq_length", "n_ctx")
_ENOUGH = 10**9
"""Some configurations write down a huge number for no limit."""


def read_architecture(subject: Subject) -> Value:
    """`{name?, context_length?}` of a configuration or a GGUF header."""
    config, header = subject.main_config, subject.fact("gguf")
    inner = config.get("text_config")
    listed = config.get("architectures")
    name = word(listed[0]) if isinstance(listed, list) and listed else None
    name = name or word(config.get("model_type")) or word(header.get("architecture"))
    lengths = [one.get(key) for one in (config, inner) if isinstance(one, dict) for key in _LENGTHS]
    length = next((found for found in [*lengths, header.get("context_length")] if _is_length(found)), None)
    found: Value = {"name": name[:100]} if name else {}
    return found | {"context_length": length} if length else found


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _ENOUGH
