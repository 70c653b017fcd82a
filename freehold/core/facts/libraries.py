"""Which library a model's files were made for, told by the files that only this library writes."""

from collections.abc import Callable, Mapping
from typing import Any

from freehold.base.errors import Invalid
from freehold.core.facts.subject import Subject, word
from freehold.core.facts.tasks import LIBRARIES

_BY_FILE = (
    # Some libraries build on others and write their files too: the narrower one stands first.
    ("config_setfit.json", "setfit"),
    ("config_sentence_transformers.json", "sentence-transformers"),
    ("modules.json", "sentence-transformers"),
    ("model_index.json", "diffusers"),
    ("pytorch_lora_weights.safetensors", "diffusers"),
    ("pytorch_lora_weights.bin", "diffusers"),
    ("open_clip_config.json", "open_clip"),
    ("gliner_config.json", "gliner"),
    ("ctfidf_config.json", "bertopic"),
    ("hyperparams.yaml", "speechbrain"),
    ("keras_metadata.pb", "tf-keras"),
    ("meta.cfg", "spacy"),
)
_BY_MODEL_TYPE = {"span-marker": "span-marker", "model2vec": "model2vec"}
_BY_ENDING = (
    (".nemo", "nemo"),
    (".skops", "sklearn"),
    (".keras", "keras"),
    (".ftz", "fasttext"),
    (".gguf", "gguf"),
    ("openvino_model.xml", "openvino"),
    (".onnx", "onnx"),
    (".tflite", "litert"),
)
_FASTTEXT = (793712314).to_bytes(4, "little")
"""What a fastText model begins with."""


def library_of(subject: Subject, tags: list[str]) -> str | None:
    """The library, or None if neither files nor tags tell."""
    made_for = _from_configs(subject) or next((name for sign, name in _BY_FILE if sign in subject.top), None)
    if made_for:
        return made_for
    named = next((tag for tag in tags if tag in LIBRARIES), None)
    if named:
        return named
    by_ending = next((name for end, name in _BY_ENDING if any(path.endswith(end) for path in subject.files)), None)
    # A transformers configuration lies beside GGUF files too; weights of its own are what makes the difference.
    if subject.fact("config").get("model_type") and (by_ending != "gguf" or _has_plain_weights(subject)):
        return "transformers"
    return by_ending or ("fasttext" if _is_fasttext(subject) else None)


def _from_configs(subject: Subject) -> str | None:
    adapter = subject.json("adapter_config.json")
    if adapter or "adapter_config.json" in subject.top:
        own = "peft_type" not in adapter and "model_class" in adapter
        return "adapter-transformers" if own else "peft"
    if "spacy_version" in subject.json("meta.json"):
        return "spacy"
    named = _BY_MODEL_TYPE.get(str(subject.main_config.get("model_type")))
    return named or next((name for name, sign in _CONFIG_SIGNS if sign(subject.main_config, subject)), None)


def _is_keras_hub(config: Mapping[str, Any]) -> bool:
    module = word(config.get("registered_name")) or word(config.get("module")) or ""
    return module.startswith(("keras_hub", "keras_nlp"))


def _is_mlx(config: Mapping[str, Any], subject: Subject) -> bool:
    packed = isinstance(config.get("quantization"), dict) and "group_size" in config["quantization"]
    method = config.get("quantization_config")
    foreign = isinstance(method, dict) and "quant_method" in method
    return (packed and not foreign) or subject.fact("weights").get("format") == "mlx"


_CONFIG_SIGNS: tuple[tuple[str, Callable[[Mapping[str, Any], Subject], bool]], ...] = (
    ("timm", lambda config, _: "architecture" in config and ("num_classes" in config or "pretrained_cfg" in config)),
    ("sklearn", lambda config, _: isinstance(config.get("sklearn"), dict)),
    ("diffusers", lambda config, _: "_diffusers_version" in config),
    ("stable-baselines3", lambda config, _: "policy_class" in config),
    ("keras-hub", lambda config, _: _is_keras_hub(config)),
    ("lerobot", lambda config, _: "input_features" in config and "type" in config),
    ("keras", lambda config, subject: "class_name" in config and "model.weights.h5" in subject.top),
    ("mlx", _is_mlx),
)


def _has_plain_weights(subject: Subject) -> bool:
    return any(path.endswith((".safetensors", ".bin", ".h5", ".msgpack")) for path in subject.top)


def _is_fasttext(subject: Subject) -> bool:
    if "model.bin" not in subject.top or "config.json" in subject.top:
        return False
    try:
        read_range, size = subject.ranges("model.bin")
        return size > 8 and read_range(0, 4) == _FASTTEXT
    except Invalid:
        return False
