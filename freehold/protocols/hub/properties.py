"""What can be said of a repository: one function a property, picked by `expand`, `full` and the rest."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import UNSET

from freehold.base.clock import iso
from freehold.base.ids import Oid, RepoKind
from freehold.core.catalog.lineage import RELATIONS
from freehold.core.catalog.popularity import Popularity
from freehold.core.catalog.rows import CatalogEntry
from freehold.core.facts.facts import Facts
from freehold.core.facts.subject import words
from freehold.core.repos.entries import Entry
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.protocols.hub.spaces import runtime_of
from freehold.wire.hub.models import Sibling, SiblingLfs


class Subject:
    """A repository at one commit; whatever takes work is found out once, when a property first needs it.

    `entry` is what the catalogue knows already; without it, facts are asked. `children` counts the models made from it.
    """

    def __init__(
        self,
        repo: Repo,
        commit: Oid | None,
        open_reader: Callable[[], RepoReader],
        facts: Facts,
        *,
        popularity: Callable[[], Popularity],
        children: Callable[[], int],
        entry: CatalogEntry | None = None,
    ) -> None:
        self.repo, self.commit, self.children = repo, commit, children
        self._open, self._facts, self._entry, self._popularity = open_reader, facts, entry, popularity

    @cached_property
    def reader(self) -> RepoReader:
        """The repository itself."""
        return self._open()

    @cached_property
    def popularity(self) -> Popularity:
        """Who uses and likes it."""
        return self._popularity()

    @cached_property
    def entry(self) -> CatalogEntry:
        """Card, tags, task and library."""
        if self._entry is not None:
            return self._entry
        tags = self.fact("tags")
        card = self.fact("card").get("data", {})
        return CatalogEntry(self.commit, card, tags.get("tags", []), tags.get("pipeline_tag"), tags.get("library_name"))

    def fact(self, step: str) -> dict[str, Any]:
        """What a step found out about the commit; empty if there is none."""
        return self._all_facts.get(step, {})

    def told(self, step: str, open_keys: Collection[str]) -> dict[str, Any]:
        """The same, as far as a closed gate leaves it readable: what a model is, not what is written in its files."""
        found = self.fact(step)
        if not self.repo.gated or not self.reader.closed:
            return found
        return {key: value for key, value in found.items() if key in open_keys}

    @property
    def hidden(self) -> bool:
        """Whether a gate hides all but the name."""
        return bool(self.repo.gated) and self.repo.gate_hides and self.reader.hidden

    @cached_property
    def _all_facts(self) -> dict[str, dict[str, Any]]:
        return {} if self.commit is None else self._facts.all(self.reader, self.commit)

    @cached_property
    def files(self) -> list[Entry]:
        """Every file."""
        if self.commit is None:
            return []
        return [entry for entry in self.reader.tree(self.commit, recursive=True) if entry.kind == "file"]


_OPEN_CONFIG = frozenset({"architectures", "model_type", "quantization_config", "peft", "diffusers"})
_OPEN_GGUF = frozenset({"total", "architecture", "context_length"})
_BASE = "base_model:"
_OF_HIDDEN = frozenset(
    ("author", "createdAt", "disabled", "downloads", "gated", "lastModified", "likes", "modelId", "private")
)
"""What is said of a repository whose gate hides the card, too."""

Property = Callable[[Subject], Any]
"""A JSON value, or UNSET where there is none to give."""


def _card(key: str) -> Property:
    return lambda of: of.entry.card.get(key, UNSET)


def _fact(step: str) -> Property:
    return lambda of: of.fact(step) or UNSET


def _card_names(key: str) -> Property:
    return lambda of: words(of.entry.card.get(key))


def _bases(of: Subject) -> list[str]:
    """What a model was made from, of `base_model:acme/base` and `base_model:adapter:acme/base` the former."""
    named = (tag.removeprefix(_BASE) for tag in of.entry.tags if tag.startswith(_BASE))
    return [name for name in named if name.partition(":")[0] not in RELATIONS]


def _always(value: Any) -> Property:
    return lambda _of: value


_PROPERTIES: Mapping[str, Property] = {
    "author": lambda of: of.repo.namespace,
    "baseModels": _bases,
    "cardData": lambda of: of.entry.card,
    "childrenModelCount": lambda of: of.children(),
    "config": lambda of: of.told("config", _OPEN_CONFIG) or UNSET,
    "createdAt": lambda of: iso(of.repo.created_at),
    "datasets": _card_names("datasets"),
    "disabled": lambda of: of.repo.disabled,
    "downloads": lambda of: of.popularity.downloads,
    "downloadsAllTime": lambda of: of.popularity.all_time,
    "gated": lambda of: of.repo.gated or False,
    "gguf": lambda of: of.told("gguf", _OPEN_GGUF) or UNSET,
    "inferenceProviderMapping": _always([]),
    "lastModified": lambda of: iso(of.repo.updated_at),
    "library_name": lambda of: of.entry.library_name or UNSET,
    "likes": lambda of: of.popularity.likes,
    "mainSize": lambda of: sum(file.size for file in of.files),
    "mask_token": lambda of: of.told("config", _OPEN_CONFIG).get("tokenizer_config", {}).get("mask_token", UNSET),
    "model-index": _card("model-index"),
    "modelId": lambda of: of.repo.repo_id.full,
    "models": _card_names("models"),
    "paperswithcode_id": _card("paperswithcode_id"),
    "pipeline_tag": lambda of: of.entry.pipeline_tag or UNSET,
    "private": lambda of: of.repo.private,
    "runtime": lambda of: runtime_of(of.reader),
    "safetensors": _fact("safetensors"),
    "sdk": lambda of: of.repo.sdk or UNSET,
    "sha": lambda of: of.commit or UNSET,
    "siblings": lambda of: [Sibling(file.path) for file in of.files],
    "spaces": _always([]),
    "tags": lambda of: of.entry.tags,
    "transformersInfo": _fact("transformers"),
    "trendingScore": lambda of: of.popularity.trend,
    "usedStorage": lambda of: of.repo.logical_bytes,
    "widgetData": _card("widget"),
    "xetEnabled": _always(True),
}

_EVERY = ("author", "createdAt", "disabled", "downloads", "gated", "lastModified", "likes", "private", "sha")
_BRIEF = ("createdAt", "downloads", "gated", "lastModified", "likes", "private", "tags")

IN_INFO: Mapping[RepoKind, tuple[str, ...]] = {
    RepoKind.MODEL: (
        "modelId", *_EVERY, "tags", "pipeline_tag", "library_name", "cardData", "siblings", "config",
        "transformersInfo", "model-index", "widgetData", "mask_token", "safetensors", "gguf", "spaces", "usedStorage",
    ),
    RepoKind.DATASET: (*_EVERY, "tags", "cardData", "siblings", "paperswithcode_id", "usedStorage"),
    RepoKind.SPACE: (
        *_EVERY[:3], *_EVERY[5:], "tags", "cardData", "siblings", "sdk", "runtime", "models", "datasets", "usedStorage",
    ),
    RepoKind.KERNEL: _EVERY,
}  # fmt: skip
"""What a repository's own information says without `expand`."""

