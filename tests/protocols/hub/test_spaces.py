"""What runs in a space."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/spaces/{id}/runtime")
def test_nothing_runs_and_it_says_so(alice: Asker) -> None:
    alice.create("app", "space")
    said = alice.get("spaces/alice/app/runtime").json()
    assert said == {"stage": "NO_APP_FILE", "hardware": {"current": None, "requested": None}}
    alice.made(alice.commit("spaces/alice/app", {"app.py": b"import gradio\n"}))
    assert alice.get("spaces/alice/app/runtime").json()["stage"] == "PAUSED"
