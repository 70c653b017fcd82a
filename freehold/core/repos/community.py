"""Who keeps what people say about repositories: told in the transaction of what happens to one, introduced by `app`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from freehold.base.ids import Oid
from freehold.core.accounts.actor import Actor
from freehold.core.repos.repo import Repo
from freehold.stores.db.database import Transaction


@dataclass(frozen=True, slots=True)
class NewPull:
    """A pull request as it is opened; a draft has no changes yet."""

    number: int
    title: str
    description: str
    base: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Landed:
    """A commit that was added to a pull request, by its title."""

    oid: Oid
    title: str


class Community(Protocol):
    """What repositories tell to whoever keeps their discussions."""

    def pull_opened(self, tx: Transaction, actor: Actor, repo: Repo, pull: NewPull) -> None:
        """A pull request got its ref."""

    def pull_grew(self, tx: Transaction, actor: Actor, repo: Repo, number: int, commits: Sequence[Landed]) -> None:
        """Commits were added to a pull request."""

    def forget(self, tx: Transaction, repo_id: str) -> None:
        """A repository is deleted."""

    def open_threads(self, repo_id: str) -> int:
        """How many discussions and pull requests wait for somebody."""


class NoCommunity:
    """Repositories that nobody talks about."""

    def pull_opened(self, tx: Transaction, actor: Actor, repo: Repo, pull: NewPull) -> None:
        """Not kept."""

    def pull_grew(self, tx: Transaction, actor: Actor, repo: Repo, number: int, commits: Sequence[Landed]) -> None:
        """Not kept."""

    def forget(self, tx: Transaction, repo_id: str) -> None:
        """Nothing is kept."""

    def open_threads(self, repo_id: str) -> int:  # noqa: ARG002 - as promised above
        """None."""
        return 0
