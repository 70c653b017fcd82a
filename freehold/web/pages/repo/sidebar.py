"""What is known of a repository, as the few facts that stand beside its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freehold.core.facts.safety import VERDICTS
from freehold.core.facts.subject import words
from freehold.core.repos.repo import Repo
from freehold.web.wording import licence

_PREFIXED = (
    "license:",
    "base_model:",
    "dataset:",
    "arxiv:",
    "language:",
    "region:",
    "library:",
    "doi:",
    "modality:",
    "format:",
)
_MAX_CHIPS = 40


@dataclass(frozen=True, slots=True)
class Sidebar:
    """The facts in the order of the page; what is unknown is empty or 0."""

    license: str
    license_name: str
    parameters: int
    architecture: str
    rows: int
    """Of a dataset; exact, or guessed."""
    rows_exact: bool
    formats: Sequence[str]
    modalities: Sequence[str]
    size: int
    """Of all files of the main branch, in bytes."""
    task: str
    library: str
    context_length: int
    languages: Sequence[str]
    papers: Sequence[str]
    dois: Sequence[str]
    datasets: Sequence[str]
    tags: Sequence[str]
    sdk: str
    created_at: int
    safety: str
    """Whether loading it can run code: a key of `VERDICTS`, or empty."""

    @property
    def safety_words(self) -> str:
        """The same for people."""
        return VERDICTS.get(self.safety, "")


Facts = Mapping[str, Mapping[str, Any]]


def sidebar_of(repo: Repo, known: Facts) -> Sidebar:
    """Choose from the facts; each is untrusted text and is shown as text only."""
    card: Mapping[str, Any] = known.get("card", {}).get("data", {})
    named = known.get("tags", {})
    weights, data = known.get("safetensors", {}), known.get("data", {})
    tags: list[str] = named.get("tags", [])
    license_id = next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), "")
    plain = [tag for tag in tags if not tag.startswith(_PREFIXED)]
    return Sidebar(
        license_id,
        str(card.get("license_name") or licence(license_id))[:100],
        weights.get("total", 0) or known.get("gguf", {}).get("total", 0),
        str(known.get("architecture", {}).get("name", "")),
        _whole(data.get("rows")),
        bool(data.get("exact")),
        data.get("formats", []),
        data.get("modalities", []),
        known.get("files", {}).get("bytes", 0),
        named.get("pipeline_tag", ""),
        named.get("library_name", ""),
        _whole(known.get("architecture", {}).get("context_length")),
        words(card.get("language"))[:20],
        known.get("card", {}).get("arxiv", [])[:10],
        known.get("card", {}).get("doi", [])[:10],
        [tag.removeprefix("dataset:") for tag in tags if tag.startswith("dataset:")][:20],
        [
            tag
            for tag in plain
            if tag not in (named.get("pipeline_tag"), named.get("library_name"), *words(card.get("language")))
        ][:_MAX_CHIPS],
        repo.sdk or "",
        repo.created_at,
        known.get("safety", {}).get("verdict", ""),
    )


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
