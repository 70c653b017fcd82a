"""The step that names a repository's library, task and tags as the Hub spells them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from freehold.base.ids import RepoKind
from freehold.core.facts.subject import Subject, Value, word, words
from freehold.core.facts.tasks import DATA_FORMATS, FORMATS, LIBRARIES, MODALITIES, TASKS

MAX_TAGS = 500
MAX_TAG = 256

_DATASET_KEYS = (
    "task_categories",
    "task_ids",
    "annotations_creators",
    "language_creators",
    "multilinguality",
    "source_datasets",
    "language",
    "license",
    "size_categories",
)
_RELATIONS = frozenset(("adapter", "finetune", "merge", "quantized"))
_LIBRARY_SIGNS = (
    ("config_sentence_transformers.json", "sentence-transformers"),
    ("modules.json", "sentence-transformers"),
    ("config_setfit.json", "setfit"),
    ("model_index.json", "diffusers"),
    ("adapter_config.json", "peft"),
    ("open_clip_config.json", "open_clip"),
    ("meta.cfg", "spacy"),
)
_PEFT_TASKS = {
    "CAUSAL_LM": "text-generation",
    "SEQ_2_SEQ_LM": "text2text-generation",
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}


def read_tags(subject: Subject) -> Value:
    """`{tags, pipeline_tag?, library_name?, base_models?}`."""
    card: Mapping[str, Any] = subject.fact("card").get("data", {})
    match subject.reader.repo.kind:
        case RepoKind.MODEL:
            return _of_model(subject, card)
        case RepoKind.DATASET:
            return {"tags": _tidy(_dataset_tags(subject, card))}
        case _:
            return {"tags": _tidy([*words(card.get("sdk")), *words(card.get("tags"))])}


def _of_model(subject: Subject, card: Mapping[str, Any]) -> Value:
    library = word(card.get("library_name")) or _library(subject, words(card.get("tags")))
    task = word(card.get("pipeline_tag")) or _task(subject, library, words(card.get("tags")))
    bases = list(dict.fromkeys(words(card.get("base_model"))))
    relation = _relation(subject, card, bases)
    plain = [library or "", *_formats(subject.files, FORMATS), *words(subject.fact("config").get("model_type"))]
    plain += [task or "", *words(card.get("tags")), *words(card.get("language"))]
    plain += [f"dataset:{name}" for name in words(card.get("datasets"))]
    plain += [f"arxiv:{paper}" for paper in subject.fact("card").get("arxiv", [])]
    plain += [f"base_model:{base}" for base in bases] + [f"base_model:{relation}:{base}" for base in bases]
    plain += [f"license:{name}" for name in words(card.get("license"))]
    found: Value = {"tags": _tidy(plain)}
    if task:
        found["pipeline_tag"] = task
    if library:
        found["library_name"] = library
    if bases:
        found["base_models"] = {"relation": relation, "models": bases}
    return found


def _library(subject: Subject, tags: list[str]) -> str | None:
    for sign, library in _LIBRARY_SIGNS:
        if sign in subject.top:
            return library
    named = [tag for tag in tags if tag in LIBRARIES]
    if named:
        return named[0]
    if subject.fact("config").get("model_type"):
        return "transformers"
    return "gguf" if any(path.endswith(".gguf") for path in subject.files) else None


def _task(subject: Subject, library: str | None, tags: list[str]) -> str | None:
    named = [tag for tag in tags if tag in TASKS]
    if named:
        return named[0]
    config = subject.fact("config")
    if library == "sentence-transformers":
        return "sentence-similarity"
    if library == "peft":
        return _PEFT_TASKS.get(str(config.get("peft", {}).get("task_type")))
    if library == "diffusers":
        return "text-to-image" if "diffusers" in config else None
    if library == "gguf":
        return "text-generation" if subject.fact("gguf").get("chat_template") else None
    return subject.fact("transformers").get("pipeline_tag")


def _relation(subject: Subject, card: Mapping[str, Any], bases: list[str]) -> str:
    declared = word(card.get("base_model_relation"))
    if declared in _RELATIONS:
        return str(declared)
    if "adapter_config.json" in subject.top:
        return "adapter"
    if len(bases) > 1:
        return "merge"
    quantized = "quantization_config" in subject.fact("config") or any(p.endswith(".gguf") for p in subject.top)
    return "quantized" if quantized else "finetune"


def _dataset_tags(subject: Subject, card: Mapping[str, Any]) -> Iterator[str]:
    for key in _DATASET_KEYS:
        yield from (f"{key}:{value}" for value in words(card.get(key)))
    formats = _formats(subject.files, DATA_FORMATS)
    yield from (f"format:{name}" for name in formats)
    yield from (f"modality:{MODALITIES[name]}" for name in formats if name in MODALITIES)
    if formats:
        yield "library:datasets"
    yield from words(card.get("tags"))
    yield from (f"arxiv:{paper}" for paper in subject.fact("card").get("arxiv", []))


def _formats(paths: Iterable[str], known: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    # Configurations and dotfiles are JSON and text too, and say nothing of the data.
    own = [p for p in paths if not p.startswith(".") and p not in ("dataset_infos.json", "LICENSE.txt", "README.txt")]
    return [name for name, endings in known if any(path.endswith(endings) for path in own)]


def _tidy(tags: Iterable[str]) -> list[str]:
    kept = dict.fromkeys(tag.strip() for tag in tags if 0 < len(tag.strip()) <= MAX_TAG)
    return list(kept)[:MAX_TAGS]
