"""What a person has asked of gates, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.clock import now
from freehold.core.accounts.gates.gate import AccessRequest
from freehold.core.repos.gating import Gating
from freehold.core.repos.repo import Repo
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and how it stands."""

    repo: Repo
    request: AccessRequest
    standing: str


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Of repositories that the person may still see, the newest first."""

    asked: Sequence[Asked]


def routes(site: Site, gating: Gating) -> list[Route]:
    """`/settings/gated-repos`."""

    def show(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        found = [Asked(repo, asked, asked.standing(now()).value) for repo, asked in gating.mine(actor)]
        return site.page(request, "pages/requests/page.html", RequestsPage(found))

    return [Route("/settings/gated-repos", show, needs=Need.ACCOUNT, name="requests")]