IN_LIST: Mapping[RepoKind, tuple[str, ...]] = {
    RepoKind.MODEL: ("modelId", *_BRIEF, "pipeline_tag", "library_name"),
    RepoKind.DATASET: ("author", "disabled", "sha", *_BRIEF),
    RepoKind.SPACE: ("sdk", *_BRIEF),
    RepoKind.KERNEL: _EVERY,
}
"""What a listing says of each without `expand` and `full`."""

IN_FULL_LIST: Mapping[RepoKind, tuple[str, ...]] = {
    RepoKind.MODEL: ("author", "sha", "siblings"),
    RepoKind.DATASET: ("cardData", "siblings"),
    RepoKind.SPACE: ("author", "sha", "cardData", "siblings", "models", "datasets"),
    RepoKind.KERNEL: (),
}
"""What `full=true` adds to that."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to say: properties, and whether siblings carry sizes and ids."""

    names: tuple[str, ...]
    blobs: bool = False


def describe(subject: Subject, choice: Choice) -> dict[str, Any]:
    """The chosen properties, always with `_id` and `id`; those without a value are left out."""
    said: dict[str, Any] = {"_id": subject.repo.id, "id": subject.repo.repo_id.full}
    for name in choice.names:
        if name not in _OF_HIDDEN and subject.hidden:
            continue
        # Of providers and regions, which may be asked for, this hub knows nothing.
        value = _PROPERTIES[name](subject) if name in _PROPERTIES else UNSET
        if value is not UNSET:
            said[name] = value
    if choice.blobs and "siblings" in said:
        said["siblings"] = list(detailed_siblings(subject.files))
    return said


def detailed_siblings(files: Iterable[Entry]) -> Iterable[Sibling]:
    """Files with size, git id and, for large ones, SHA-256."""
    for file in files:
        large = file.large
        lfs = SiblingLfs(large.sha256, large.size, large.pointer_size) if large else UNSET
        yield Sibling(file.path, file.size, file.oid, lfs)
