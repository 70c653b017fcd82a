"""Making an account: by an invitation, or, where the hub is open to all, by a confirmed mail address."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, Conflict, HubError, Invalid
from freehold.core.accounts.people import MIN_PASSWORD
from freehold.core.accounts.signing_in.joining import CLOSED, NOTHING, Application, Joining
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.web.entering import go_on, status_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.site import Site

PATH = "/signup"


@dataclass(frozen=True, slots=True)
class SignUpPage:
    """`action` is where the form goes, empty where there is none to fill in; `mailed` is the invitation's address."""

    action: str
    least: int
    invited: bool = False
    mailed: str = ""
    said: Application = NOTHING
    sent: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """Asks for a press of a button; with a `problem` there is no account to be made by this link."""

    secret: str
    name: str = ""
    problem: str = ""


def routes(site: Site, joining: Joining, sign_in: SignIn) -> list[Route]:
    """`/signup`, `/signup/confirm/{secret}`, `/signup/{secret}` and their forms."""
    desk = _Desk(site, joining, sign_in)
    posted = site.csrf.posted
    confirm, invited = f"{PATH}/confirm/{{secret:seg}}", f"{PATH}/{{secret:seg}}"
    return [
        Route(PATH, desk.show, needs=Need.NOTHING, name="sign-up"),
        Route(PATH, posted(desk.apply), needs=Need.NOTHING, methods=["POST"], name="apply"),
        Route(confirm, desk.show_confirm, needs=Need.LINK, name="confirm-sign-up"),
        Route(confirm, posted(desk.confirm), needs=Need.LINK, methods=["POST"], name="make-account"),
        Route(invited, desk.show_invitation, needs=Need.LINK, name="invitation"),
        Route(invited, posted(desk.accept), needs=Need.LINK, methods=["POST"], name="accept-invitation"),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    joining: Joining
    sign_in: SignIn

    def show(self, request: Request) -> Response:
        if identity(request).signed_in:
            return self.site.redirect(request, "/")
        if self.joining.policy != "open":
            return self._page(request, SignUpPage("", MIN_PASSWORD, problem=CLOSED), 403)
        return self._page(request, SignUpPage(PATH, MIN_PASSWORD))

    def apply(self, request: Request, form: Form) -> Response:
        said = _said(form)
        try:
            self.joining.apply(visitor(request), said)
        except HubError as refused:
            page = SignUpPage(PATH, MIN_PASSWORD, said=said, problem=refused.message)
            return with_wait(self._page(request, page, _status(refused)), refused)
        return self._page(request, SignUpPage("", MIN_PASSWORD, sent=True))

    def show_confirm(self, request: Request) -> Response:
        secret = request.path_params["secret"]
        try:
            page = ConfirmPage(secret, self.joining.applied(secret).name)
        except HubError as refused:
            page = ConfirmPage(secret, problem=refused.message)
        return self._confirming(request, page)

    def confirm(self, request: Request, _form: Form) -> Response:
        secret = request.path_params["secret"]
        try:
            self.joining.confirm(visitor(request), secret)
        except HubError as refused:
            return with_wait(self._confirming(request, ConfirmPage(secret, problem=refused.message)), refused)
        return self.site.redirect(request, "/login?told=confirmed")

    def show_invitation(self, request: Request) -> Response:
        return self._invitation(request, NOTHING)

    def accept(self, request: Request, form: Form) -> Response:
        said = _said(form)
        try:
            account_id = self.joining.accept(visitor(request), request.path_params["secret"], said)
        except HubError as refused:
            return with_wait(self._invitation(request, said, refused), refused)
        came = self.sign_in.proven(account_id, ["password"], visitor(request))
        return go_on(self.site, self.sign_in.sessions, request, came, "/")

    def _invitation(self, request: Request, said: Application, refused: HubError | None = None) -> Response:
        secret = request.path_params["secret"]
        try:
            mailed, action = self.joining.invitation(secret).email, f"{PATH}/{secret}"
        except HubError as over:
            mailed, action, refused = "", "", over
        problem = refused.message if refused else ""
        page = SignUpPage(action, MIN_PASSWORD, invited=True, mailed=mailed, said=said, problem=problem)
        return self._page(request, page, _status(refused) if refused else 200)

    def _page(self, request: Request, page: SignUpPage, status: int = 200) -> Response:
        return self.site.page(request, "pages/signup/page.html", page, forms=True, status=status)

    def _confirming(self, request: Request, page: ConfirmPage) -> Response:
        status = 401 if page.problem else 200
        return self.site.page(request, "pages/signup/confirm.html", page, forms=True, status=status)


def _said(form: Form) -> Application:
    return Application(
        form.get("name", "").strip()[:200], form.get("full_name", "")[:300], form.get("email", "").strip()[:300],
        form.get("password", ""),
    )  # fmt: skip


def _status(refused: HubError) -> int:
    match refused:
        case Conflict():
            return 409
        case Invalid():
            return 400
        case BadCredentials():
            return 401
    return status_of(refused)
