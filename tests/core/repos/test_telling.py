"""Whatever changes a repository is announced, once, with what must be known even after it is gone."""

import pytest

from freehold.base.errors import Stale
from freehold.base.ids import RepoId, RepoKind
from freehold.core.queue.events import HAPPENED, Event, event_of
from tests.core.repos.conftest import MODEL, Yard, add, asked


def heard(yard: Yard) -> list[Event]:
    """What was announced since the last time."""
    events = []
    while job := yard.queue.claim([HAPPENED]):
        events.append(event_of(job.payload))
        yard.queue.done(job)
    return events


def only(yard: Yard) -> Event:
    (event,) = heard(yard)
    return event


def test_a_new_repository(yard):
    repo = yard.repos.create(yard.alice, MODEL, visibility="private")
    event = only(yard)
    assert (event.scope, event.action, event.actor_name) == ("repo", "create", "alice")
    assert (event.repo.id, event.repo.name, event.repo.visibility) == (repo.id, "m", "private")
    assert event.repo.head == yard.repos.reader(yard.alice, MODEL).commit_of("main")


def test_a_copy_is_a_new_repository(model):
    heard(model)
    copy = model.repos.duplicate(model.alice, MODEL, RepoId(RepoKind.MODEL, "alice", "n"))
    event = only(model)
    assert (event.scope, event.action, event.repo.id) == ("repo", "create", copy.id)


def test_a_commit(model):
    writer = model.repos.writer(model.alice, MODEL)
    old = writer.commit_of("main")
    heard(model)
    done = writer.commit("main", asked(add("a.txt")))
    event = only(model)
    assert (event.scope, event.action, event.repo.head) == ("repo.content", "update", done.oid)
    assert [(ref.ref, ref.old, ref.new) for ref in event.updated_refs] == [("refs/heads/main", old, done.oid)]


def test_a_tag_and_its_end(model):
    writer = model.repos.writer(model.alice, MODEL)
    heard(model)
    tagged = writer.create_tag("v1")
    writer.delete_tag("v1")
    first, second = (event.updated_refs[0] for event in heard(model))
    assert (first.ref, first.old, first.new) == ("refs/tags/v1", None, tagged)
    assert (second.old, second.new) == (tagged, None)


def test_changed_settings(model):
    heard(model)
    model.repos.admin(model.alice, MODEL).update(visibility="private", gated="manual")
    event = only(model)
    assert (event.scope, event.action) == ("repo.config", "update")
    assert event.config == {"private": True, "gated": "manual"}
    assert (event.repo.visibility, event.repo.gated) == ("private", "manual")


def test_a_move_tells_both_addresses(model):
    heard(model)
    model.repos.move(model.alice, MODEL, RepoId(RepoKind.MODEL, "acme", "n"))
    event = only(model)
    assert (event.scope, event.action) == ("repo", "move")
    assert (event.repo.namespace, event.repo.name) == ("alice", "m")
    assert (event.moved_to.namespace, event.moved_to.name) == ("acme", "n")
    assert event.moved_to.owner_id == model.people.by_name("acme").id


def test_a_deletion_tells_what_was_there(model):
    repo = model.repos.reader(model.alice, MODEL).repo
    heard(model)
    model.repos.delete(model.alice, MODEL)
    event = only(model)
    assert (event.scope, event.action) == ("repo", "delete")
    assert (event.repo.id, event.repo.namespace, event.repo.name) == (repo.id, "alice", "m")


def test_a_lost_race_is_not_told(model):
    writer = model.repos.writer(model.alice, MODEL)
    old = writer.commit_of("main")
    writer.commit("main", asked(add("a.txt")))
    heard(model)
    with pytest.raises(Stale):
        writer.commit("main", asked(add("b.txt"), parent=old))
    assert heard(model) == []
