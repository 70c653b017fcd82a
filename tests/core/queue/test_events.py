"""An event exists exactly if its transaction committed, and comes out of the outbox as it went in."""

from dataclasses import replace

import pytest

from freehold.core.queue.events import (
    HAPPENED,
    CommentState,
    DiscussionState,
    Event,
    RefState,
    RepoState,
    announce,
    event_of,
)
from freehold.core.queue.queue import Queue

REPO = RepoState("r1", "model", "a1", "alice", "m", "public", "", "c" * 40)
EVENT = Event(
    "discussion",
    "create",
    REPO,
    "a1",
    "alice",
    updated_refs=[RefState("refs/heads/main", None, "c" * 40)],
    config={"private": True},
    moved_to=REPO,
    discussion=DiscussionState("d1", 1, "Hello", "a1", "open", True, "refs/heads/main"),
    comment=CommentState("k1", "a1", "Hello @bob"),
    mentions=["bob"],
)


def test_it_comes_out_as_it_went_in(db):
    queue = Queue(db)
    with db.write() as tx:
        announce(tx, queue, EVENT)
    job = queue.claim([HAPPENED])
    event = event_of(job.payload)
    assert event.at > 0
    assert replace(event, at=0) == EVENT


def test_what_was_rolled_back_never_happened(db):
    queue = Queue(db)
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        announce(tx, queue, EVENT)
        _ = 1 / 0
    assert queue.claim([HAPPENED]) is None
