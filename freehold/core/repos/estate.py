"""What an account leaves behind when it is closed: its repositories and buckets go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from freehold.base.errors import RepoNotFound
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.repos import Repos


@dataclass(frozen=True, slots=True)
class Estate:
    """Does the job `account.closed {account_id}`."""

    repos: Repos

    def let_go(self, payload: Mapping[str, Any]) -> None:
        """Delete all that the account owned, one by one; a repeat goes on where the last one stopped."""
        for repo in self.repos.owned_by(SYSTEM, str(payload["account_id"])):
            try:
                self.repos.delete(SYSTEM, repo.repo_id)
            except RepoNotFound:  # somebody else has deleted it meanwhile
                continue
