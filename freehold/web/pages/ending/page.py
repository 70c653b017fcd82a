"""The end of one's account, for whoever has just confirmed who they are and types its name."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, HubError, Invalid
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.doors import Doors
from freehold.web.forms import Form
from freehold.web.proven import Proven
from freehold.web.site import Site

PATH = "/settings/account"


@dataclass(frozen=True, slots=True)
class EndingPage:
    """`problem` says why the account is still there."""

    problem: str = ""


def routes(site: Site, doors: Doors) -> list[Route]:
    """`/settings/account` and its form."""
    proven = Proven(site, doors.sign_in.sessions, PATH)

    def show(request: Request, _proof: Proof) -> Response:
        return page(request)

    def page(request: Request, refused: HubError | None = None) -> Response:
        shown = EndingPage(refused.message if refused else "")
        return site.page(request, "pages/ending/page.html", shown, status=400 if refused else 200)

    def end(request: Request, form: Form, proof: Proof) -> Response:
        try:
            doors.changing.close(proof, form.get("name", ""))
        except (Invalid, Conflict) as refused:
            return page(request, refused)
        response = site.redirect(request, "/login?told=gone")
        site.set_cookie(request, response, SESSION_COOKIE, "", 0)
        return response

    return [
        Route(PATH, proven.shown(show), needs=Need.SESSION, name="ending"),
        Route(PATH, site.csrf.posted(proven.sent(end)), needs=Need.SESSION, methods=["POST"], name="end-account"),
    ]
