"""Which task a model does, where its card does not say: told by its library's own configuration."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from freehold.core.facts.subject import Subject, words
from freehold.core.facts.tasks import TASKS

_OF_LIBRARY = {
    "gliner": "token-classification",
    "lerobot": "robotics",
    "open_clip": "zero-shot-image-classification",
    "setfit": "text-classification",
    "span-marker": "token-classification",
    "stable-baselines3": "reinforcement-learning",
}
"""Libraries whose models all do the same."""

_PEFT = {
    "CAUSAL_LM": "text-generation",
    "SEQ_2_SEQ_LM": "text2text-generation",
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}
_SPACY = {
    "ner": "token-classification",
    "tagger": "token-classification",
    "morphologizer": "token-classification",
    "textcat": "text-classification",
    "textcat_multilabel": "text-classification",
}
_DIFFUSERS = tuple(
    (re.compile(pattern), task)
    for pattern, task in (
        ("ShapEImg2Img", "image-to-3d"),
        ("ShapE", "text-to-3d"),
        ("Depth.*Marigold|Marigold.*Depth", "depth-estimation"),
        ("Audio|MusicLDM", "text-to-audio"),
        ("ImageToVideo|Img2Vid|I2V|StableVideoDiffusion", "image-to-video"),
        ("VideoToVideo", "video-to-video"),
        ("Video|AnimateDiff|Mochi|LTX|Wan(?!der)", "text-to-video"),
        ("Img2Img|Inpaint|Upscale|Pix2Pix|ControlNet|Edit|Kontext|Fill|Depth2Img|ImageVariation", "image-to-image"),
        ("^(?:DDPM|DDIM|PNDM|LDM|ScoreSdeVe|KarrasVe|DiT|ConsistencyModel)Pipeline$", "unconditional-image-generation"),
    )
)
"""The first that a pipeline's class name matches; the others make pictures from text."""

_EMBEDDERS = frozenset(("bert", "jina-bert-v2", "modern-bert", "nomic-bert", "nomic-bert-moe"))


def task_of(subject: Subject, library: str | None, tags: list[str]) -> str | None:
    """The task, or None if nothing tells."""
    named = next((tag for tag in tags if tag in TASKS), None)
    if named:
        return named
    if library in _OF_LIBRARY:
        return _OF_LIBRARY[library]
    asked = _BY_LIBRARY.get(library or "")
    found = asked(subject) if asked else subject.fact("transformers").get("pipeline_tag")
    return str(found) if found else None


def _sentence_transformers(subject: Subject) -> str:
    kind = subject.json("config_sentence_transformers.json").get("model_type")
    by_kind: Mapping[Any, str] = {"CrossEncoder": "text-ranking", "SparseEncoder": "feature-extraction"}
    return by_kind.get(kind, "sentence-similarity") if isinstance(kind, str) else "sentence-similarity"


def _diffusers(subject: Subject) -> str | None:
    if any(name.startswith("pytorch_lora_weights") for name in subject.top):
        return "text-to-image"
    pipeline = str(subject.fact("config").get("diffusers", {}).get("_class_name", ""))
    if not pipeline:
        return None
    return next((task for pattern, task in _DIFFUSERS if pattern.search(pipeline)), "text-to-image")


def _gguf(subject: Subject) -> str | None:
    header = subject.fact("gguf")
    if header.get("architecture") in _EMBEDDERS:
        return "feature-extraction"
    if not header.get("chat_template"):
        return None
    sees = any(path.rpartition("/")[2].lower().startswith("mmproj") for path in subject.files)
    return "image-text-to-text" if sees else "text-generation"


def _timm(subject: Subject) -> str:
    return "image-feature-extraction" if subject.main_config.get("num_classes") == 0 else "image-classification"


def _sklearn(subject: Subject) -> str | None:
    config = subject.main_config.get("sklearn")
    task = config.get("task") if isinstance(config, dict) else None
    return task if isinstance(task, str) and task in TASKS else None


def _spacy(subject: Subject) -> str | None:
    parts = words(subject.json("meta.json").get("pipeline"))
    return next((_SPACY[part] for part in _SPACY if part in parts), None)


_BY_LIBRARY: Mapping[str, Callable[[Subject], str | None]] = {
    "diffusers": _diffusers,
    "gguf": _gguf,
    "peft": lambda subject: _PEFT.get(str(subject.fact("config").get("peft", {}).get("task_type"))),
    "sentence-transformers": _sentence_transformers,
    "sklearn": _sklearn,
    "spacy": _spacy,
    "timm": _timm,
}
