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


def test_what_would_run_a_space_is_said_not_to_be_kept(alice: Asker) -> None:
    secrets = [{"key": "k", "value": "hidden"}]
    made = alice.create("app", "space", secrets=secrets, hardware="t4-small")
    assert made.status_code == 200
    assert made.headers["X-HF-Warning"].endswith("did not keep: hardware, secrets.")
    copied = alice.post("spaces/alice/app/duplicate", {"repository": "alice/copy", "variables": secrets})
    assert copied.headers["X-HF-Warning"].endswith("did not keep: variables.")
    assert "X-HF-Warning" not in alice.create("plain", "space").headers
