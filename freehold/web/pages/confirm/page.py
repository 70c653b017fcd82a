"""Proving once more who one is, before a page that changes how the account is entered."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid, TooMany
from freehold.core.accounts.signing_in.confirming import Confirming, Ways
from freehold.web.entering import party_of, status_of, target_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.proven import session_secret
from freehold.web.site import Site, bound_to


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """`ways` are those that the person has; `question` is what a passkey is asked, empty where none can answer."""

    next: str
    ways: Ways
    question: str
    problem: str = ""


def routes(site: Site, confirming: Confirming) -> list[Route]:
    """`/settings/confirm` and its forms, one for each way."""
    desk = _Desk(site, confirming)
    posted = site.csrf.posted
    return [
        Route("/settings/confirm", desk.show, needs=Need.SESSION, name="confirm"),
        Route(
            "/settings/confirm",
            posted(desk.by_password),
            needs=Need.SESSION,
            methods=["POST"],
            name="confirm-by-password",
        ),
        Route(
            "/settings/confirm/code", posted(desk.by_code), needs=Need.SESSION, methods=["POST"], name="confirm-by-code"
        ),
        Route(
            "/settings/confirm/passkey",
            posted(desk.by_passkey),
            needs=Need.SESSION,
            methods=["POST"],
            name="confirm-by-passkey",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    confirming: Confirming

    def show(self, request: Request) -> Response:
        if not identity(request).signed_in:
            return self.site.ask_to_sign_in(request)
        session_secret(request)
        return self._form(request, target_of(request.query_params.get("next", "")))

    def by_password(self, request: Request, form: Form) -> Response:
        session = session_secret(request)
        password = form.get("password", "")
        return self._confirm(request, form, lambda: self.confirming.by_password(visitor(request), session, password))

    def by_code(self, request: Request, form: Form) -> Response:
        session = session_secret(request)
        return self._confirm(
            request, form, lambda: self.confirming.by_code(visitor(request), session, form.get("code", ""))
        )

    def by_passkey(self, request: Request, form: Form) -> Response:
        session, party = session_secret(request), party_of(request, self.site.hub_name)
        if party is None:
            raise Invalid("Passkeys need HTTPS and a host name. Confirm another way.")
        answer, bound = form.get("answer", ""), bound_to(request)
        return self._confirm(
            request, form, lambda: self.confirming.by_passkey(visitor(request), session, party, bound, answer)
        )

    def _confirm(self, request: Request, form: Form, way: Callable[[], None]) -> Response:
        target = target_of(form.get("next", ""))
        try:
            way()
        except (BadCredentials, TooMany) as refused:
            return with_wait(self._form(request, target, refused), refused)
        return self.site.redirect(request, target)

    def _form(self, request: Request, target: str, refused: HubError | None = None) -> Response:
        account_id = identity(request).account_id or ""
        ways = self.confirming.ways(account_id)
        party = party_of(request, self.site.hub_name) if ways.passkey else None
        question = self.confirming.sign_in.passkeys.ask(party, bound_to(request), account_id) if party else ""
        page = ConfirmPage(target, ways, question, refused.message if refused else "")
        status = status_of(refused) if refused else 200
        return self.site.page(request, "pages/confirm/page.html", page, status=status)
