"""Puts what happens in discussions into the outbox, as the Hub's webhooks say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.core.accounts.actor import Actor
from freehold.core.queue.events import Action, Change, CommentState, DiscussionState, announce
from freehold.core.queue.queue import Queue
from freehold.core.repos.repo import Repo
from freehold.core.repos.telling import done_by, state_of
from freehold.features.discussions.thread import Event, Thread
from freehold.stores.db.database import Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """A thread of a repository, after what `actor` did in it; `base` and `merge_commit` are of pull requests."""

    actor: Actor
    repo: Repo
    thread: Thread
    base: str | None = None
    merge_commit: str | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """Announces in the transaction of what happens."""

    queue: Queue

    def opened(self, tx: Transaction, told: Told, first: Event, mentions: Sequence[str]) -> None:
        """A thread began, with its first comment."""
        what = {"discussion": _thread(told), "comment": _comment(first), "mentions": list(mentions)}
        announce(tx, self.queue, done_by(told.actor, "discussion", "create", state_of(told.repo), **what))

    def changed(self, tx: Transaction, told: Told, change: Change) -> None:
        """A thread's title, status or place changed, or it was merged."""
        what = {"discussion": _thread(told), "change": change}
        announce(tx, self.queue, done_by(told.actor, "discussion", "update", state_of(told.repo), **what))

    def commented(
        self, tx: Transaction, told: Told, comment: Event, mentions: Sequence[str] = (), change: Change = ""
    ) -> None:
        """A comment came, or (with `change`) is not what it was."""
        action: Action = "update" if change else "create"
        what = {"discussion": _thread(told), "comment": _comment(comment), "mentions": list(mentions), "change": change}
        announce(tx, self.queue, done_by(told.actor, "discussion.comment", action, state_of(told.repo), **what))


def _thread(told: Told) -> DiscussionState:
    thread = told.thread
    return DiscussionState(
        f"{thread.repo_id}-{thread.number}", thread.number, thread.title, thread.author_id, thread.status,
        thread.is_pull, told.base, told.merge_commit, thread.pinned,
    )  # fmt: skip


def _comment(event: Event) -> CommentState:
    comment = event.comment
    hidden = comment is None or comment.hidden
    return CommentState(event.id, event.author_id, "" if comment is None else comment.latest.text, hidden)
