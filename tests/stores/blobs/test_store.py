"""The system's complaints become errors of the hub."""

import errno

import pytest

from freehold.base.errors import StorageFailed, StorageFull
from freehold.stores.blobs.store import as_hub_errors


def test_a_full_disk_is_storage_full():
    with pytest.raises(StorageFull, match="free some space"), as_hub_errors(), open("/dev/full", "wb", 0) as disk:  # noqa: PTH123
        disk.write(b"weights")


def test_an_exhausted_disk_quota_is_storage_full():
    with pytest.raises(StorageFull), as_hub_errors():
        raise OSError(errno.EDQUOT, "Disk quota exceeded")


def test_any_other_complaint_is_storage_failed():
    with pytest.raises(StorageFailed), as_hub_errors():
        raise OSError(errno.EIO, "Input/output error")
