"""Who may read which lines, and how they are chosen."""

import dataclasses
import json

import pytest

from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.accounts.audit import record
from freehold.core.accounts.trail.reading import Filter, Trail


@pytest.fixture
def trail(hub):
    """Alice, bob and carol have each done something."""
    done = [
        ("alice", "repo.create", "acme/birds"), ("bob", "push", "acme/birds"),
        ("bob", "repo.create", "datasets/acme/fish"),
        ("carol", "repo.create", "carol/cats"), ("bob", "repo.like", "carol/cats"),
        ("carol", "gate.fetch", "acme/birds"),
    ]  # fmt: skip
    for name, action, subject in done:
        with hub.rooms.db.write() as tx:
            record(tx, hub.actor(name), action, subject, address="192.0.2.7")
    return Trail(hub.rooms.db)


def read(view, limit=50, **chosen):
    """The newest lines that the cast's own making did not leave."""
    lines = view.page(Filter.of(**chosen), limit).lines
    return [(line.actor, line.action, line.subject) for line in lines if line.actor != "freehold"]


def test_a_person_reads_what_they_did_and_what_was_done_to_theirs(hub, trail):
    assert read(trail.of_person(hub.actor("carol"))) == [
        ("carol", "gate.fetch", "acme/birds"), ("bob", "repo.like", "carol/cats"),
        ("carol", "repo.create", "carol/cats"),
    ]  # fmt: skip
    with pytest.raises(Forbidden):
        trail.of_person(ANONYMOUS)


def test_whereabouts_are_the_persons_and_the_administrators_to_read(hub, trail):
    def seen(view):
        return {line.actor for line in view.page(Filter(), 50).lines if line.personal}

    assert seen(trail.of_person(hub.actor("carol"))) == {"carol"}
    assert seen(trail.of_org(hub.actor("alice"), "acme")) == set()
    assert seen(trail.of_hub(hub.actor("admin"))) == {"alice", "bob", "carol"}
    exported = [json.loads(line) for line in trail.of_org(hub.actor("alice"), "acme").export(Filter())]
    assert all(line["personal"] is None and line["salt"] is None for line in exported)


def test_an_organisations_administrators_read_what_is_its(hub, trail):
    assert {line[2] for line in read(trail.of_org(hub.actor("alice"), "ACME"))} == {"acme/birds", "datasets/acme/fish"}
    assert trail.of_org(hub.actor("admin"), "acme")


@pytest.mark.parametrize("user", ["bob", "zoe", "carol"])
def test_nobody_else_reads_it(hub, trail, user):
    with pytest.raises(Forbidden):
        trail.of_org(hub.actor(user), "acme")
    with pytest.raises(NotFound):
        trail.of_org(hub.actor(user), "nowhere")
    with pytest.raises(NotFound):
        trail.of_org(hub.actor(user), "alice")
    with pytest.raises(Forbidden):
        trail.of_hub(hub.actor(user))


def test_a_read_token_reads_nobodys_but_its_own(hub, trail):
    with pytest.raises(Forbidden):
        trail.of_org(hub.actor("alice", "read"), "acme")
    with pytest.raises(Forbidden):
        trail.of_hub(dataclasses.replace(hub.actor("admin"), may_write=False))


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"actor": "BOB"}, 3), ({"action": "repo."}, 4), ({"action": "repo.create"}, 3), ({"action": "repo"}, 0),
        ({"subject": "acme/birds"}, 3), ({"subject": "acme"}, 3), ({"subject": "acme/bird"}, 0),
        ({"actor": "bob", "action": "push"}, 1), ({"since": "2999-01-01"}, 0), ({"until": "2999-01-01T00:00:00Z"}, 6),
        ({"until": "2001-01-01"}, 0), ({"subject": "%"}, 0),
    ],
)  # fmt: skip
def test_lines_are_chosen(hub, trail, chosen, count):
    assert len(read(trail.of_hub(), **chosen)) == count


def test_a_day_as_the_end_is_included():
    assert Filter.of(until="2026-11-22").until == Filter.of(since="2026-11-23").since
    for text in ("soon", "2026-13-01", "9999-99-99"):
        with pytest.raises(Invalid, match="is no time"):
            Filter.of(since=text)


def test_pages_follow_each_other_without_a_gap(hub, trail):
    view, before, seen = trail.of_hub(), None, []
    while True:
        page = view.page(Filter(), 4, before)
        seen += [line.seq for line in page.lines]
        if (before := page.before) is None:
            break
    assert seen == list(range(len(seen), 0, -1))
    assert [json.loads(line)["seq"] for line in view.export(Filter())] == seen
