"""What an account may see of an event at this moment: asked anew before anything is told."""

from contextlib import suppress
from dataclasses import replace

from freehold.base.errors import Disabled, HubError, RepoNotFound
from freehold.core.accounts.access import Right, Subject, right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.queue.events import Event, RepoState
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.repos import Repos
from freehold.core.repos.telling import state_of


class Sight:
    """Decides by the same gate as every face; nobody is told of what they could not look at themselves."""

    def __init__(self, repos: Repos, people: People) -> None:
        self._repos = repos
        self._people = people

    def actor(self, account_id: str) -> Actor | None:
        """The person as a reader; None for an account that is shut or was never a person's."""
        account = self._people.by_id(account_id)
        if account is None or account.disabled or account.kind != "user":
            return None
        return Actor(account.id, account.name, account.is_admin)

    def may_see(self, account_id: str, repo_id: str) -> bool:
        """Whether the account may see the repository of this row now."""
        return self._admitted(account_id, repo_id) is not None

    def may_decide(self, account_id: str, repo_id: str) -> bool:
        """Whether the account decides now on who is let in at the repository's gate."""
        actor = self.actor(account_id)
        if actor is None:
            return False
        try:
            return self._repos.admit_by_row_id(replace(actor, may_write=True), repo_id).right >= Right.WRITE
        except RepoNotFound:
            return False

    def repo(self, account_id: str, event: Event) -> RepoState | None:
        """The event's repository as the account may see it now; None if it may not, or if it is gone.

        Of a repository that the event itself ended, its last state decides. Of one whose gate hides what files there
        are, nobody whom it keeps out hears of branches, tags and commits.
        """
        if event.access is not None and not self.may_decide(account_id, event.repo.id):
            # Who asks for access, and what becomes of it, is no business of whoever may merely see a repository.
            return None
        if event.scope == "repo" and event.action == "delete":
            return event.repo if self._could_see(account_id, event.repo) else None
        admitted = self._admitted(account_id, event.repo.id)
        if admitted is None or (admitted.hidden and event.scope == "repo.content"):
            return None
        head = None if admitted.hidden else event.repo.head
        if head is None and not admitted.hidden and event.scope.startswith("repo"):
            with suppress(HubError):  # a bucket has no commits
                head = self._repos.by_row_id(admitted.actor, admitted.repo.id).revision().commit
        now = state_of(admitted.repo, head)
        if event.action == "move":
            # The old address leads to the new one for whoever may see the repository, so it may be told.
            return replace(event.repo, visibility=now.visibility, gated=now.gated, head=head)
        return now

    def _admitted(self, account_id: str, repo_id: str) -> Admitted | None:
        actor = self.actor(account_id)
        if actor is None:
            return None
        try:
            admitted = self._repos.admit_by_row_id(actor, repo_id)
        except (RepoNotFound, Disabled):
            return None
        return admitted

    def _could_see(self, account_id: str, repo: RepoState) -> bool:
        actor = self.actor(account_id)
        if actor is None:
            return False
        role = self._people.role_on(actor, repo.owner_id, repo.id)
        return right(actor, Subject(repo.visibility, repo.owner_id, repo.id), role) >= Right.READ
