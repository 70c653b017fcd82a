"""A right that was found when something began, asked for again in the very transaction that it ends in.

Uploads and pushes take minutes. Whoever is shut out meanwhile, or whose repository is taken out of circulation, must
not land what they began before.
"""

from dataclasses import dataclass

from freehold.base.errors import RepoNotFound
from freehold.core.accounts.access import Right, role_of
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.tokens import as_of_now
from freehold.core.repos.granting import ABSENT, granted_right, short_of
from freehold.core.repos.repo import COLUMNS
from freehold.stores.db.database import Transaction


@dataclass(frozen=True, slots=True)
class Permit:
    """That an actor may do `least` with a repository or bucket."""

    actor: Actor
    repo_id: str
    least: Right

    def confirm(self, tx: Transaction) -> None:
        """Raise what the gate would say now: RepoNotFound, Disabled, Forbidden or BadCredentials.

        The caller has locked the repository's row, so that a hold has come before, or waits until the transaction ends.
        """
        actor = as_of_now(tx, self.actor)
        role = role_of(actor)
        row = tx.first(
            f"SELECT {COLUMNS}, {role.sql} AS role FROM repos_repo r WHERE r.id = :permit", permit=self.repo_id,
            **role.params,
        )  # fmt: skip
        if row is None:
            raise RepoNotFound(ABSENT)
        if granted_right(actor, row) < self.least:
            raise short_of(self.least, actor, row)
