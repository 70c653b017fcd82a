"""Organisations from within: settings, members' roles, resource groups, and what is in which group."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.base.errors import HubError, Invalid
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.barring import Terms
from freehold.core.accounts.orgs.desk import Desk
from freehold.core.accounts.orgs.groups import Group
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.repos.repo import Repo
from freehold.features.collections.collections import Collections
from freehold.protocols.hub.answer import json
from freehold.protocols.hub.body import taking
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.repositories import signed_in
from freehold.protocols.hub.table import Declared, on
from freehold.wire.hub import organizations as wire


@dataclass(frozen=True, slots=True)
class OrganizationEndpoints:
    """Endpoints for those who administer an organisation."""

    orgs: Orgs
    gate: Gate
    collections: Collections

    def declared(self) -> list[Declared]:
        """The routes."""
        members, groups = "/api/organizations/{org}/members", "/api/organizations/{org}/resource-groups"
        settings = "/api/organizations/{org}/settings"
        one, steward = f"{groups}/{{group}}", Need.STEWARD
        return [
            on("PUT", f"{members}/{{member}}/role", steward, taking(wire.SetRole, self.set_role)),
            on("DELETE", f"{members}/{{member}}", steward, self.remove_member),
            on("GET", settings, steward, self.settings),
            on("PATCH", settings, steward, taking(wire.UpdateOrganization, self.change_settings)),
            on("GET", groups, steward, self.listing),
            on("POST", groups, steward, taking(wire.CreateGroup, self.create)),
            on("GET", one, steward, self.show),
            on("PATCH", one, steward, taking(wire.UpdateGroup, self.rename)),
            on("DELETE", one, steward, self.delete),
            on("POST", f"{one}/users", steward, taking(wire.AddGroupUsers, self.add_users)),
            on("PATCH", f"{one}/users/{{user}}", steward, taking(wire.SetRole, self.change_user)),
            on("DELETE", f"{one}/users/{{user}}", steward, self.drop_user),
            on("POST", f"{one}/repos", steward, taking(wire.AddGroupRepos, self.add_repos)),
            on("GET", "/api/{type}s/{id}/resource-group", Need.READ, self.of_repo),
            on("POST", "/api/{type}s/{id}/resource-group", steward, taking(wire.PlaceInGroup, self.place_repo)),
            on(
                "POST",
                "/api/collections/{ns}/{slug}/resource-group",
                steward,
                taking(wire.PlaceInGroup, self.place_collection),
            ),
        ]

    def set_role(self, request: Request, body: wire.SetRole) -> Response:
        """`PUT /members/{member}/role`."""
        self.orgs.members.set_role(self._desk(request), request.path_params["member"], body.role)
        return json({})

    def remove_member(self, request: Request) -> Response:
        """`DELETE /members/{member}`."""
        self.orgs.members.remove(self._desk(request), request.path_params["member"])
        return json({})

    def settings(self, request: Request) -> Response:
        """`GET /settings`."""
        at = self._desk(request)
        terms = self.orgs.credentials.terms(at.org_id)
        return json(
            wire.OrganizationSettings(self.orgs.defaults.visibility(at), wire.TokenTerms(terms.days, terms.narrow))
        )

    def change_settings(self, request: Request, body: wire.UpdateOrganization) -> Response:
        """`PATCH /settings`: who sees new repositories, and what tokens must be."""
        at = self._desk(request)
        if body.default_visibility is None and body.tokens is None:
            raise Invalid("Send at least one setting: defaultVisibility or tokens.")
        if body.tokens is not None:
            terms = Terms(body.tokens.longest_life_days, body.tokens.fine_grained_only)
            self.orgs.credentials.set_terms(at, terms)
        if body.default_visibility is not None:
            self.orgs.defaults.set_visibility(at, body.default_visibility)
        return self.settings(request)

    def listing(self, request: Request) -> Response:
        """`GET /resource-groups`."""
        at = self._desk(request)
        return json([self._shown(at, group) for group in self.orgs.groups.list(at)])

    def create(self, request: Request, body: wire.CreateGroup) -> Response:
        """`POST /resource-groups`, with its first users and repositories."""
        at = self._desk(request)
        repos = [self._repo(at, one) for one in body.repos]
        group_id = self.orgs.groups.add(at, body.name)
        for user in body.users:
            self.orgs.groups.set_member(at, group_id, user.user, user.role)
        for repo in repos:
            self.orgs.groups.put(at, group_id, repo.id, repo.owner_id)
        return json(self._shown(at, self.orgs.groups.get(at, group_id)))

    def show(self, request: Request) -> Response:
        """`GET /resource-groups/{group}`."""
        at = self._desk(request)
        return json(self._shown(at, self.orgs.groups.get(at, _group(request))))

    def rename(self, request: Request, body: wire.UpdateGroup) -> Response:
        """`PATCH /resource-groups/{group}`."""
        at = self._desk(request)
        self.orgs.groups.rename(at, _group(request), body.name)
        return self.show(request)

    def delete(self, request: Request) -> Response:
        """`DELETE /resource-groups/{group}`, once it is empty."""
        self.orgs.groups.remove(self._desk(request), _group(request))
        return json({})

    def add_users(self, request: Request, body: wire.AddGroupUsers) -> Response:
        """`POST /resource-groups/{group}/users`; who has a role there gets the new one."""
        at = self._desk(request)
        for user in body.users:
            self.orgs.groups.set_member(at, _group(request), user.user, user.role)
        return self.show(request)

    def change_user(self, request: Request, body: wire.SetRole) -> Response:
        """`PATCH /resource-groups/{group}/users/{user}`."""
        self.orgs.groups.set_member(self._desk(request), _group(request), request.path_params["user"], body.role)
        return self.show(request)

    def drop_user(self, request: Request) -> Response:
        """`DELETE /resource-groups/{group}/users/{user}`."""
        self.orgs.groups.set_member(self._desk(request), _group(request), request.path_params["user"], None)
        return json({})

    def add_repos(self, request: Request, body: wire.AddGroupRepos) -> Response:
        """`POST /resource-groups/{group}/repos`; each leaves the group that it was in."""
        at = self._desk(request)
        for repo in [self._repo(at, one) for one in body.repos]:
            self.orgs.groups.put(at, _group(request), repo.id, repo.owner_id)
        return self.show(request)

    def of_repo(self, request: Request) -> Response:
        """`GET /api/{type}s/{id}/resource-group`; null for one that is in none."""
        found = self.orgs.groups.of_item(self.gate.reader(request).repo.id)
        return json(None if found is None else wire.InGroup(*found, found[0]))

    def place_repo(self, request: Request, body: wire.PlaceInGroup) -> Response:
        """`POST /api/{type}s/{id}/resource-group`."""
        repo = self.gate.reader(request).repo
        at = self.orgs.desk(signed_in(request), repo.namespace)
        self.orgs.groups.put(at, body.resource_group_id, repo.id, repo.owner_id)
        return json({})

    def place_collection(self, request: Request, body: wire.PlaceInGroup) -> Response:
        """`POST /api/collections/{slug}/resource-group`."""
        actor, path = signed_in(request), request.path_params
        found = self.collections.find(actor, f"{path['ns']}/{path['slug']}")
        at = self.orgs.desk(actor, found.namespace)
        self.orgs.groups.put(at, body.resource_group_id, found.id, found.owner_id)
        return json({})

    def _desk(self, request: Request) -> Desk:
        return self.orgs.desk(signed_in(request), request.path_params["org"])

    def _repo(self, at: Desk, named: wire.GroupRepo) -> Repo:
        namespace, _, name = named.name.partition("/")
        try:
            kind = RepoKind(named.type)
        except ValueError:
            raise Invalid(f"{named.type[:50]!r} is no kind of repository.") from None
        return self.gate.repos.admit(at.actor, RepoId(kind, namespace, name)).repo

    def _shown(self, at: Desk, group: Group) -> wire.ResourceGroup:
        users = [wire.GroupUser(one.name, one.role) for one in group.members if not one.is_team]
        teams = [wire.GroupUser(one.name, one.role) for one in group.members if one.is_team]
        repos = []
        for item in group.items:
            try:
                repo = self.gate.repos.admit_by_row_id(at.actor, item).repo
            except HubError:  # a collection, a repository that is gone, or one that is held
                continue
            repos.append(wire.GroupRepo(repo.kind.value, repo.repo_id.full))
        return wire.ResourceGroup(group.id, group.name, users, teams, repos)


def _group(request: Request) -> str:
    return str(request.path_params["group"])
