"""A hub whose webhooks may reach this machine, a receiver for them, and discussions as somebody would announce them."""

import json

import pytest

from freehold.core.queue.events import CommentState, DiscussionState, Event, RepoState, announce
from freehold.core.repos.telling import state_of
from freehold.features.notices.webhooks import Item, Webhook
from tests.kit.hub import TestHub
from tests.kit.receiver import Received, Receiver

LOOPBACK = {"outbound_networks": "127.0.0.1/32", "url": "https://hub.example"}
HOUR = 3600


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


def a_webhook(hub: TestHub, receiver: Receiver, *items: str, by: str = "alice", **more) -> Webhook:
    """A webhook of a member of the cast; `items` such as `model:alice/birds`."""
    watched = [Item(*item.split(":", 1)) for item in items]
    return hub.rooms.notices.webhooks.add(hub.actor(by), receiver.url, watched, **more)


def told(received: list[Received]) -> list[dict]:
    """The payloads."""
    return [json.loads(one.body) for one in received]


def words(received: list[Received]) -> list[str]:
    """What each payload says in short: scope and action."""
    return [f"{one['event']['scope']} {one['event']['action']}" for one in told(received)]


def repo_state(hub: TestHub, repo_id) -> RepoState:
    return state_of(hub.rooms.repos.reader(hub.actor("admin"), repo_id).repo)


def say(hub: TestHub, event: Event) -> None:
    """Announce, as whoever keeps discussions would."""
    with hub.rooms.db.write() as tx:
        announce(tx, hub.rooms.queue, event)


def discussion(hub: TestHub, by: str, **more) -> DiscussionState:
    return DiscussionState("d" * 24, 7, "Too\r\nfew birds", hub.actor(by).account_id, "open", **more)


def comment(hub: TestHub, by: str, text: str, number: int = 1) -> CommentState:
    return CommentState(f"{number:024x}", hub.actor(by).account_id, text)


def opened(hub: TestHub, repo_id, by: str, *mentions: str, text: str = "Where are the owls?", **more) -> Event:
    """A discussion begins."""
    actor = hub.actor(by)
    return Event(
        "discussion", "create", repo_state(hub, repo_id), actor.account_id, actor.name,
        discussion=discussion(hub, by, **more), comment=comment(hub, by, text), mentions=list(mentions),
    )  # fmt: skip


def answered(hub: TestHub, repo_id, by: str, *mentions: str, author: str = "carol", number: int = 2) -> Event:
    """Somebody answers in the discussion of `author`."""
    actor = hub.actor(by)
    return Event(
        "discussion.comment", "create", repo_state(hub, repo_id), actor.account_id, actor.name,
        discussion=discussion(hub, author), comment=comment(hub, by, "In the wood.", number), mentions=list(mentions),
    )  # fmt: skip
