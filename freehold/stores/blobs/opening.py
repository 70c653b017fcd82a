"""Choosing a blob store by its setting."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from freehold.base.errors import Invalid
from freehold.stores.blobs.local import LocalBlobs
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.blobs.signing import Bucket
from freehold.stores.blobs.store import BlobStore


def open_store(root: Path, storage: str = "", access_key: str = "", secret_key: str = "") -> BlobStore:
    """The store that `storage` names: empty for files under the folder `root`, `memory:`, or `s3://bucket…`.

    An S3 URL may say `endpoint`, `region` and `redirect=1` (clients can reach the store and then
    fetch whole blobs, and the ranges of xorbs, from it by signed URLs; else everything passes through the hub).
    Raises Invalid for any other form.
    """
    if not storage:
        return LocalBlobs(root)
    if storage == "memory:":
        return MemoryBlobs()
    parts = urlsplit(storage)
    if parts.scheme == "s3" and parts.netloc:
        from freehold.stores.blobs.s3 import S3Blobs  # noqa: PLC0415 - a hub on a disk need not pay for the client

        options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return S3Blobs(
            _bucket(parts.netloc, parts.path, options, access_key, secret_key), redirect=_is_on(options, "redirect")
        )
    raise Invalid(f"Unknown storage {storage!r}. Use s3://bucket/prefix?endpoint=…&region=…, or leave it empty.")


def _bucket(name: str, path: str, options: dict[str, str], access_key: str, secret_key: str) -> Bucket:
    unknown = sorted(set(options) - {"endpoint", "region", "redirect"})
    if unknown:
        raise Invalid(f"Unknown option {unknown[0]!r} of the storage setting. Known: endpoint, region, redirect.")
    if not access_key or not secret_key:
        raise Invalid("S3 storage needs the settings s3_access_key and s3_secret_key.")
    region = options.get("region", "us-east-1")
    endpoint = options.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/")
    if urlsplit(endpoint).scheme not in {"http", "https"}:
        raise Invalid(f"The endpoint {endpoint!r} of the storage setting must begin with http:// or https://.")
    return Bucket(endpoint, region, name, path.strip("/"), access_key, secret_key)


def _is_on(options: dict[str, str], name: str) -> bool:
    return options.get(name, "0") in {"1", "true", "yes"}
