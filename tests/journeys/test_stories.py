"""Every story in `stories/` is lived from beginning to end, with the programs that people use."""

from pathlib import Path

import pytest

from tests.clients.client import ENVIRONMENTS
from tests.journeys.storytelling import Stage, Step, parse
from tests.kit.process import HubProcess, free_port

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))


@pytest.mark.clients
@pytest.mark.parametrize("story", [pytest.param(path, id=path.stem) for path in STORIES])
def test_the_story_goes_as_it_is_told(story: Path, tmp_path: Path) -> None:
    with HubProcess(tmp_path / "data", ssh_port=free_port()) as hub:
        stage = Stage(hub, tmp_path / "people", ENVIRONMENTS / "new" / "bin")
        for step in parse(story.read_text("utf-8")):
            stage.live(step)
        assert hub.faults() == []


def test_a_story_is_read_line_by_line() -> None:
    assert parse("# Why\nalice: git status\n> clean\n< dirty\n\nbob! git push\n") == [
        Step(2, "alice", "git status", True, ["clean"], ["dirty"]),
        Step(6, "bob", "git push", False),
    ]


@pytest.mark.parametrize("line", ["> said before anything was done", "alice git status", "Alice: x", "carol!push"])
def test_a_line_that_is_no_step_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line 1 is no part"):
        parse(line)
