"""The facets by which lists are narrowed: each is one declaration, which the index, the API and the pages read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.base.words import later
from freehold.core.catalog.rows import CatalogEntry
from freehold.core.facts.safety import VERDICTS
from freehold.core.facts.subject import words
from freehold.core.facts.tasks import FORMATS
from freehold.core.repos.repo import Repo
from freehold.wire.licence_terms import restricts, terms_of

Values = Callable[[Repo, CatalogEntry], Iterable[str]]

_MODEL = frozenset((RepoKind.MODEL,))
_DATASET = frozenset((RepoKind.DATASET,))
_SPACE = frozenset((RepoKind.SPACE,))
_GIT = frozenset(GIT_KINDS)


@dataclass(frozen=True, slots=True)
class Facet:
    """`values` says what a repository has of it; `words` spells a value for people, `order` keeps values in that order.

    Whoever may see a repository may see all its values: what is not in its row and entry has no place in one.
    """

    name: str
    label: str
    kinds: frozenset[RepoKind]
    values: Values
    words: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True
    """Whether pages offer it; others are asked for by clients."""

    @property
    def ordered(self) -> bool:
        """Whether its values are few and have an order of their own."""
        return bool(self.words)


def _tagged(prefix: str) -> Values:
    return lambda _repo, entry: (tag.removeprefix(prefix) for tag in entry.tags if tag.startswith(prefix))


def _steps(bounds: Iterable[tuple[int, str]], amount: Callable[[Repo, CatalogEntry], int]) -> Values:
    steps = tuple(bounds)

    def values(repo: Repo, entry: CatalogEntry) -> Iterable[str]:
        found = amount(repo, entry)
        return [next(name for most, name in steps if found < most)] if found > 0 else []

    return values


_B, _G = 10**9, 10**9
_PARAMETERS = ((_B // 10, "100m"), (_B, "1b"), (3 * _B, "3b"), (9 * _B, "9b"), (24 * _B, "24b"), (80 * _B, "80b"),
               (2**63, "more"))  # fmt: skip
_PARAMETER_WORDS = {
    "100m": later("under 100 M"), "1b": later("100 M – 1 B"), "3b": later("1 – 3 B"), "9b": later("3 – 9 B"),
    "24b": later("9 – 24 B"), "80b": later("24 – 80 B"), "more": later("80 B and more"),
}  # fmt: skip
_BYTES = ((_G // 10, "100mb"), (_G, "1gb"), (10 * _G, "10gb"), (100 * _G, "100gb"), (1000 * _G, "1tb"), (2**63, "more"))
_BYTE_WORDS = {"100mb": later("under 100 MB"), "1gb": "100 MB – 1 GB", "10gb": "1 – 10 GB", "100gb": "10 – 100 GB",
               "1tb": "100 GB – 1 TB", "more": later("1 TB and more")}  # fmt: skip
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B",
          "10B<n<100B", "100B<n<1T", "n>1T")  # fmt: skip
_MEMORY = ((_G, "1gb"), (4 * _G, "4gb"), (8 * _G, "8gb"), (16 * _G, "16gb"), (24 * _G, "24gb"), (48 * _G, "48gb"),
           (80 * _G, "80gb"), (2**63, "more"))  # fmt: skip
_MEMORY_WORDS = {
    "1gb": later("under 1 GB"), "4gb": "1 – 4 GB", "8gb": "4 – 8 GB", "16gb": "8 – 16 GB", "24gb": "16 – 24 GB",
    "48gb": "24 – 48 GB", "80gb": "48 – 80 GB", "more": later("80 GB and more"),
}  # fmt: skip

_READS = {"gguf": ("llama.cpp", "ollama", "lmstudio", "jan", "koboldcpp"), "mlx": ("mlx-lm", "lmstudio")}
"""Programs on one's own machine, by the tag of the format that they read."""


