"""The outbox: what happened to repositories and discussions, announced in the very transaction that does it.

Whoever changes something announces it with `announce`; who listens (webhooks, notices to people) is decided later, by
the handler of the job `event.happened`. An event therefore carries all that must outlive what it speaks of.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec

from freehold.base.ids import new_id
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Transaction

HAPPENED = "event.happened"
"""The kind of the job that brings an event to its listeners."""

Scope = Literal["repo", "repo.content", "repo.config", "repo.gate", "discussion", "discussion.comment"]
Action = Literal["create", "update", "delete", "move"]
Change = Literal["", "title", "status", "merge", "pin", "hide", "edit"]


@dataclass(frozen=True, slots=True)
class RepoState:
    """A repository as it was after the change, or (deleted, moved) just before it."""

    id: str
    """Its row, which a move does not change."""
    kind: str
    """`model`, `dataset`, `space`, `kernel`; `collection` at the gate of a group."""
    owner_id: str
    namespace: str
    name: str
    visibility: str
    gated: str
    head: str | None = None
    """The commit that `main` came to, where the change moved it."""


@dataclass(frozen=True, slots=True)
class RefState:
    """One ref that moved; `old` None: it was created, `new` None: deleted."""

    ref: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class DiscussionState:
    """A discussion or pull request after the change."""

    id: str
    num: int
    title: str
    author_id: str | None
    status: str
    """`draft`, `open`, `closed`, `merged`."""
    is_pull_request: bool = False
    base: str | None = None
    """Of pull requests: the ref it should go into, such as `refs/heads/main`."""
    merge_commit: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class CommentState:
    """A comment after the change; `content` is empty when it is hidden."""

    id: str
    author_id: str | None
    content: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group of repositories that are asked for at once: the web path and the title of its collection."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class AccessState:
    """What became of a request at a gate, or of the access that it led to."""

    request_id: str
    account_id: str
    """Who asked, or was let in: a person or an organisation."""
    account_name: str
    became: str
    """`requested`, `reaccepted`, `withdrawn`, `accepted`, `rejected`, `pending`, `revoked`, `suspended`, `resumed`,
    `stale`, `expired`, `lapsed` or `deleted`."""
    reason: str = ""
    group: GroupState | None = None
    """Where one request is for a group: the event's `repo` is then its collection, of the kind `collection`."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in the words of the Hub's webhooks.

    - `repo`: create, delete, move (`moved_to` is where it is now; `repo` where it was);
    - `repo.content` update: `updated_refs`, all that moved in one transaction;
    - `repo.config` update: `config`, the settings that changed, with their names and values in API spelling;
    - `repo.gate` update: `access`, a request at the gate of a repository; for those who decide, and whom it concerns;
    - `discussion`: create (with `comment`, its first one), update (`change` says what), delete;
    - `discussion.comment`: create, update (`change` is `edit` or `hide`).

    `mentions` are the names of people that the text at hand mentions (an edited comment: those that the edit added),
    as written and unresolved: whether they exist, may see the repository and want to hear of it is decided when the
    event is told. Who takes part in a discussion is learned from its events, by `actor_id` and the authors.
    """

    scope: Scope
    action: Action
    repo: RepoState
    actor_id: str | None
    """The account that did it; None: the hub itself."""
    actor_name: str
    updated_refs: list[RefState] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    moved_to: RepoState | None = None
    discussion: DiscussionState | None = None
    comment: CommentState | None = None
    access: AccessState | None = None
    mentions: list[str] = field(default_factory=list)
    change: Change = ""
    id: str = field(default_factory=new_id)
    """The same however often the event is told, so that listeners can drop repeats."""
    at: int = 0
    """When, in microseconds; `announce` fills it in."""


def announce(tx: Transaction, queue: Queue, event: Event) -> None:
    """Have `event` told to whoever listens, if and only if `tx` commits. Costs the transaction one row."""
    queue.enqueue(tx, HAPPENED, msgspec.to_builtins(replace(event, at=event.at or queue.clock())))


def event_of(payload: dict[str, Any]) -> Event:
    """The event that `announce` put into a job."""
    return msgspec.convert(payload, Event)
