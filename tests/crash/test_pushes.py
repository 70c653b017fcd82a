"""The server is killed at random moments of pushes: a branch is where it was or where it was pushed to."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from tests.crash.forked import ForkedHub
from tests.crash.visitor import Visitor
from tests.kit.gitclient import Clone, address, clone

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

KILLS = 100
LONGEST_S = 0.4


def push_until_killed(hub: ForkedHub, here: Clone, delay_s: float) -> bool:
    """Push, and kill the hub meanwhile; whether git was told that it went well."""
    pushing = here.start("push", "--quiet")
    try:
        pushing.wait(delay_s)
    except subprocess.TimeoutExpired:
        hub.kill()
    return pushing.wait(30) == 0


def test_a_hundred_killed_pushes_lose_nothing_and_show_nothing_half_done(hub: ForkedHub, tmp_path: Path) -> None:
    chance = random.Random(7)
    token = hub.token("alice")
    visitor = Visitor(hub.url, token)
    visitor.create("alice/story")
    visitor.close()
    here = clone(address(hub.url, "alice/story", token), tmp_path / "clone" / "work")
    at = here.git("rev-parse", "HEAD")
    survived = 0
    for number in range(KILLS):
        new = here.commit({f"{number}.txt": f"{number}", "noise.bin": os.urandom(200_000)})
        told = push_until_killed(hub, here, chance.uniform(0, LONGEST_S))
        hub.kill()
        hub.start()
        found = here.git("ls-remote", "origin", "refs/heads/main").split()[0]
        assert found in ({new} if told else {at, new})
        survived += found == new
        here.git("push", "--quiet")
        at = new
        if number % 10 == 9:
            assert hub.faults() == []
    assert 0 < survived < KILLS, "every push fell on the same side of the kill"
    assert clone(address(hub.url, "alice/story", token), tmp_path / "again" / "work").git("rev-parse", "HEAD") == at
