"""The server is killed at random moments of its work: nothing acknowledged is lost, nothing half-done shows."""

import random
import threading

import pytest

from tests.crash.forked import ForkedHub
from tests.crash.story import Story
from tests.crash.visitor import Visitor

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

SEEDS = range(10)
KILLS = 20
LONGEST_S = 0.6


def work_until_killed(hub: ForkedHub, token: str, stories: list[Story], delay_s: float) -> None:
    """Let all stories go on at once, and kill the hub after `delay_s` seconds of that."""
    visitors = [Visitor(hub.url, token) for _ in stories]
    workers = [
        threading.Thread(target=story.go_on, args=(visitor,)) for story, visitor in zip(stories, visitors, strict=True)
    ]
    for worker in workers:
        worker.start()
    workers[0].join(delay_s)
    hub.kill()
    for worker, visitor in zip(workers, visitors, strict=True):
        worker.join(30)
        visitor.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_twenty_kills_lose_nothing_and_show_nothing_half_done(hub: ForkedHub, seed: int) -> None:
    chance = random.Random(seed)
    token = hub.token("alice")
    stories = [Story(f"alice/story-{number}", random.Random(f"{seed}.{number}")) for number in range(2)]
    visitor = Visitor(hub.url, token)
    for story in stories:
        story.begin(visitor)
    for kill in range(KILLS):
        work_until_killed(hub, token, stories, chance.uniform(0, LONGEST_S))
        hub.start()
        for story in stories:
            story.look(visitor)
            story.retry(visitor)
        print(f"kill {kill}: {[len(story.acknowledged) for story in stories]} commits")
        assert hub.faults() == []
    assert all(len(story.acknowledged) > KILLS for story in stories)
    visitor.close()
