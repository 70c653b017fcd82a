"""What runs: nothing, and that is what lists and questions are answered."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves(
    "GET /api/jobs/hardware", "GET /api/spaces/hardware", "GET /api/spaces/templates", "GET /api/jobs/{ns}",
    "GET /api/scheduled-jobs/{ns}", "GET /api/jobs/{ns}/{job}", "GET /api/scheduled-jobs/{ns}/{job}",
)  # fmt: skip
def test_nothing_runs_and_nothing_can(alice: Asker, nobody: Asker) -> None:
    for path in ("jobs/hardware", "spaces/hardware", "jobs/alice", "scheduled-jobs/alice"):
        assert alice.get(path).json() == []
    assert alice.get("spaces/templates").json() == {"templates": []}
    for path in ("jobs/alice/1", "scheduled-jobs/alice/1"):
        assert (alice.get(path).status_code, nobody.get(path).status_code) == (404, 401)
    started = alice.post("jobs/alice", {"command": ["true"]})
    assert (started.status_code, started.headers["X-Error-Code"]) == (501, "NotImplemented")
