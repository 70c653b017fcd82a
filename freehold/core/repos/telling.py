"""Puts what happened to a repository into the outbox, as events."""

from typing import Any

from freehold.core.accounts.actor import Actor
from freehold.core.queue.events import Action, Event, RefState, RepoState, Scope, announce
from freehold.core.queue.queue import Queue
from freehold.core.repos.repo import Repo
from freehold.stores.db.database import Transaction
from freehold.stores.git.store import RefMove
from freehold.wire.git.refs import MAIN


def state_of(repo: Repo, head: str | None = None) -> RepoState:
    """The repository as events carry it; `head` is the tip of `main`, where known."""
    return RepoState(
        repo.id, repo.kind.value, repo.owner_id, repo.namespace, repo.name, repo.visibility, repo.gated, head
    )


def done_by(actor: Actor, scope: Scope, action: Action, repo: RepoState, **what: Any) -> Event:
    """The event that `actor` did `action` to `repo`; `what` are further fields."""
    return Event(scope, action, repo, actor.account_id, actor.name, **what)


def tell_moves(tx: Transaction, queue: Queue, actor: Actor, repo: Repo, moves: list[RefMove]) -> None:
    """Announce the refs that moved together; no event if none did."""
    if moves:
        head = next((move.new for move in moves if move.name == MAIN), None)
        refs = [RefState(move.name, move.old, move.new) for move in moves]
        announce(tx, queue, done_by(actor, "repo.content", "update", state_of(repo, head), updated_refs=refs))
