"""How much somebody did on each day of a year, told to each visitor from the repositories that they may see."""

from collections.abc import Mapping
from typing import Any

from freehold.base.clock import Clock, now
from freehold.core.accounts.access import visible_to
from freehold.core.accounts.actor import Actor
from freehold.core.queue.events import Event, event_of
from freehold.stores.db.database import Database

DAY = 86_400_000_000
DAYS = 53 * 7
"""What is kept: the weeks of a year, the one that has begun included."""
TRIM = "catalog.calendar"
EVERY_S = 86_400

_COUNTED = {("repo", "create"), ("repo.content", "update"), ("discussion", "create"), ("discussion.comment", "create")}


class Calendar:
    """Listens to what happens, and counts it by day."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def heard(self, payload: dict[str, Any]) -> None:
        """The job `event.happened`: note who did something to a repository. Heard twice, it counts once."""
        event = event_of(payload)
        if (event.scope, event.action) == ("repo", "delete"):
            with self._db.write() as tx:
                tx.run("DELETE FROM catalog_deed WHERE repo_id = :repo", repo=event.repo.id)
        elif event.actor_id is not None and (event.scope, event.action) in _COUNTED:
            self._keep(event, event.actor_id)

    def _keep(self, event: Event, account_id: str) -> None:
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO catalog_deed (event_id, account_id, repo_id, day) VALUES (:id, :account, :repo, :day)"
                " ON CONFLICT (event_id) DO NOTHING",
                id=event.id, account=account_id, repo=event.repo.id, day=event.at // DAY,
            )  # fmt: skip

    def of_person(self, actor: Actor, account_id: str) -> Mapping[int, int]:
        """How often the person did something, by days since 1970, as far as `actor` may see where."""
        return self._counted(actor, "d.account_id", account_id)

    def of_owner(self, actor: Actor, account_id: str) -> Mapping[int, int]:
        """How often anybody did something to what the account owns."""
        return self._counted(actor, "r.owner_id", account_id)

    def _counted(self, actor: Actor, column: str, account_id: str) -> Mapping[int, int]:
        visible = visible_to(actor)
        sql = (
            "SELECT d.day, count(*) AS many FROM catalog_deed d JOIN repos_repo r ON r.id = d.repo_id"
            f" WHERE {column} = :account AND d.day > :since AND {visible.sql} GROUP BY d.day"
        )
        with self._db.read() as tx:
            rows = tx.all(sql, account=account_id, since=self._clock() // DAY - DAYS, **visible.params)
        return {row.day: int(row.many) for row in rows}

    def trim(self, _payload: object = None) -> None:
        """The daily job: let go of what is older than a year."""
        with self._db.write() as tx:
            tx.run("DELETE FROM catalog_deed WHERE day <= :last", last=self._clock() // DAY - DAYS - 7)
