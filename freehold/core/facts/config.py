"""The steps that read a model's configuration: what it is, and which class loads it."""

from typing import Any

from freehold.core.facts.subject import Subject, Value, word
from freehold.core.facts.tasks import BY_ARCHITECTURE, SEQ2SEQ, SPEECH_SEQ2SEQ

_KEPT = ("architectures", "model_type", "auto_map")
_QUANTIZATION = ("bits", "quant_method", "load_in_4bit", "load_in_8bit")
_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token", "cls_token", "sep_token", "mask_token")
_MAX_TEMPLATE = 256 << 10
_TOKENIZER_FILES = frozenset(
    ("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.txt", "vocab.json", "spiece.model")
)


def read_config(subject: Subject) -> Value:
    """The Hub's `config`: the telling keys of config.json, tokenizer, adapter and pipeline configurations."""
    found: Value = {}
    config = subject.main_config
    found |= {key: config[key] for key in _KEPT if config.get(key)}
    if isinstance(config.get("quantization_config"), dict):
        found["quantization_config"] = _only(config["quantization_config"], _QUANTIZATION)
    tokenizer = _tokenizer(subject)
    if tokenizer or config.get("model_type"):
        found["tokenizer_config"] = tokenizer
    adapter = subject.json("adapter_config.json")
    if adapter:
        found["peft"] = _only(adapter, ("base_model_name_or_path", "task_type"))
    pipeline = word(subject.json("model_index.json").get("_class_name"))
    if pipeline:
        found["diffusers"] = {"_class_name": pipeline}
    return found


def _tokenizer(subject: Subject) -> Value:
    config = subject.json("tokenizer_config.json")
    found: Value = {}
    for key in _TOKENS:
        token = config.get(key)
        text = token.get("content") if isinstance(token, dict) else token
        if isinstance(text, str):
            found[key] = text
    template: Any = config.get("chat_template")
    if "chat_template.jinja" in subject.top:
        template = (subject.read("chat_template.jinja", _MAX_TEMPLATE) or b"").decode("utf-8", "replace")
    if isinstance(template, str | list) and template and len(str(template)) <= _MAX_TEMPLATE:
        found["chat_template"] = template
    return found


def _only(config: Value, keys: tuple[str, ...]) -> Value:
    return {key: config[key] for key in keys if isinstance(config.get(key), str | int | float)}


def read_transformers(subject: Subject) -> Value:
    """The Hub's `transformersInfo`: `{auto_model, pipeline_tag?, processor?, custom_class?}`, or empty."""
    config = subject.fact("config")
    model_type = word(config.get("model_type"))
    if model_type is None:
        return {}
    architectures = config.get("architectures")
    architecture = architectures[0] if isinstance(architectures, list) and architectures else ""
    auto_model, task = _auto_model(str(architecture), model_type)
    found: Value = {"auto_model": auto_model}
    auto_map = config.get("auto_map")
    custom = word(auto_map.get(auto_model)) if isinstance(auto_map, dict) else None
    if custom:
        found["custom_class"] = custom
    if task:
        found["pipeline_tag"] = task
    processor = _processor(subject)
    return found | {"processor": processor} if processor else found


def _auto_model(architecture: str, model_type: str) -> tuple[str, str | None]:
    if architecture.endswith("ForConditionalGeneration"):
        if model_type in SPEECH_SEQ2SEQ:
            return "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"
        if model_type in SEQ2SEQ:
            return "AutoModelForSeq2SeqLM", "text2text-generation"
        return "AutoModelForImageTextToText", "image-text-to-text"
    for suffix, auto_model, task in BY_ARCHITECTURE:
        if architecture.endswith(suffix):
            return auto_model, task
    return "AutoModel", None


def _processor(subject: Subject) -> str | None:
    texts = bool(_TOKENIZER_FILES & subject.top)
    if "processor_config.json" in subject.top:
        return "AutoProcessor"
    if "preprocessor_config.json" in subject.top:
        return "AutoProcessor" if texts else "AutoImageProcessor"
    return "AutoTokenizer" if texts else None
