"""People are invited: by mail, or by a link that whoever made it hands over."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import HubError
from freehold.core.accounts.access import ROLES
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.moderation.operators import demand_operator
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools

PATH = f"{ROOT}/invitations"


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """The form. `link` is an invitation's address, shown once; `mailed` where another one went."""

    closed: bool
    roles: tuple[str, ...] = ROLES
    link: str = ""
    mailed: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class InvitationPages:
    """`/-/admin/invitations`."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        return [
            Route(PATH, tools.shown(self.page), needs=Need.OPERATOR, name="admin-invitations"),
            Route(
                PATH,
                tools.site.csrf.posted(tools.confirmed(self.invite)),
                needs=Need.OPERATOR,
                methods=["POST"],
                name="admin-invite",
            ),
        ]

    def page(self, request: Request, _actor: Actor) -> Response:
        """The empty form."""
        return self._page(request, InvitationsPage(self._closed()))

    def invite(self, request: Request, form: Form) -> Response:
        """Invite somebody; the answer is a page and no redirect, since the link is nowhere else."""
        actor = identity(request)
        demand_operator(actor)
        email, org = form.get("email", "").strip(), form.get("org", "").strip()
        orgs = [(org, form.get("role", ""))] if org else []
        try:
            secret = self.tools.joining.invite(actor, email, orgs)
        except HubError as refused:
            return self._page(request, InvitationsPage(self._closed(), problem=refused.message))
        link = f"{base_url(request)}/signup/{secret}" if secret else ""
        return self._page(request, InvitationsPage(self._closed(), link=link, mailed=email))

    def _closed(self) -> bool:
        return self.tools.joining.policy == "closed"

    def _page(self, request: Request, page: InvitationsPage) -> Response:
        status = 400 if page.problem else 200
        response = self.tools.site.page(request, "pages/admin/invitations.html", page, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
