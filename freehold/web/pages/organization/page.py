"""An organisation's settings: members, service accounts, teams, groups, defaults, and tokens that reach it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError, Invalid, Moved
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.access import ROLES, VISIBILITIES
from freehold.core.accounts.barring import DAY_US, Terms
from freehold.core.accounts.describing import LONGEST_ABOUT, LONGEST_WEBSITE, Words
from freehold.core.accounts.orgs.credentials import Reaching
from freehold.core.accounts.orgs.desk import Desk
from freehold.core.accounts.orgs.groups import Group
from freehold.core.accounts.orgs.members import Belonging
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.orgs.proofs import Claim
from freehold.core.accounts.orgs.sources import MEMBER_ROLES
from freehold.core.accounts.orgs.teams import Team
from freehold.core.accounts.tokens import Tokens
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

SERVICE_ROLES = tuple(role for role in MEMBER_ROLES if role != "admin")


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """`items` says what the things in groups are called; `secret` is a service account's new token, shown once."""

    org: str
    me: str
    members: Sequence[Belonging]
    teams: Sequence[Team]
    groups: Sequence[Group]
    items: Mapping[str, str]
    tokens: Sequence[Reaching]
    roles: Sequence[str]
    group_roles: Sequence[str]
    service_roles: Sequence[str]
    visibilities: Sequence[str]
    words: Words
    """What it says of itself."""
    visibility: str
    """Who sees a new repository."""
    terms: Terms
    """What is asked of tokens."""
    domains: Sequence[str]
    proven: Sequence[str]
    """Those of the domains that their DNS has proven, and not the operator."""
    claims: Sequence[Claim]
    """Domains that it has yet to prove."""
    secret: str = ""
    problem: str = ""
    longest: tuple[int, int] = (LONGEST_ABOUT, LONGEST_WEBSITE)

    @property
    def services(self) -> frozenset[str]:
        """The ids of its service accounts."""
        return frozenset(one.account_id for one in self.members if one.service)


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers."""

    site: Site
    orgs: Orgs
    tokens: Tokens
    repos: Repos

    def show(self, request: Request) -> Response:
        """`/organizations/{org}/settings`."""
        actor = identity(request)
        if not actor.signed_in:
            return self.site.ask_to_sign_in(request)
        return self._page(request, self.orgs.desk(actor, request.path_params["org"]))

    def change(self, request: Request, form: Form) -> Response:
        """Do what one of the page's forms asks for."""
        at = self.orgs.desk(signed_in(request)[0], request.path_params["org"])
        changes: dict[str, Callable[[Desk, Form], str]] = {
            "invite": self._invite, "withdraw": self._withdraw, "role": self._role, "remove": self._remove,
            "service": self._service, "token": self._token, "team": self._team, "teammate": self._teammate,
            "group": self._group, "groupmate": self._groupmate, "put": self._put,
            "visibility": self._visibility, "end": self._end, "terms": self._terms,
            "deny": self._deny, "describe": self._describe,
            "claim": self._claim, "prove": self._prove, "give-up": self._give_up, "allow": self._allow,
        }  # fmt: skip
        do = changes.get(form.get("do", ""))
        if do is None:
            raise Invalid("The form does not say what to do. Reload the page and send it again.")
        try:
            secret = do(at, form)
        except HubError as refused:
            typed = _words(form) if form.get("do") == "describe" else None
            return self._page(request, at, problem=refused.message, typed=typed)
        if secret:
            return self._page(request, at, secret=secret)
        return self.site.redirect(request, f"/organizations/{at.org}/settings")

    def _invite(self, at: Desk, form: Form) -> str:
        self.orgs.members.invite(at, form.get("user", ""), form.get("role", ""))
        return ""

    def _withdraw(self, at: Desk, form: Form) -> str:
        self.orgs.members.withdraw(at, form.get("user", ""))
        return ""

    def _role(self, at: Desk, form: Form) -> str:
        self.orgs.members.set_role(at, form.get("user", ""), form.get("role", ""))
        return ""

    def _remove(self, at: Desk, form: Form) -> str:
        self.orgs.members.remove(at, form.get("user", ""))
        return ""

    def _service(self, at: Desk, form: Form) -> str:
        self.orgs.members.add_service(at, form.get("name", "").strip(), form.get("role", ""))
        return ""

    def _token(self, at: Desk, form: Form) -> str:
        role = "read" if form.get("role") == "read" else "write"
        days = self.orgs.credentials.terms(at.org_id).days
        until = None if days is None else self.site.clock() + days * DAY_US
        return self.tokens.add(at.actor, form.get("account", ""), form.get("name", ""), role, expires_at=until)[1]

    def _team(self, at: Desk, form: Form) -> str:
        if form.get("id"):
            self.orgs.teams.remove(at, form["id"])
        else:
            self.orgs.teams.add(at, form.get("name", ""))
        return ""

    def _teammate(self, at: Desk, form: Form) -> str:
        self.orgs.teams.set_member(at, form.get("id", ""), form.get("user", ""), belongs=form.get("belongs") == "1")
        return ""

    def _group(self, at: Desk, form: Form) -> str:
        if form.get("id"):
            self.orgs.groups.remove(at, form["id"])
        else:
            self.orgs.groups.add(at, form.get("name", ""))
        return ""

    def _groupmate(self, at: Desk, form: Form) -> str:
        role, who = form.get("role") or None, form.get("user", "").strip()
        team = next((one.id for one in self.orgs.teams.list(at) if one.name == form.get("team")), None)
        if team is not None:
            self.orgs.groups.set_team(at, form.get("id", ""), team, role)
        else:
            self.orgs.groups.set_member(at, form.get("id", ""), who, role)
        return ""

    def _put(self, at: Desk, form: Form) -> str:
        if form.get("item"):
            self.orgs.groups.put(at, None, form["item"], at.org_id)
            return ""
        repo = self._named(at, form.get("repo", "").strip())
        self.orgs.groups.put(at, form.get("id", ""), *repo)
        return ""

    def _visibility(self, at: Desk, form: Form) -> str:
        self.orgs.defaults.set_visibility(at, form.get("visibility", ""))
        return ""

    def _describe(self, at: Desk, form: Form) -> str:
        self.orgs.describe(at, _words(form))
        return ""

    def _claim(self, at: Desk, form: Form) -> str:
        self.orgs.proofs.claim(at, form.get("domain", ""))
        return ""

    def _prove(self, at: Desk, form: Form) -> str:
        self.orgs.proofs.prove(at, form.get("domain", ""))
        return ""

    def _give_up(self, at: Desk, form: Form) -> str:
        self.orgs.proofs.give_up(at, form.get("domain", ""))
        return ""

    def _terms(self, at: Desk, form: Form) -> str:
        days = form.get("days", "").strip()
        if days and not (days.isascii() and days.isdigit() and len(days) < 6):
            raise Invalid("Write the longest life of a token as a number of days, or leave it empty for no limit.")
        self.orgs.credentials.set_terms(at, Terms(int(days) if days else None, form.get("narrow") == "1"))
        return ""

    def _deny(self, at: Desk, form: Form) -> str:
        self.orgs.credentials.deny(at, form.get("id", ""))
        return ""

    def _allow(self, at: Desk, form: Form) -> str:
        self.orgs.credentials.allow(at, form.get("id", ""))
        return ""

    def _end(self, at: Desk, form: Form) -> str:
        member = next((one for one in self.orgs.members.list(at) if one.account_id == form.get("account")), None)
        if member is None or not member.service:
            raise Invalid("Tokens of people are theirs to end. You can shut one out of your organisation instead.")
        self.tokens.revoke(at.actor, member.account_id, form.get("id", ""))
        return ""

    def _named(self, at: Desk, text: str) -> tuple[str, str]:
        *before, namespace, name = ["", *text.strip("/").split("/")][-3:]
        kind = before[0].removesuffix("s") if before and before[0] else RepoKind.MODEL.value
        if kind not in [*RepoKind]:
            raise Invalid(f"{text[:100]!r} is no repository: write {at.org}/name, or datasets/{at.org}/name.")
        try:
            repo = self.repos.admit(at.actor, RepoId(RepoKind(kind), namespace, name)).repo
        except Moved as moved:
            raise Invalid(f"It is now called {moved.to}. Use that name.") from moved
        return repo.id, repo.owner_id

    def _page(
        self, request: Request, at: Desk, *, secret: str = "", problem: str = "", typed: Words | None = None
    ) -> Response:
        groups = self.orgs.groups.list(at)
        page = OrganizationPage(
            at.org, at.actor.name, self.orgs.members.list(at), self.orgs.teams.list(at), groups,
            self._called(at, [item for group in groups for item in group.items]),
            self.orgs.credentials.reaching(at), MEMBER_ROLES, ROLES, SERVICE_ROLES,
            VISIBILITIES, typed or self.orgs.words(at), self.orgs.defaults.visibility(at),
            self.orgs.credentials.terms(at.org_id), self.orgs.domains.of(at.org_id),
            self.orgs.proofs.proven(at), self.orgs.proofs.claims(at), secret, problem,
        )  # fmt: skip
        response = self.site.page(request, "pages/organization/page.html", page, status=400 if problem else 200)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _called(self, at: Desk, items: Sequence[str]) -> dict[str, str]:
        names = {}
        for item in items:
            try:
                names[item] = self.repos.admit_by_row_id(at.actor, item).repo.repo_id.path
            except HubError:  # a collection, or a repository that is gone or held
                continue
        return names


def _words(form: Form) -> Words:
    return Words(form.get("full_name", ""), form.get("about", ""), form.get("website", ""))


def routes(site: Site, orgs: Orgs, tokens: Tokens, repos: Repos) -> list[Route]:
    """`/organizations/{org}/settings` and its forms."""
    pages, path = Pages(site, orgs, tokens, repos), "/organizations/{org:seg}/settings"
    return [
        Route(path, pages.show, needs=Need.STEWARD, name="organization"),
        Route(path, site.csrf.posted(pages.change), needs=Need.STEWARD, methods=["POST"], name="change-organization"),
    ]
