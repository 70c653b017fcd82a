"""One's own profile: what pages say of one, and the mail address that only the hub knows."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Forbidden, HubError, Invalid, NotFound, TooMany
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.describing import LONGEST_ABOUT, LONGEST_WEBSITE, Words
from freehold.core.accounts.people import People
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.doors import Doors
from freehold.web.entering import status_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.proven import Proven
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/settings/profile"


@dataclass(frozen=True, slots=True)
class ProfileSettingsPage:
    """`email` is confirmed, `waiting` not yet; either may be empty."""

    words: Words
    email: str
    waiting: str
    problem: str = ""
    longest: tuple[int, int] = (LONGEST_ABOUT, LONGEST_WEBSITE)


@dataclass(frozen=True, slots=True)
class AddressPage:
    """Asks for a press of a button; programs look at links ahead of people."""

    secret: str
    problem: str = ""


def routes(site: Site, doors: Doors, people: People) -> list[Route]:
    """`/settings/profile`, `/settings/address/{secret}` and their forms."""
    desk = _Desk(site, doors, people)
    posted, proven = site.csrf.posted, Proven(site, doors.sign_in.sessions, PATH)
    one = "/settings/address/{secret:seg}"
    asking = posted(proven.sent(desk.ask_address))
    return [
        Route(PATH, desk.show, needs=Need.ACCOUNT, name="profile-settings"),
        Route(PATH, posted(desk.describe), needs=Need.ACTING, methods=["POST"], name="change-profile"),
        Route(f"{PATH}/address", asking, needs=Need.SESSION, methods=["POST"], name="ask-address"),
        Route(one, desk.show_address, needs=Need.ACCOUNT, name="address"),
        Route(one, posted(desk.confirm_address), needs=Need.ACTING, methods=["POST"], name="confirm-address"),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    doors: Doors
    people: People

    def show(self, request: Request) -> Response:
        actor = identity(request)
        return self._page(request, actor) if actor.signed_in else self.site.ask_to_sign_in(request)

    def describe(self, request: Request, form: Form) -> Response:
        actor, account_id = signed_in(request)
        words = Words(form.get("full_name", ""), form.get("about", ""), form.get("website", ""))
        try:
            self.doors.changing.describe(actor, account_id, words)
        except Invalid as refused:
            return self._page(request, actor, refused, words)
        return self.site.redirect(request, PATH)

    def ask_address(self, request: Request, form: Form, proof: Proof) -> Response:
        try:
            self.doors.changing.ask_address(visitor(request), proof, form.get("email", ""))
        except (Forbidden, Invalid, TooMany) as refused:
            return with_wait(self._page(request, proof.actor, refused), refused)
        return self.site.redirect(request, PATH)

    def show_address(self, request: Request) -> Response:
        if not identity(request).signed_in:
            return self.site.ask_to_sign_in(request)
        return self._confirming(request)

    def confirm_address(self, request: Request, _form: Form) -> Response:
        actor, _ = signed_in(request)
        try:
            self.doors.changing.confirm_address(actor, request.path_params["secret"])
        except HubError as refused:
            return self._confirming(request, refused)
        return self.site.redirect(request, PATH)

    def _confirming(self, request: Request, refused: HubError | None = None) -> Response:
        page = AddressPage(request.path_params["secret"], refused.message if refused else "")
        status = status_of(refused) if refused else 200
        return self.site.page(request, "pages/profile_settings/address.html", page, status=status)

    def _page(
        self, request: Request, actor: Actor, refused: HubError | None = None, typed: Words | None = None
    ) -> Response:
        account = self.people.by_id(actor.account_id or "")
        if account is None:
            raise NotFound("This account does not exist.")
        waiting = self.doors.letters.waiting(account.id)
        problem = refused.message if refused else ""
        words = typed or Words(account.full_name, account.about, account.website)
        page = ProfileSettingsPage(words, account.email or "", waiting, problem)
        status = status_of(refused) if refused else 200
        return self.site.page(request, "pages/profile_settings/page.html", page, status=status)
