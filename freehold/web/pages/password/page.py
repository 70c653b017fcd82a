"""One's own password: set or changed by whoever has just confirmed who they are."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, Invalid
from freehold.core.accounts.people import MIN_PASSWORD, has_password
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.changing import Changing
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.web.entering import status_of
from freehold.web.forms import Form
from freehold.web.proven import Proven
from freehold.web.site import Site

PATH = "/settings/password"


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """`has_one`: it is changed, not set for the first time; `done`: that has just happened."""

    has_one: bool
    least: int
    done: bool = False
    problem: str = ""


def routes(site: Site, sign_in: SignIn, changing: Changing) -> list[Route]:
    """`/settings/password` and its form."""
    proven = Proven(site, sign_in.sessions, PATH)

    def show(request: Request, proof: Proof) -> Response:
        done = request.query_params.get("done") == "1"
        page = PasswordPage(has_password(sign_in.db, proof.account_id), MIN_PASSWORD, done)
        return site.page(request, "pages/password/page.html", page)

    def change(request: Request, form: Form, proof: Proof) -> Response:
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Invalid("The two passwords are not the same.")
            changing.change_password(proof, form.get("password", ""))
        except (Invalid, Forbidden) as refused:
            page = PasswordPage(has_password(sign_in.db, proof.account_id), MIN_PASSWORD, problem=refused.message)
            return site.page(request, "pages/password/page.html", page, status=status_of(refused))
        return site.redirect(request, f"{PATH}?done=1")

    return [
        Route(PATH, proven.shown(show), needs=Need.SESSION, name="password"),
        Route(
            PATH, site.csrf.posted(proven.sent(change)), needs=Need.SESSION, methods=["POST"], name="change-password"
        ),
    ]
