"""Every route, asked in every way by everybody about everything, against a policy written apart.

With `MATRIX_PAGE=docs/matrix.md` the size and the result are written there.
"""

import logging
import os
import re
from pathlib import Path

import pytest
import structlog

from freehold.core.accounts.actor import SYSTEM
from tests.protocols.matrix.asking import Answer, Asked, Rewind, ask
from tests.protocols.matrix.judging import Result, fingerprint, judge, things_of
from tests.protocols.matrix.probes import Probe, probes
from tests.protocols.matrix.stage import NEVER, THINGS, Stage, Way, build
from tests.protocols.matrix.telling import page

pytestmark = pytest.mark.timeout(900)  # seconds; alone on one core it takes two minutes


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """One stage for all: after every answer it is put back as it was."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = build(tmp_path_factory.mktemp("matrix"))
    yield made
    made.hub.close()
    structlog.configure(**before)


@pytest.fixture(scope="module")
def rewind(stage: Stage) -> Rewind:
    return Rewind(str(stage.hub.settings.data / "hub.sqlite"))


@pytest.fixture(scope="module")
def result(stage: Stage, rewind: Rewind) -> Result:
    """Everything asked once, for all tests."""
    found = Result()

    async def all_of_them() -> None:
        for probe in probes(stage.hub.house.routes):
            await judge(probe, stage, rewind, found)

    stage.hub.run(all_of_them)
    if place := os.environ.get("MATRIX_PAGE"):
        Path(place).write_text(page(found, stage), "utf-8")
    return found


def test_every_answer_is_as_the_policy_says(result: Result):
    assert not result.wrong, f"{len(result.wrong)} of {result.cells} cells:\n" + "\n".join(result.wrong[:50])
    assert result.cells > 20_000


def test_no_list_shows_what_is_hidden(result: Result):
    assert not result.shown, "\n".join(result.shown[:50])


def test_a_token_never_exceeds_its_owner(result: Result):
    more = [
        (*cell, way)
        for cell, done in result.done.items()
        for way in done
        if re.search(r" token( as password| to |$)", way) and done[way] and not _whole(done, way.partition(",")[0])
    ]
    assert more == []


def _whole(done: dict[str, bool], person: str) -> bool:
    return done.get(f"{person}, write token", True) or done.get(f"{person}, own page", False)


def test_a_credential_never_takes_away_what_is_public(result: Result, stage: Stage):
    dead = {way.name for way in stage.ways if way.caller.dead}
    less = [
        (*cell, way)
        for cell, done in result.done.items()
        if done.get("nobody")
        for way in done
        if not done[way] and way not in dead and not cell[0].startswith("GET /login")
    ]
    assert less == []


def test_a_private_thing_a_deleted_and_one_that_never_was_are_the_same_bytes(stage: Stage, rewind: Rewind):
    close = next(one for one in THINGS if one.name == "acme/close")
    trash = next(one for one in THINGS if one.name == "acme/trash")
    ways = [way for way in stage.ways if way.name in {"nobody", "carol, write token", "carol, own page"}]
    for probe in probes(stage.hub.house.routes):
        if not probe.of_things or close not in things_of(probe):
            continue
        for way in ways:
            answers = {fingerprint(_answer(stage, probe, way, one), one) for one in (close, trash, NEVER)}
            rewind.back()
            assert len(answers) == 1, (probe.name, way.name)


def _answer(stage: Stage, probe: Probe, way: Way, thing) -> Answer:
    return _ask(stage, probe.asked(stage, way, thing))


def _ask(stage: Stage, asked: Asked) -> Answer:
    answers = []

    async def story() -> None:
        answers.append(await ask(stage.hub.house.app, asked))

    stage.hub.run(story)
    return answers[0]


def _take_token(stage: Stage) -> None:
    tokens, bob = stage.hub.rooms.tokens, str(stage.hub.actor("bob").account_id)
    for token in tokens.list(bob):
        tokens.revoke(SYSTEM, bob, token.id)


def _take_role(stage: Stage) -> None:
    stage.hub.rooms.people.set_member(SYSTEM, "acme", "bob", None)


def _take_account(stage: Stage) -> None:
    stage.hub.rooms.people.disable(SYSTEM, "bob")


@pytest.mark.parametrize(
    ("take", "ways"),
    [(_take_token, ("token",)), (_take_role, ("token", "own page")), (_take_account, ("token", "own page"))],
)
def test_what_was_taken_away_opens_nothing_within_a_minute(stage: Stage, rewind: Rewind, take, ways):
    close = next(one for one in THINGS if one.name == "acme/close")
    his = [way for way in stage.ways if way.name.startswith("bob,") and any(word in way.name for word in ways)]
    assert his
    take(stage)
    stage.hub.clock.advance(60)
    try:
        for probe in probes(stage.hub.house.routes):
            if (
                not probe.of_things
                or close not in things_of(probe)
                or not {"READ", "CONTENT", "WRITE"} & set(probe.needs)
            ):
                continue
            for way in his:
                assert _answer(stage, probe, way, close).status in {303, 400, 401, 403, 404}, (probe.name, way.name)
    finally:
        stage.hub.clock.advance(-60)
        rewind.back()
