"""Holds: how administrators take a repository out of circulation, and let go of it again; each with a reason."""

from freehold.base.clock import Clock
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.access import DISABLED, QUARANTINED
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.operators import checked_reason, demand_operator
from freehold.core.repos.epochs import Epochs
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.stores.db.database import Database, Row, Transaction

KINDS = (QUARANTINED, DISABLED)

_ACTIONS = {QUARANTINED: "repo.quarantine", DISABLED: "repo.disable"}


class Holds:
    """What a hold means is `access.under_hold`, which every path goes by; here it is put and lifted."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self.epochs = Epochs(db, clock)

    def put(self, actor: Actor, repo: Repo, hold: str, reason: str) -> None:
        """Hold a repository or bucket, or change how. Raises Forbidden, Invalid without a reason, NotFound."""
        demand_operator(actor)
        if hold not in KINDS:
            raise Invalid(f"A repository is {' or '.join(KINDS)}; not {hold[:50]!r}.")
        why = checked_reason(reason)
        with self._db.write() as tx:
            self._set(tx, repo, hold, why)
            self.epochs.begin(tx)
            record(tx, actor, _ACTIONS[hold], repo.repo_id.path, reason=why, was=repo.hold)

    def lift(self, actor: Actor, repo: Repo, reason: str) -> None:
        """Give a repository back to everybody who may see it. Raises as `put`."""
        demand_operator(actor)
        why = checked_reason(reason)
        with self._db.write() as tx:
            self._set(tx, repo, "", "")
            record(tx, actor, "repo.restore", repo.repo_id.path, reason=why, was=repo.hold)

    def put_all(self, tx: Transaction, actor: Actor, owner_id: str, reason: str) -> int:
        """Disable what a disabled account owns and nobody holds yet; how many that were."""
        rows = self._of(tx, "r.owner_id = :owner AND r.hold = ''", owner_id)
        tx.run(
            "UPDATE repos_repo SET hold = :hold, hold_reason = :reason, hold_with = :owner"
            " WHERE owner_id = :owner AND hold = ''",
            hold=DISABLED, reason=reason, owner=owner_id,
        )  # fmt: skip
        self.epochs.begin(tx)
        self._record_all(tx, actor, "repo.disable", rows, reason)
        return len(rows)

    def lift_all(self, tx: Transaction, actor: Actor, owner_id: str, reason: str) -> int:
        """Let go of what was disabled with its account, and of nothing else; how many that were."""
        rows = self._of(tx, "r.hold_with = :owner", owner_id)
        tx.run(
            "UPDATE repos_repo SET hold = '', hold_reason = '', hold_with = '' WHERE hold_with = :owner", owner=owner_id
        )
        self._record_all(tx, actor, "repo.restore", rows, reason)
        return len(rows)

    def held(self, actor: Actor, after: str = "", limit: int = 100) -> list[Repo]:
        """What is held now, by id, for administrators of the hub."""
        demand_operator(actor, to_change=False)
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {COLUMNS} FROM repos_repo r WHERE r.hold <> '' AND r.id > :after ORDER BY r.id LIMIT :limit",
                after=after, limit=limit,
            )  # fmt: skip
        return [Repo.from_row(row) for row in rows]

    def _of(self, tx: Transaction, where: str, owner_id: str) -> list[Row]:
        return tx.all(f"SELECT {COLUMNS} FROM repos_repo r WHERE {where} ORDER BY r.id", owner=owner_id)

    def _record_all(self, tx: Transaction, actor: Actor, action: str, rows: list[Row], reason: str) -> None:
        for row in rows:
            record(tx, actor, action, Repo.from_row(row).repo_id.path, reason=reason, with_account=True)

    def _set(self, tx: Transaction, repo: Repo, hold: str, reason: str) -> None:
        done = tx.run(
            "UPDATE repos_repo SET hold = :hold, hold_reason = :reason, hold_with = '' WHERE id = :id",
            hold=hold, reason=reason, id=repo.id,
        )  # fmt: skip
        if not done.rowcount:
            raise NotFound("This repository does not exist any more.")
