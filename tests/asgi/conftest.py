"""Fixtures for tests of the hall."""

import pytest
from anyio.from_thread import start_blocking_portal


@pytest.fixture(scope="module")
def portal():
    with start_blocking_portal() as portal:
        yield portal
