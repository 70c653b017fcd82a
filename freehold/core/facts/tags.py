"""The step that names a repository's library, task and tags as the Hub spells them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from freehold.base.ids import RepoKind
from freehold.core.facts.libraries import library_of
from freehold.core.facts.pipeline import task_of
from freehold.core.facts.subject import Subject, Value, word, words
from freehold.core.facts.tasks import FORMATS

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
_CHATS = frozenset(("any-to-any", "image-text-to-text", "text-generation", "text2text-generation"))


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
    named = words(card.get("tags"))
    library = word(card.get("library_name")) or library_of(subject, named)
    task = word(card.get("pipeline_tag")) or task_of(subject, library, named)
    lineage = subject.fact("lineage")
    bases, relation = lineage.get("models", []), lineage.get("relation")
    plain = [library or "", *_formats(subject.files), *words(subject.fact("config").get("model_type"))]
    plain += [task or "", *named, *_traits(subject, card, task), *words(card.get("language"))]
    plain += [f"dataset:{name}" for name in words(card.get("datasets"))]
    plain += _papers(subject)
    plain += [f"base_model:{base}" for base in bases] + [f"base_model:{relation}:{base}" for base in bases]
    plain += [f"license:{name}" for name in words(card.get("license"))]
    plain += _quantization(subject)
    found: Value = {"tags": _tidy(plain)}
    if task:
        found["pipeline_tag"] = task
    if library:
        found["library_name"] = library
    if bases:
        found["base_models"] = lineage
    return found


def _traits(subject: Subject, card: Mapping[str, Any], task: str | None) -> Iterator[str]:
    config = subject.fact("config")
    template = config.get("tokenizer_config", {}).get("chat_template") or subject.fact("gguf").get("chat_template")
    if template and task in _CHATS:
        yield "conversational"
    if config.get("auto_map"):
        yield "custom_code"
    if card.get("model-index"):
        yield "eval-results"


def _quantization(subject: Subject) -> Iterator[str]:
    """`4-bit` and `gptq`: the Hub names the bits first."""
    found = subject.fact("quantization")
    if found.get("bits"):
        yield f"{found['bits']}-bit"
    if found.get("method") and found["method"] not in ("gguf", "mlx"):
        yield found["method"]


def _papers(subject: Subject) -> list[str]:
    card = subject.fact("card")
    return [f"arxiv:{paper}" for paper in card.get("arxiv", [])] + [f"doi:{name}" for name in card.get("doi", [])]


def _dataset_tags(subject: Subject, card: Mapping[str, Any]) -> Iterator[str]:
    data = subject.fact("data")
    for key in _DATASET_KEYS:
        yield from (f"{key}:{value}" for value in words(card.get(key)))
    if not words(card.get("size_categories")) and data.get("size_category"):
        yield f"size_categories:{data['size_category']}"
    yield from (f"format:{name}" for name in data.get("formats", []))
    yield from (f"modality:{name}" for name in data.get("modalities", []))
    yield from (f"library:{name}" for name in data.get("libraries", []))
    yield from _papers(subject)
    yield from words(card.get("tags"))


def _formats(paths: Iterable[str]) -> list[str]:
    own = [path for path in paths if not path.startswith(".")]
    return [name for name, endings in FORMATS if any(path.endswith(endings) for path in own)]


def _tidy(tags: Iterable[str]) -> list[str]:
    kept = dict.fromkeys(tag.strip() for tag in tags if 0 < len(tag.strip()) <= MAX_TAG)
    return list(kept)[:MAX_TAGS]
