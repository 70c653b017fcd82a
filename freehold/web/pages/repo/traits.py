"""What the ways of using a repository depend on, chosen from its facts."""

from collections.abc import Mapping
from typing import Any

from freehold.core.repos.repo import Repo
from freehold.web.snippets.ways import Traits, Variant

Facts = Mapping[str, Mapping[str, Any]]


def traits_of(repo: Repo, base: str, known: Facts, names: frozenset[str]) -> Traits:
    """The traits of a repository with these facts and these files at the top; names from it are untrusted text."""
    named, config, data = known.get("tags", {}), known.get("config", {}), known.get("data", {})
    transformers = known.get("transformers", {})
    variants = known.get("quantization", {}).get("variants", [])
    return Traits(
        repo.repo_id,
        base,
        library=_safe(named.get("library_name", "")),
        task=_safe(named.get("pipeline_tag", "")),
        auto_model=_safe(transformers.get("auto_model", "")),
        processor=_safe(transformers.get("processor", "")),
        files=frozenset(name for name in names if _safe(name)),
        private=repo.private,
        gated=bool(repo.gated),
        own_code=bool(config.get("auto_map")),
        bases=[one for one in named.get("base_models", {}).get("models", []) if _safe(one)],
        variants=[Variant(one["name"], one["path"], one["files"]) for one in variants if _safe(one["path"])],
        chats="conversational" in named.get("tags", []),
        formats=data.get("formats") or (["onnx"] if "onnx" in named.get("tags", []) else []),
        first=_safe(data.get("first", "")),
    )


def _safe(text: str) -> str:
    """The text if it can stand in a program or a command as it is, else nothing: a name must not end what quotes it."""
    plain = all(char.isalnum() or char in "._-/+,=@" for char in text)
    return text if plain and not text.startswith("-") else ""
