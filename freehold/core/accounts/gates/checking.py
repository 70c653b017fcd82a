"""Verifies gates: whoever is let in is let into a repository that exists, by a request, under terms of its own."""

from collections.abc import Callable, Collection, Iterator

from freehold.base.faults import Fault
from freehold.core.accounts.gates.gate import LIVE
from freehold.stores.db.database import Database, Row


def faults(db: Database, repositories: Callable[[], Collection[str]]) -> Iterator[Fault]:
    """Everything that is wrong, in words. `repositories` gives the ids of those that exist now."""
    live = _live(db)
    with db.read() as tx:
        alive = {row.id for row in tx.all("SELECT id FROM accounts_gate_group")}
    alive |= set(repositories())
    still = {row.id for row in _live(db)}  # what was deleted while we looked is no fault
    for row in live:
        if row.id in still and row.repo_id not in alive:
            yield Fault("gates", f"grant {row.id}", f"it is {row.state}, but its repository or group does not exist")
    with db.read() as tx:
        loose = tx.all(
            "SELECT g.id, r.id AS request, t.id AS terms FROM accounts_gate_grant g"
            " LEFT JOIN accounts_gate_request r ON r.id = g.request_id AND r.repo_id = g.repo_id"
            " AND r.account_id = g.account_id"
            " LEFT JOIN accounts_gate_terms t ON t.id = g.terms_id AND t.repo_id = g.repo_id"
            f" WHERE g.state IN {LIVE} AND (r.id IS NULL OR t.id IS NULL) ORDER BY g.id"
        )
    for row in loose:
        what = "request" if row.request is None else "terms"
        yield Fault("gates", f"grant {row.id}", f"its {what} does not exist, or is of another repository")


def _live(db: Database) -> list[Row]:
    with db.read() as tx:
        return tx.all(f"SELECT id, repo_id, state FROM accounts_gate_grant WHERE state IN {LIVE} ORDER BY id")
