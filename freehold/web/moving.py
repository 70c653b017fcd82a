"""The form that gives a repository or a bucket another name or owner, as it lies on settings pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.errors import HubError
from freehold.base.ids import RepoId
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.owners import creatable_by


@dataclass(frozen=True, slots=True)
class MoveForm:
    """`owners` are the accounts that may have it; `owner` and `name` are what is wanted, `problem` why not."""

    owners: Sequence[str]
    owner: str
    name: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Moving:
    """Fills the form, and does what it asks."""

    repos: Repos
    people: People

    def form(self, actor: Actor, repo: Repo) -> MoveForm:
        """What lies on the page of settings."""
        return self._filled(actor, repo, repo.namespace, repo.name)

    def move(self, actor: Actor, repo: Repo, form: Form) -> RepoId | MoveForm:
        """Where it is now; or the form again, with its problem, if it stayed where it was."""
        wanted = RepoId(repo.kind, form.get("owner", ""), form.get("name", "").strip())
        try:
            return self.repos.move(actor, repo.repo_id, wanted).repo_id
        except HubError as refused:
            return self._filled(actor, repo, wanted.namespace, wanted.name, refused.message)

    def _filled(self, actor: Actor, repo: Repo, owner: str, name: str, problem: str = "") -> MoveForm:
        owners = creatable_by(self.people, actor)
        if repo.namespace not in owners:
            owners.append(repo.namespace)  # an administrator of the hub moves what is others'
        return MoveForm(owners, owner, name, problem)
