"""One served hub for all tests of this folder, and the clients that visit it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.process import HubProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub with alice and carol; when its tests are done, every byte that it keeps must match every other."""
    hub = HubProcess(tmp_path_factory.mktemp("hub") / "data")
    with hub:
        hub.add("alice", "carol")
        yield hub
        assert hub.faults() == []


@pytest.fixture(scope="module")
def alice(server: HubProcess) -> str:
    return server.token("alice")


@pytest.fixture(scope="module")
def carol(server: HubProcess) -> str:
    return server.token("carol")


@pytest.fixture
def client_of(server: HubProcess, alice: str, tmp_path: Path) -> Callable[[str], Client]:
    """Makes the client of an environment: `new`, `h119` or `h030`, signed in as alice."""

    def make(environment: str) -> Client:
        folder = ENVIRONMENTS / environment
        assert folder.is_dir(), f"{folder} is missing; ./dev clients makes it"
        return Client(folder, tmp_path / "home", server.url, alice)

    return make


@pytest.fixture
def newest(client_of: Callable[[str], Client]) -> Client:
    """huggingface_hub 2.4.0 with hf-xet 1.8.0, and all that stands on it."""
    return client_of("new")
