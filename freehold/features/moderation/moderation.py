"""What administrators of the hub do about accounts and repositories, each act whole in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.ids import RepoId
from freehold.core.accounts import every_token
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.every_token import Held
from freehold.core.accounts.moderation.blocks import Blocks
from freehold.core.accounts.moderation.operators import checked_reason
from freehold.core.accounts.moderation.register import Entry, Wanted, accounts, totals
from freehold.core.accounts.moderation.standing import reopen, set_quotas, shut
from freehold.core.accounts.people import People
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.features.moderation.reports import Reports
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Moderation:
    """Reports, block lists, and the acts."""

    db: Database
    people: People
    repos: Repos
    reports: Reports
    blocks: Blocks
    clock: Clock = now

    def shut_account(self, actor: Actor, name: str, reason: str, *, with_repositories: bool) -> None:
        """Shut a person or an organisation, and with `with_repositories` disable what it owns."""
        why = checked_reason(reason)
        with self.db.write() as tx:
            account_id = shut(tx, actor, name, why, self.clock)
            if with_repositories:
                self.repos.holds.put_all(tx, actor, account_id, why)

    def reopen_account(self, actor: Actor, name: str, reason: str) -> None:
        """Let an account in again, and let go of what was disabled with it."""
        with self.db.write() as tx:
            account_id = reopen(tx, actor, name, reason)
            self.repos.holds.lift_all(tx, actor, account_id, checked_reason(reason))

    def set_quotas(self, actor: Actor, name: str, quotas: dict[str, int | None], reason: str) -> None:
        """Give a namespace quotas of its own."""
        with self.db.write() as tx:
            set_quotas(tx, actor, name, quotas, reason)

    def hold(self, actor: Actor, repo_id: RepoId, hold: str, reason: str) -> None:
        """Quarantine or disable a repository or bucket."""
        self.repos.holds.put(actor, self.repos.admit(actor, repo_id).repo, hold, reason)

    def lift(self, actor: Actor, repo_id: RepoId, reason: str) -> None:
        """Restore a repository or bucket."""
        self.repos.holds.lift(actor, self.repos.admit(actor, repo_id).repo, reason)

    def tokens(self, actor: Actor, search: str, before: str, limit: int) -> Sequence[Held]:
        """A page of all tokens, the newest first."""
        return every_token.listed(self.db, actor, search, before, limit)

    def end_token(self, actor: Actor, token_id: str, reason: str) -> None:
        """End somebody's token at once."""
        every_token.end(self.db, actor, token_id, reason)

    def accounts(self, actor: Actor, wanted: Wanted) -> Sequence[Entry]:
        """A page of the register of accounts."""
        return accounts(self.db, actor, wanted)

    def names(self, account_ids: Collection[str]) -> Mapping[str, str]:
        """What accounts are called, by their ids."""
        return self.people.names(account_ids)

    def totals(self, actor: Actor) -> dict[str, int]:
        """How many accounts there are."""
        return totals(self.db, actor)

    def held(self, actor: Actor, after: str = "", limit: int = 100) -> Sequence[Repo]:
        """What is held now."""
        return self.repos.holds.held(actor, after, limit)


def open_moderation(db: Database, people: People, repos: Repos, clock: Clock) -> Moderation:
    """Everything of this room."""
    return Moderation(db, people, repos, Reports(db, clock), Blocks(db, clock), clock)
