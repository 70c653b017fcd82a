"""No request, however hostile, is answered with an error of the hub's own: 500 never, 501 and 503 in words."""

import logging
import os
import re

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.protocols.fuzz.requests import hostile
from tests.protocols.matrix.asking import Answer, Asked, Rewind, ask

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
"""For each bundle of routes; a night's run may ask for more."""


class Target:
    """A hub that is put back after each request that changed it."""

    def __init__(self, folder):
        self.hub = TestHub(folder)
        birds = a_model(self.hub, "acme/birds", files={"README.md": b"---\nlicense: mit\n---\n# Birds", "a.txt": b"a"})
        writer = self.hub.rooms.repos.proposer(self.hub.actor("alice"), birds)
        self.hub.rooms.discussions.open(writer, "A thread", "text")
        self.hub.rooms.discussions.open_pull(writer, "A change", "text")
        self.authorization = {"authorization": f"Bearer {self.hub.token('alice')}"}
        self.hub.work()
        self.rewind = Rewind(str(self.hub.settings.data / "hub.sqlite"))
        self.routes = self.hub.house.routes
        self.templates = frozenset(route.path for route in self.routes)

    def ask(self, asked: Asked) -> Answer:
        answers = []

        async def story():
            answers.append(await ask(self.hub.house.app, asked))

        self.hub.run(story)
        self.rewind.back()
        return answers[0]


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = Target(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.hub.close()
    structlog.configure(**before)


def bundle(target: Target, words: str):
    """The routes of one part of the hub, without the kinds that share their endpoints with models."""
    few = re.compile(r"(/api)?/(datasets|spaces|kernels)/\{n")
    return [route for route in target.routes if re.match(words, route.path) and not few.match(route.path)]


BUNDLES = {
    "repositories": r"/api/(models|repos|settings|recent|whoami|valid|users|org)",
    "buckets and collections": r"/api/(buckets|collections|spaces|jobs|sched)",
    "large files": r"/(xet|v1|v2|api/lfs|.*/info/lfs)",
    "git and files": r"/\{ns:seg\}/\{name:seg\}/(info/refs|git-|resolve|raw)",
    "pages": r"/(\{|settings|collections|new|login|buckets|notif|-|$)",
    "the rest": r"/(oauth|\.well|uploads|papers|scim|health|metrics|admin|device)",
}


@pytest.mark.parametrize("words", BUNDLES.values(), ids=BUNDLES)
def test_nothing_breaks_it(target: Target, words: str):
    routes = bundle(target, words)

    @settings(max_examples=EXAMPLES * max(1, len(routes) // 4), deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def hit(data: st.DataObject) -> None:
        route = data.draw(st.sampled_from(routes))
        asked = data.draw(hostile(route, target.templates, {"name": "birds"}))
        named = {} if "authorization" in asked.headers or data.draw(st.booleans()) else target.authorization
        answer = target.ask(Asked(asked.method, asked.path, asked.query, {**asked.headers, **named}, asked.body))
        assert answer.status < 500 or answer.status in {501, 503}, f"{answer.status} {asked} {answer.body[:200]!r}"

    assert routes
    hit()


@pytest.mark.parametrize("path", ["/settings/gated-repos/fetched/%D1%96%0A"])
def test_what_broke_it_once_does_so_no_more(target: Target, path: str):
    assert target.ask(Asked("GET", path, "", target.authorization)).status < 500
