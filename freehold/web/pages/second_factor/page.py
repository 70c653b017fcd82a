"""The second half of signing in: a code, a recovery code or a passkey."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid, TooMany
from freehold.core.accounts.sessions import Opened
from freehold.core.accounts.signing_in.signing_in import Halfway, SignIn
from freehold.web.entering import (
    HALFWAY_COOKIE,
    go_on,
    let_in,
    party_of,
    status_of,
    target_of,
    visitor,
    with_wait,
)
from freehold.web.forms import Form
from freehold.web.site import Site, bound_to


@dataclass(frozen=True, slots=True)
class SecondFactorPage:
    """`question` is what a passkey is asked; empty where there is none, or the browser could not answer."""

    next: str
    app: bool
    question: str
    problem: str = ""


def routes(site: Site, sign_in: SignIn) -> list[Route]:
    """`/login/second` and its three forms."""
    desk = _Desk(site, sign_in)
    posted = site.csrf.posted
    return [
        Route("/login/second", desk.show, needs=Need.LINK, name="second-factor"),
        Route("/login/second", posted(desk.by_code), needs=Need.LINK, methods=["POST"], name="second-by-code"),
        Route(
            "/login/second/recovery",
            posted(desk.by_recovery),
            needs=Need.LINK,
            methods=["POST"],
            name="second-by-recovery",
        ),
        Route(
            "/login/second/passkey",
            posted(desk.by_passkey),
            needs=Need.LINK,
            methods=["POST"],
            name="second-by-passkey",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    sign_in: SignIn

    def show(self, request: Request) -> Response:
        target = target_of(request.query_params.get("next", ""))
        try:
            half = self.sign_in.halfway(_secret(request))
        except BadCredentials:
            return self.site.redirect(request, "/login")
        if half.must_enrol:
            return go_on(self.site, self.sign_in.sessions, request, half, target)
        return self._form(request, half, target)

    def by_code(self, request: Request, form: Form) -> Response:
        return self._second(
            request, form, lambda: self.sign_in.second_by_code(visitor(request), _secret(request), form.get("code", ""))
        )

    def by_recovery(self, request: Request, form: Form) -> Response:
        def recover() -> Opened:
            code = form.get("code", "")
            return self.sign_in.second_by_code(visitor(request), _secret(request), code, recovery=True)

        return self._second(request, form, recover)

    def by_passkey(self, request: Request, form: Form) -> Response:
        party = party_of(request, self.site.hub_name)
        if party is None:
            raise Invalid("Passkeys need HTTPS and a host name. Use a code.")
        answer = form.get("answer", "")
        return self._second(
            request,
            form,
            lambda: self.sign_in.second_by_passkey(
                visitor(request), _secret(request), party, bound_to(request), answer
            ),
        )

    def _second(self, request: Request, form: Form, way: Callable[[], Opened]) -> Response:
        target = target_of(form.get("next", ""))
        try:
            opened = way()
        except (BadCredentials, TooMany) as refused:
            return self._again(request, target, refused)
        response = self.site.redirect(request, target)
        return let_in(self.site, self.sign_in.sessions, request, response, opened)

    def _again(self, request: Request, target: str, refused: HubError) -> Response:
        """The form once more, or the whole sign-in, if that was one wrong code too many."""
        try:
            half = self.sign_in.halfway(_secret(request))
        except BadCredentials:
            response = self.site.redirect(request, "/login")
            self.site.set_cookie(request, response, HALFWAY_COOKIE, "", 0)
            return response
        return with_wait(self._form(request, half, target, refused), refused)

    def _form(self, request: Request, half: Halfway, target: str, refused: HubError | None = None) -> Response:
        party = party_of(request, self.site.hub_name) if half.passkey else None
        question = self.sign_in.passkeys.ask(party, bound_to(request), half.account_id, second=True) if party else ""
        page = SecondFactorPage(target, half.app, question, refused.message if refused else "")
        status = status_of(refused) if refused else 200
        return self.site.page(request, "pages/second_factor/page.html", page, forms=True, status=status)


def _secret(request: Request) -> str:
    return request.cookies.get(HALFWAY_COOKIE, "")
