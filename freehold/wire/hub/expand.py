"""The properties that `expand` may name, for each kind of repository, as huggingface_hub 2.4.0 declares them."""

from collections.abc import Sequence

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind

_MODEL = (
    "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads",
    "downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified",
    "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors",
    "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage", "widgetData",
)  # fmt: skip
_DATASET = (
    "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads", "downloadsAllTime", "gated",
    "lastModified", "likes", "mainSize", "paperswithcode_id", "private", "resourceGroup", "sha", "siblings", "tags",
    "trendingScore", "usedStorage",
)  # fmt: skip
_SPACE = (
    "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models", "private", "region",
    "resourceGroup", "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore", "usedStorage",
)  # fmt: skip
_KERNEL = ("author", "createdAt", "disabled", "downloads", "gated", "lastModified", "likes", "private", "sha")

EXPANDABLE: dict[RepoKind, tuple[str, ...]] = {
    RepoKind.MODEL: _MODEL,
    RepoKind.DATASET: _DATASET,
    RepoKind.SPACE: _SPACE,
    RepoKind.KERNEL: _KERNEL,
}


_OLDER = ("xetEnabled",)
"""Asked for by huggingface_hub 0.30 before every upload of a large file, and no longer declared by 2.4.0."""


def check_expand(kind: RepoKind, names: Sequence[str]) -> None:
    """Raise Invalid, listing every valid value, if `names` holds one that `kind` does not have."""
    unknown = [name for name in names if name not in (*EXPANDABLE[kind], *_OLDER)]
    if unknown:
        raise Invalid(
            f'"expand" must be one of [{", ".join(EXPANDABLE[kind])}]: {unknown[0][:100]!r} is not one for {kind}s.'
        )
