"""What holds for an organisation's new repositories unless whoever makes one says otherwise."""

from freehold.base.errors import Invalid
from freehold.core.accounts.access import VISIBILITIES
from freehold.core.accounts.audit import record
from freehold.core.accounts.orgs.desk import Desk
from freehold.stores.db.database import Database


class Defaults:
    """The defaults of organisations."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def visibility(self, at: Desk) -> str:
        """Who sees a new repository, one of `VISIBILITIES`."""
        with self._db.read() as tx:
            return str(tx.scalar("SELECT default_visibility FROM accounts_account WHERE id = :org", org=at.org_id))

    def set_visibility(self, at: Desk, visibility: str) -> None:
        """Choose it; repositories that exist stay as they are. Raises Invalid."""
        if visibility not in VISIBILITIES:
            raise Invalid(f"A visibility is one of {', '.join(VISIBILITIES)}; not {visibility[:50]!r}.")
        with self._db.write() as tx:
            tx.run(
                "UPDATE accounts_account SET default_visibility = :visibility WHERE id = :org",
                visibility=visibility, org=at.org_id,
            )  # fmt: skip
            record(tx, at.actor, "org.default", at.org, visibility=visibility)
