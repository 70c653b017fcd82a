"""Collections that ask once for all their gated repositories; who holds a repository decides about its part in one."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.errors import Forbidden, HubError, Invalid, NotFound, Stale
from freehold.core.accounts.access import Right, Subject, right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.desk import Gates
from freehold.core.accounts.gates.gate import MAY_ASK, AccessRequest, GateRef, Standing
from freehold.core.accounts.gates.granting import Given
from freehold.core.accounts.gates.groups import Group, Groups
from freehold.core.accounts.people import People
from freehold.core.repos.deciding import CHANGED, Decision
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.wire.gates.terms import Terms


@dataclass(frozen=True, slots=True)
class Place:
    """The collection that a group is: its id, whose it is, its path and its title."""

    id: str
    owner_id: str
    path: str
    title: str


class GateGroups:
    """Every group, for those who hold the collection that it is."""

    def __init__(self, repos: Repos, gates: Gates, groups: Groups, people: People) -> None:
        self._repos, self._gates, self._groups, self._people = repos, gates, groups, people

    def find(self, place: Place) -> Group | None:
        """The group that a collection is, if it is one."""
        return self._groups.find(place.id)

    def may_decide(self, actor: Actor, place: Place) -> bool:
        """Whether the actor keeps the group and decides who is let in."""
        role = self._people.role_in(place.owner_id, actor.account_id)
        return right(actor, Subject("private", place.owner_id), role) >= Right.WRITE

    def keep(self, actor: Actor, place: Place, group: Group, candidates: Sequence[Repo]) -> list[Repo]:
        """Make or change the group: of `candidates`, the public ones that its owner gates and the actor administers.

        Those are the answer. Raises Forbidden, and Invalid where there is none.
        """
        self._demand(actor, place)
        taken = [repo for repo in candidates if repo.gated and not repo.private and repo.owner_id == place.owner_id]
        taken = [repo for repo in taken if self._administers(actor, repo)]
        if not taken:
            raise Invalid("None of these repositories is public, gated, its owner's, and yours to administer.")
        ids = frozenset(repo.id for repo in taken)
        made = Group(place.id, place.owner_id, group.automatic, group.later, group.prompt.strip(), ids)
        self._groups.keep(actor, made, place.path)
        return taken

    def named(self, group: Group) -> list[Repo]:
        """The repositories of a group, by their paths; they were public when they were taken in."""
        found = [self._repos.admit_by_row_id(SYSTEM, repo_id).repo for repo_id in sorted(group.repo_ids)]
        return sorted((repo for repo in found if not repo.private), key=lambda repo: repo.repo_id.path)

    def terms(self, place: Place, group: Group) -> Terms:
        """What is agreed to: the owner's text, and which repositories it is for."""
        names = ", ".join(repo.repo_id.path for repo in self.named(group))
        later = "What is taken in later is covered too." if group.later else "What is taken in later is not covered."
        return Terms(heading=place.title, prompt=group.prompt, description=f"Access to: {names}. {later}")

    def standing(self, actor: Actor, place: Place) -> Standing:
        """How the actor stands at the group."""
        return self._gates.read.standing(place.id, actor.account_id)

    def ask(self, actor: Actor, place: Place, shown: str) -> Standing:
        """Ask once for all. Raises NotFound, Forbidden, Stale for terms that are not those that were `shown`."""
        group = self._groups.find(place.id)
        if group is None:
            raise NotFound("This collection asks for nothing.")
        if not actor.signed_in or not actor.may_write:
            raise Forbidden("Sign in with a token that may write to agree to terms.")
        terms = self.terms(place, group)
        if shown != terms.sha256:
            raise Stale(CHANGED)
        standing = self.standing(actor, place)
        if standing not in MAY_ASK:
            return standing
        gate = GateRef(group.id, place.path, group.automatic)
        return self._gates.ask(actor, gate, self._gates.keep_terms(actor, gate, terms, ""), {})

    def requests(self, actor: Actor, place: Place, status: str) -> list[AccessRequest]:
        """Who asked. Raises Forbidden."""
        self._demand(actor, place)
        return self._gates.read.requests(place.id, status, "", 500)

    def decide(self, actor: Actor, place: Place, request_id: str, decision: Decision) -> None:
        """Decide on a request; what ends, ends for every repository of the group. Raises Forbidden, NotFound."""
        self._demand(actor, place)
        given = Given(purpose=decision.purpose, days=decision.days)
        gate = GateRef(place.id, place.path, automatic=False)
        self._gates.handle(actor, gate, request_id, decision.status, reason=decision.reason, given=given)

    def _demand(self, actor: Actor, place: Place) -> None:
        if not self.may_decide(actor, place):
            raise Forbidden("Only those who may write for the owner of this collection do this.")

    def _administers(self, actor: Actor, repo: Repo) -> bool:
        try:
            self._repos.admin(actor, repo.repo_id)
        except HubError:
            return False
        return True
