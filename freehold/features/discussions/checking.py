"""Verifies discussions: threads are of repositories that exist, pull requests have one, and counts are right."""

from collections.abc import Callable, Collection, Iterator

from freehold.base.faults import Fault
from freehold.stores.db.database import Database

_ROOM = "discussions"

Pull = tuple[str, int]
"""A repository's id and a number."""


def faults(
    db: Database, pulls: Callable[[], Collection[Pull]], repositories: Callable[[], Collection[str]]
) -> Iterator[Fault]:
    """Everything that is wrong, in words; `pulls` and `repositories` give those that exist now.

    What comes or goes while we look is no fault, so everything is asked for before and after.
    """
    before, threads = set(pulls()), _threads(db)
    after, alive = set(pulls()), set(repositories())
    still = _threads(db).keys()
    for repo_id, number in sorted(before - threads.keys()):
        if repo_id in alive and (repo_id, number) in after:
            yield Fault(_ROOM, f"{repo_id}: pull request {number}", "it has no thread")
    for (repo_id, number), is_pull in sorted(threads.items()):
        if (repo_id, number) not in still:
            continue
        if repo_id not in alive:
            yield Fault(_ROOM, f"{repo_id}: thread {number}", "its repository does not exist")
        elif is_pull and (repo_id, number) not in after:
            yield Fault(_ROOM, f"{repo_id}: thread {number}", "it is a pull request that git does not have")
        elif not is_pull and (repo_id, number) in before:
            yield Fault(_ROOM, f"{repo_id}: thread {number}", "it is a pull request to git, but not here")
    yield from _miscounted(db)


def _threads(db: Database) -> dict[Pull, bool]:
    with db.read() as tx:
        return {
            (row.repo_id, row.number): bool(row.is_pull)
            for row in tx.all("SELECT repo_id, number, is_pull FROM discussions_thread")
        }


def _miscounted(db: Database) -> Iterator[Fault]:
    with db.read() as tx:
        rows = tx.all(
            "SELECT t.repo_id, t.number, t.events, t.comments, count(e.id) AS events_held,"
            " sum(CASE WHEN e.kind = 'comment' AND e.hidden_at IS NULL THEN 1 ELSE 0 END) AS comments_held"
            " FROM discussions_thread t LEFT JOIN discussions_event e ON e.repo_id = t.repo_id AND e.number = t.number"
            " GROUP BY t.repo_id, t.number, t.events, t.comments ORDER BY t.repo_id, t.number"
        )
        loose = tx.all(
            "SELECT e.id FROM discussions_event e LEFT JOIN discussions_thread t ON t.repo_id = e.repo_id"
            " AND t.number = e.number WHERE t.number IS NULL ORDER BY e.id"
        )
    for row in rows:
        if (row.events, row.comments) != (row.events_held, row.comments_held):
            problem = f"{row.events} events are counted and {row.comments} comments, but it has"
            problem += f" {row.events_held} and {row.comments_held}"
            yield Fault(_ROOM, f"{row.repo_id}: thread {row.number}", problem)
    yield from (Fault(_ROOM, f"event {row.id}", "its thread does not exist") for row in loose)
