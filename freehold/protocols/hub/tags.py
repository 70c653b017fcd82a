"""The tags that mean something to this hub, by type."""

from starlette.requests import Request
from starlette.responses import Response

from freehold.core.facts.data import DATA_FORMATS, MODALITIES, READERS, SIZES
from freehold.core.facts.tasks import LIBRARIES, TASKS
from freehold.protocols.hub.answer import json
from freehold.wire.licenses import LICENSES


def models_tags_by_type(_request: Request) -> Response:
    """`GET /api/models-tags-by-type`."""
    return json(
        {
            "pipeline_tag": [_tag("pipeline_tag", name, name) for name in sorted(TASKS)],
            "library": [_tag("library", name, name) for name in sorted(LIBRARIES)],
            "license": _licenses(),
        }
    )


def datasets_tags_by_type(_request: Request) -> Response:
    """`GET /api/datasets-tags-by-type`; each is named with its type."""
    named = {
        "task_categories": sorted(TASKS),
        "size_categories": SIZES,
        "format": sorted(DATA_FORMATS),
        "modality": MODALITIES,
        "library": READERS,
    }
    told = {kind: [_tag(kind, f"{kind}:{name}", name) for name in names] for kind, names in named.items()}
    return json(told | {"license": _licenses()})


def _licenses() -> list[dict[str, str]]:
    return [_tag("license", f"license:{name}", label) for name, label in LICENSES.items()]


def _tag(kind: str, name: str, label: str) -> dict[str, str]:
    return {"id": name, "label": label, "type": kind}
