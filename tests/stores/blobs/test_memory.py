"""The memory store keeps the promise."""

import pytest

from freehold.stores.blobs.memory import MemoryBlobs
from tests.conformance.blobs import BlobStorePromise


class TestMemory(BlobStorePromise):
    @pytest.fixture
    def store(self):
        return MemoryBlobs()
