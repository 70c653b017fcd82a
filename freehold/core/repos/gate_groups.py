"""Collections that ask once for all their gated repositories; who holds a repository decides about its part in one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from freehold.base.errors import Forbidden, HubError, Invalid, NotFound
from freehold.base.words import later
from freehold.core.accounts.access import Right, Subject, right
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.accounts.gates.gate import GateRef, Standing
from freehold.core.accounts.gates.groups import Group, Groups
from freehold.core.repos.gate_door import Asks, Books, Door
from freehold.core.repos.gate_keeper import GateAdmin
from freehold.core.repos.repo import Repo
from freehold.core.repos.repos import Repos
from freehold.wire.frontmatter import Refused, load_file
from freehold.wire.gates.terms import Terms, read_terms


@dataclass(frozen=True, slots=True)
class Place:
    """The collection that a group is: its id, whose it is, its path and its title."""

    id: str
    owner_id: str
    path: str
    title: str


class GateGroups:
    """Every group, for those who hold the collection that it is."""

    def __init__(self, repos: Repos, books: Books, groups: Groups) -> None:
        self._repos, self._books, self._groups = repos, books, groups

    def find(self, place: Place) -> Group | None:
        """The group that a collection is, if it is one."""
        found = self._groups.find(place.id)
        return None if found is None else replace(found, title=place.title, path=place.path)

    def by_id(self, group_id: str) -> GateRef | None:
        """The gate of a group as it was last saved."""
        found = self._groups.find(group_id)
        return None if found is None else found.gate

    def may_decide(self, actor: Actor, place: Place) -> bool:
        """Whether the actor keeps the group and decides who is let in."""
        role = self._books.people.role_in(place.owner_id, actor.account_id)
        return right(actor, Subject("private", place.owner_id), role) >= Right.WRITE

    def keep(self, actor: Actor, place: Place, group: Group, candidates: Sequence[Repo]) -> list[Repo]:
        """Make or change the group: of `candidates`, the public ones that its owner gates and the actor administers.

        Those are the answer. Raises Forbidden, and Invalid where there is none or the questions cannot be put.
        """
        self.demand(actor, place)
        taken = [repo for repo in candidates if repo.gated and not repo.private and repo.owner_id == place.owner_id]
        taken = [repo for repo in taken if self._administers(actor, repo)]
        if not taken:
            raise Invalid("None of these repositories is public, gated, its owner's, and yours to administer.")
        made = replace(
            group, id=place.id, owner_id=place.owner_id, title=place.title, path=place.path,
            prompt=group.prompt.strip(), repo_ids=frozenset(repo.id for repo in taken),
        )  # fmt: skip
        if problem := self._terms(made).problem:
            raise Invalid(problem)
        self._groups.keep(actor, made)
        keeper = self.keeper(actor, place)
        if keeper.version is not None:  # terms that nobody has met need no version yet
            keeper.keep_terms()
        return taken

    def named(self, group: Group) -> list[Repo]:
        """The repositories of a group, by their paths; they were public when they were taken in."""
        found = [self._repos.admit_by_row_id(SYSTEM, repo_id).repo for repo_id in sorted(group.repo_ids)]
        return sorted((repo for repo in found if not repo.private), key=lambda repo: repo.repo_id.path)

    def door(self, actor: Actor, place: Place) -> Door:
        """The gate of a group, for whoever may see its collection. Raises NotFound."""
        group = self._demand_group(place)
        door = Door(self._books, actor, group.gate, False, partial(self._asks, group))
        inside = self.may_decide(actor, place) or door.standing is Standing.ACTIVE or bool(door.through)
        return replace(door, closed=not inside)

    def keeper(self, actor: Actor, place: Place) -> GateAdmin:
        """The same for those who decide there, and keep it. Raises Forbidden, NotFound."""
        self.demand(actor, place)
        group = self._demand_group(place)
        return GateAdmin(self._books, actor, group.gate, partial(self._asks, group))

    def _asks(self, group: Group) -> Asks:
        return Asks(self._terms(group))

    def _terms(self, group: Group) -> Terms:
        """What is agreed to: the owner's text and questions, and which repositories it is for."""
        try:
            questions = load_file(group.questions)
        except Refused as refused:
            return Terms(problem=later(f"The questions cannot be read: {refused}"))
        asked = {"extra_gated_fields": questions, "extra_gated_eu_disallowed": group.eu_disallowed}
        terms = read_terms({"extra_gated_prompt": group.prompt, **asked})
        names = ", ".join(repo.repo_id.path for repo in self.named(group))
        further = "What is taken in later is covered too." if group.later else "What is taken in later is not covered."
        return Terms(
            group.title, f"Access to: {names}. {further}", terms.prompt, fields=terms.fields,
            eu_disallowed=terms.eu_disallowed, problem=terms.problem.replace("card's gate", "gate"),
        )  # fmt: skip

    def demand(self, actor: Actor, place: Place) -> None:
        """Raise Forbidden for who does not keep the group."""
        if not self.may_decide(actor, place):
            raise Forbidden("Only those who may write for the owner of this collection do this.")

    def _demand_group(self, place: Place) -> Group:
        group = self.find(place)
        if group is None:
            raise NotFound("This collection asks for nothing.")
        return group

    def _administers(self, actor: Actor, repo: Repo) -> bool:
        try:
            self._repos.admin(actor, repo.repo_id)
        except HubError:
            return False
        return True
