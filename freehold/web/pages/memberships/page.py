"""The organisations that a person belongs to or is asked to join: accept, decline, leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.orgs.members import Invitation
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.accounts.people import OrgMembership, People
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/organizations"


@dataclass(frozen=True, slots=True)
class MembershipsPage:
    """What is asked and what is so."""

    invitations: Sequence[Invitation]
    orgs: Sequence[OrgMembership]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers."""

    site: Site
    people: People
    orgs: Orgs

    def show(self, request: Request) -> Response:
        """`/settings/organizations`."""
        actor = identity(request)
        return self._page(request, actor) if actor.signed_in else self.site.ask_to_sign_in(request)

    def answer(self, request: Request, form: Form) -> Response:
        """Accept or decline an invitation, or leave."""
        actor, _ = signed_in(request)
        org = form.get("org", "")
        try:
            if form.get("do") == "leave":
                self.orgs.members.leave(actor, org)
            else:
                self.orgs.members.answer(actor, org, accept=form.get("do") == "accept")
        except HubError as refused:
            return self._page(request, actor, refused.message)
        return self.site.redirect(request, PATH)

    def _page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        page = MembershipsPage(
            self.orgs.members.invitations(actor), self.people.orgs_of(actor.account_id or ""), problem
        )
        return self.site.page(request, "pages/memberships/page.html", page, status=400 if problem else 200)


def routes(site: Site, people: People, orgs: Orgs) -> list[Route]:
    """`/settings/organizations` and its form."""
    pages = Pages(site, people, orgs)
    return [
        Route(PATH, pages.show, needs=Need.ACCOUNT, name="memberships"),
        Route(PATH, site.csrf.posted(pages.answer), needs=Need.ACTING, methods=["POST"], name="answer-invitation"),
    ]
