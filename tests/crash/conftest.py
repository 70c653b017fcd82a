"""A hub that can be killed, with alice in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.forked import ForkedHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[ForkedHub]:
    hub = ForkedHub(tmp_path / "data")
    hub.start()
    hub.add("alice")
    yield hub
    hub.kill()
