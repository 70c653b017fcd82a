"""The documents of the registry protocol: manifests with their layers, a model's configuration, errors.

Formats: the OCI distribution specification, with the media types that Ollama has for the layers of a model.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from freehold.base.ids import Sha256

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
MODEL = "application/vnd.ollama.image.model"
PROJECTOR = "application/vnd.ollama.image.projector"
TEMPLATE = "application/vnd.ollama.image.template"
SYSTEM = "application/vnd.ollama.image.system"
PARAMS = "application/vnd.ollama.image.params"
LICENSE = "application/vnd.ollama.image.license"

_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})", re.ASCII)


class Layer(msgspec.Struct, frozen=True, rename="camel"):
    """A content, by its digest (`sha256:…`) and its size in bytes."""

    media_type: str
    digest: str
    size: int


class Manifest(msgspec.Struct, frozen=True, rename="camel"):
    """A model: its configuration and its layers."""

    config: Layer
    layers: Sequence[Layer]
    schema_version: int = 2
    media_type: str = MANIFEST


def layer(media_type: str, sha256: str, size: int) -> Layer:
    """The layer that is this content."""
    return Layer(media_type, f"sha256:{sha256}", size)


def layer_of(media_type: str, content: bytes) -> Layer:
    """The layer that has these bytes."""
    return layer(media_type, hashlib.sha256(content).hexdigest(), len(content))


def config(architecture: str, parameters: int, quant: str, layers: Sequence[Layer]) -> bytes:
    """A model's configuration as Ollama shows it; what is not known (empty, 0) is left out."""
    said = {
        "model_format": "gguf",
        "model_family": architecture,
        "model_families": [architecture] if architecture else [],
        "model_type": _parameters(parameters),
        "file_type": quant,
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [one.digest for one in layers]},
    }
    return msgspec.json.encode({key: value for key, value in said.items() if value})


def is_parameters(content: bytes) -> bool:
    """Whether a file is what Ollama takes for a model's parameters: a JSON object."""
    try:
        return isinstance(msgspec.json.decode(content), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def parse_digest(text: str) -> Sha256 | None:
    """The hash in `sha256:…`; None for anything else."""
    found = _DIGEST.fullmatch(text)
    return Sha256(found[1]) if found else None


def error_document(code: str, message: str) -> dict[str, Any]:
    """An error as registries say it, and for those who show the body as it is, in a sentence."""
    return {"errors": [{"code": code, "message": message}], "error": message}


def _parameters(count: int) -> str:
    for unit, name in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")):
        if count >= unit:
            return f"{count / unit:.2f}{name}"
    return str(count) if count else ""