def _apps(_repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    found = [app for tag in entry.tags for app in _READS.get(tag, ())]
    served = entry.pipeline_tag in ("text-generation", "image-text-to-text") and "safetensors" in entry.tags
    return [*found, *(("vllm", "sglang") if served and "transformers" in entry.tags else ())]


def _task(repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    if repo.kind is RepoKind.DATASET:
        return _tagged("task_categories:")(repo, entry)
    return [entry.pipeline_tag] if entry.pipeline_tag else []


def _libraries(repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    return [entry.library_name] if entry.library_name else _tagged("library:")(repo, entry)


def _languages(_repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    return (language.lower()[:24] for language in words(entry.card.get("language")))


def _licences(_repo: Repo, entry: CatalogEntry) -> list[str]:
    return [tag.removeprefix("license:") for tag in entry.tags if tag.startswith("license:")]


_WEIGHTS = frozenset(name for name, _ in FORMATS if name != "tensorboard")


def _openness(repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    """The lower rungs of the G7's ladder of 2026-05-29, as far as files, licence and gate tell; docs/search.md."""
    if not entry.parameters and _WEIGHTS.isdisjoint(entry.tags):
        return []
    licences = _licences(repo, entry)
    if repo.gated or any(map(restricts, licences)):
        return ["available"]
    return ["weights" if any(map(terms_of, licences)) else "unclear"]


def _use(repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    return (term for licence in _licences(repo, entry) for term in terms_of(licence))


def _has(sign: Callable[[Repo, CatalogEntry], object]) -> Values:
    return lambda repo, entry: ["yes"] if sign(repo, entry) else []


def _linked(_repo: Repo, entry: CatalogEntry) -> Iterable[str]:
    named = [(key, name) for key in ("models", "datasets") for name in words(entry.card.get(key))]
    return [*(f"{key}:{name}".lower() for key, name in named), *(["any"] if named else [])]


FACETS: tuple[Facet, ...] = (
    Facet("task", later("Task"), _MODEL | _DATASET, _task),
    Facet("sdk", later("Made with"), _SPACE, lambda repo, _entry: [repo.sdk] if repo.sdk else []),
    Facet("library", later("Library"), _MODEL | _DATASET, _libraries),
    Facet("size", later("Parameters"), _MODEL, _steps(_PARAMETERS, lambda _repo, entry: entry.parameters),
          _PARAMETER_WORDS),
    Facet("rows", later("Size"), _DATASET, _tagged("size_categories:"), {size: size for size in _SIZES}),
    Facet("modality", later("Modality"), _DATASET, _tagged("modality:")),
    Facet("format", later("Format"), _DATASET, _tagged("format:")),
    Facet("license", later("Licence"), _GIT, _licences),
    Facet("use", later("The licence…"), _GIT, _use, {
        "commercial": later("allows commercial use"), "noncommercial": later("forbids commercial use"),
        "sharealike": later("asks to share alike"), "limits": later("limits what it is used for"),
    }),
    Facet("openness", later("Openness"), _MODEL, _openness, {
        "weights": later("Open weights"), "available": later("Weights under restrictions"),
        "unclear": later("Weights, terms unclear"),
    }),
    Facet("language", later("Language"), _MODEL | _DATASET, _languages),
    Facet("dataset", later("Trained on"), _MODEL, _tagged("dataset:")),
    Facet("app", later("Runs in"), _MODEL, _apps),
    Facet("gate", later("Access"), _GIT, lambda repo, _entry: [repo.gated or "open"], {
        "open": later("Open to all"), "auto": later("After agreeing to terms"), "manual": later("On request"),
    }),
    Facet("disk", later("Size on disk"), _GIT, _steps(_BYTES, lambda repo, _entry: repo.logical_bytes), _BYTE_WORDS),
    Facet("memory", later("Memory to load it"), _MODEL, _steps(_MEMORY, lambda _repo, entry: entry.memory),
          _MEMORY_WORDS),
    Facet("safety", later("Code in files"), _MODEL | _DATASET,
          lambda _repo, entry: [entry.safety] if entry.safety else [], VERDICTS),
    Facet("base", later("Origin"), _MODEL, lambda _repo, entry: ["derived" if entry.card.get("base_model") else "base"],
          {"base": later("Base models only"), "derived": later("Made from another")}),
    Facet("evaluated", later("Evaluation"), _MODEL, _has(lambda _repo, entry: entry.card.get("model-index")),
          {"yes": later("Has evaluation results")}),
    Facet("linked", later("Uses"), _SPACE, _linked, shown=False),
)  # fmt: skip

BY_NAME: Mapping[str, Facet] = {facet.name: facet for facet in FACETS}


def of_kind(kind: RepoKind) -> tuple[Facet, ...]:
    """Those that pages offer for one kind."""
    return tuple(facet for facet in FACETS if facet.shown and kind in facet.kinds)
