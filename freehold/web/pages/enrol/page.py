"""Setting up a first second factor on the way in, where the hub demands one of everybody."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid, TooMany
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.web.entering import HALFWAY_COOKIE, let_in, status_of, target_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.qr import qr_code
from freehold.web.site import Site
from freehold.wire import totp


@dataclass(frozen=True, slots=True)
class EnrolPage:
    """Before (`qr`, `typed`: the secret as it is scanned and typed) or, with `codes`, after it is set up."""

    next: str
    qr: str = ""
    typed: str = ""
    codes: tuple[str, ...] = ()
    problem: str = ""


def routes(site: Site, sign_in: SignIn) -> list[Route]:
    """`/login/enrol` and its form."""

    def page(request: Request, target: str, refused: HubError | None = None) -> Response:
        proof = sign_in.enrolling(request.cookies.get(HALFWAY_COOKIE, ""))
        secret = sign_in.codes.begin_app(proof)
        drawn = qr_code(totp.provisioning_url(site.hub_name, proof.actor.name, secret), say("QR code for your app"))
        shown = EnrolPage(target, drawn, totp.base32(secret), problem=refused.message if refused else "")
        status = status_of(refused) if refused else 200
        response = site.page(request, "pages/enrol/page.html", shown, forms=True, status=status)
        response.headers["Cache-Control"] = "no-store"
        return with_wait(response, refused) if refused else response

    def show(request: Request) -> Response:
        try:
            return page(request, target_of(request.query_params.get("next", "")))
        except BadCredentials:
            return site.redirect(request, "/login")

    def confirm(request: Request, form: Form) -> Response:
        target, secret = target_of(form.get("next", "")), request.cookies.get(HALFWAY_COOKIE, "")
        try:
            proof = sign_in.enrolling(secret)
            opened = sign_in.enrolled(visitor(request), secret, form.get("code", ""))
        except (Invalid, TooMany) as refused:
            try:
                return page(request, target, refused)
            except BadCredentials:
                return site.redirect(request, "/login")
        except BadCredentials:
            return site.redirect(request, "/login")
        shown = EnrolPage(target, codes=tuple(sign_in.codes.make_recovery(proof)))
        response = site.page(request, "pages/enrol/page.html", shown)
        response.headers["Cache-Control"] = "no-store"
        return let_in(site, sign_in.sessions, request, response, opened)

    return [
        Route("/login/enrol", show, needs=Need.LINK, name="enrol"),
        Route("/login/enrol", site.csrf.posted(confirm), needs=Need.LINK, methods=["POST"], name="enrol-app"),
    ]
