"""The rules of namespaces: how long contents are kept after nothing names them any more."""

from freehold.base.errors import Forbidden, Invalid
from freehold.base.retention import Retention
from freehold.core.accounts.access import Right, Subject, right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.people import Account, People
from freehold.stores.db.database import Database

MOST_DAYS = 36_500


class Retentions:
    """`default` is the hub's rule in days, None where nothing is collected."""

    def __init__(self, db: Database, people: People, default: int | None) -> None:
        self._db, self._people, self.default = db, people, default

    def rules(self) -> Retention:
        """The hub's rule and every namespace's own."""
        with self._db.read() as tx:
            rows = tx.all("SELECT owner_id, keep_days FROM repos_retention")
        return Retention(self.default, {row.owner_id: row.keep_days for row in rows})

    def set(self, actor: Actor, owner: Account, days: int | None) -> None:
        """Give a namespace its own rule (None: nothing is ever collected). Raises Forbidden and Invalid."""
        self._demand(actor, owner)
        if days is not None and not 0 <= days <= MOST_DAYS:
            raise Invalid(f"Give a number of days from 0 to {MOST_DAYS}.")
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO repos_retention (owner_id, keep_days) VALUES (:owner, :days)"
                " ON CONFLICT (owner_id) DO UPDATE SET keep_days = :days",
                owner=owner.id, days=days,
            )  # fmt: skip
            record(tx, actor, "retention.set", owner.name, days=days)

    def unset(self, actor: Actor, owner: Account) -> None:
        """Let the hub's rule be good for a namespace again. Raises Forbidden."""
        self._demand(actor, owner)
        with self._db.write() as tx:
            tx.run("DELETE FROM repos_retention WHERE owner_id = :owner", owner=owner.id)
            record(tx, actor, "retention.unset", owner.name)

    def _demand(self, actor: Actor, owner: Account) -> None:
        role = self._people.role_in(owner.id, actor.account_id)
        if right(actor, Subject("private", owner.id), role) < Right.ADMIN:
            raise Forbidden(f"Only {owner.name}'s administrators may say how long its files are kept.")
