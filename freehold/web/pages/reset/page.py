"""A new password by mail: asked for, and set once by the link that came."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid, TooMany
from freehold.core.accounts.people import MIN_PASSWORD
from freehold.core.accounts.signing_in.changing import Changing
from freehold.web.entering import status_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.site import Site

PATH = "/login/reset"


@dataclass(frozen=True, slots=True)
class AskPage:
    """`sent`: it was asked for, and whether anybody is mailed is nobody else's business."""

    sent: bool = False
    said: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ResetPage:
    """`over`: the link is used up or too old, and `problem` says so."""

    secret: str
    name: str
    least: int
    over: bool = False
    problem: str = ""


def routes(site: Site, changing: Changing) -> list[Route]:
    """`/login/reset`, `/login/reset/{secret}` and their forms."""
    desk = _Desk(site, changing)
    posted, one = site.csrf.posted, f"{PATH}/{{secret:seg}}"
    return [
        Route(PATH, desk.show, needs=Need.NOTHING, name="ask-reset"),
        Route(PATH, posted(desk.ask), needs=Need.NOTHING, methods=["POST"], name="send-reset"),
        Route(one, desk.open, needs=Need.LINK, name="reset"),
        Route(one, posted(desk.reset), needs=Need.LINK, methods=["POST"], name="set-password"),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    changing: Changing

    def show(self, request: Request) -> Response:
        return self.site.page(request, "pages/reset/ask.html", AskPage(), forms=True)

    def ask(self, request: Request, form: Form) -> Response:
        said = form.get("name", "").strip()[:300]
        try:
            self.changing.ask_reset(visitor(request), said)
        except TooMany as refused:
            page = AskPage(said=said, problem=refused.message)
            response = self.site.page(request, "pages/reset/ask.html", page, forms=True, status=429)
            return with_wait(response, refused)
        return self.site.page(request, "pages/reset/ask.html", AskPage(sent=True), forms=True)

    def open(self, request: Request) -> Response:
        return self._form(request)

    def reset(self, request: Request, form: Form) -> Response:
        try:
            if form.get("password", "") != form.get("again", ""):
                raise Invalid("The two passwords are not the same.")
            self.changing.reset(visitor(request), request.path_params["secret"], form.get("password", ""))
        except HubError as refused:
            return with_wait(self._form(request, refused), refused)
        return self.site.redirect(request, "/login?told=reset")

    def _form(self, request: Request, refused: HubError | None = None) -> Response:
        """The link's own page. Looking does not use it up: programs look at links ahead of people."""
        secret = request.path_params["secret"]
        try:
            name, over = self.changing.resetting(secret).name, False
        except BadCredentials as late:
            name, over, refused = "", True, refused or late
        page = ResetPage(secret, name, MIN_PASSWORD, over, refused.message if refused else "")
        status = status_of(refused) if refused else 200
        return self.site.page(request, "pages/reset/page.html", page, forms=True, status=status)
