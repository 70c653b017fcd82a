"""What clients ask of the hub itself."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/agent-harnesses")
def test_no_harness_is_registered(nobody: Asker) -> None:
    assert nobody.get("agent-harnesses").json() == {"standardEnvVars": [], "harnesses": {}}


@pytest.mark.proves("HEAD /api/telemetry/{topic}")
def test_telemetry_is_accepted(nobody: Asker) -> None:
    assert nobody.client.head("/api/telemetry/datasets/load").status_code == 200
