"""One's second factors: an authenticator app, passkeys and recovery codes, set up and removed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import BadCredentials, HubError, Invalid
from freehold.core.accounts.sessions import Proof
from freehold.core.accounts.signing_in.passkeys import Passkey
from freehold.core.accounts.signing_in.signing_in import SignIn
from freehold.web.entering import party_of, status_of, visitor, with_wait
from freehold.web.forms import Form
from freehold.web.languages import say
from freehold.web.proven import Proven
from freehold.web.qr import qr_code
from freehold.web.site import Site, bound_to
from freehold.wire import totp

PATH = "/settings/security"


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """`question` invites a passkey, empty where browsers make none; `qr` and `typed` are there while an app is set up.

    `codes` are recovery codes just made, in this one answer and never again.
    """

    app: bool
    passkeys: Sequence[Passkey]
    recovery_left: int
    demanded: bool
    question: str
    qr: str = ""
    typed: str = ""
    codes: Sequence[str] = field(default_factory=tuple)
    problem: str = ""


def routes(site: Site, sign_in: SignIn) -> list[Route]:
    """`/settings/security` and its forms."""
    desk = _Desk(site, sign_in)
    proven = Proven(site, sign_in.sessions, PATH)
    forms = {
        "app": desk.begin_app,
        "app/confirm": desk.confirm_app,
        "app/remove": desk.remove_app,
        "passkey": desk.add_passkey,
        "passkey/remove": desk.remove_passkey,
        "recovery": desk.make_recovery,
    }
    return [
        Route(PATH, proven.shown(desk.show), needs=Need.SESSION, name="security"),
        *(
            Route(
                f"{PATH}/{path}",
                site.csrf.posted(proven.sent(handler)),
                needs=Need.SESSION,
                methods=["POST"],
                name=f"security-{path}",
            )
            for path, handler in forms.items()
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Desk:
    site: Site
    sign_in: SignIn

    def show(self, request: Request, proof: Proof) -> Response:
        return self._answer(request, self._page(request, proof))

    def begin_app(self, request: Request, _form: Form, proof: Proof) -> Response:
        return self._answer(request, self._with_app(request, proof))

    def confirm_app(self, request: Request, form: Form, proof: Proof) -> Response:
        try:
            self.sign_in.confirm_app(visitor(request), proof, form.get("code", ""))
        except HubError as refused:
            return self._answer(request, self._with_app(request, proof), refused)
        self.sign_in.sessions.strengthen(proof, "totp")
        return self._set_up(request, proof)

    def remove_app(self, request: Request, _form: Form, proof: Proof) -> Response:
        try:
            self._demand_another(self.sign_in.passkeys.has(proof.account_id))
        except Invalid as refused:
            return self._answer(request, self._page(request, proof), refused)
        self.sign_in.codes.remove_app(proof)
        return self.site.redirect(request, PATH)

    def add_passkey(self, request: Request, form: Form, proof: Proof) -> Response:
        party = party_of(request, self.site.hub_name)
        if party is None:
            raise Invalid("Passkeys need HTTPS and a host name, which this hub is not reached by now.")
        try:
            name, answer = form.get("name", ""), form.get("answer", "")
            self.sign_in.passkeys.add(proof, party, bound_to(request), name, answer)
        except HubError as refused:
            return self._answer(request, self._page(request, proof), refused)
        self.sign_in.sessions.strengthen(proof, "passkey")
        return self._set_up(request, proof)

    def remove_passkey(self, request: Request, form: Form, proof: Proof) -> Response:
        try:
            others = len(self.sign_in.passkeys.list(proof.account_id)) > 1
            self._demand_another(others or self.sign_in.codes.has_app(proof.account_id))
            self.sign_in.passkeys.remove(proof, form.get("id", ""))
        except HubError as refused:
            return self._answer(request, self._page(request, proof), refused)
        return self.site.redirect(request, PATH)

    def make_recovery(self, request: Request, _form: Form, proof: Proof) -> Response:
        if not self.sign_in.has_second(proof.account_id):
            refused = Invalid("Recovery codes stand in for a second factor. Set one up first.")
            return self._answer(request, self._page(request, proof), refused)
        codes = self.sign_in.codes.make_recovery(proof)
        return self._answer(request, replace(self._page(request, proof), codes=codes))

    def _demand_another(self, remains: bool) -> None:
        if self.sign_in.sessions.demand_strong and not remains:
            raise Invalid("This hub asks everybody for a second factor. Add another one before you remove this.")

    def _set_up(self, request: Request, proof: Proof) -> Response:
        """After a factor was added: with the first come recovery codes, because either may be lost."""
        if self.sign_in.codes.recovery_left(proof.account_id):
            return self.site.redirect(request, PATH)
        codes = self.sign_in.codes.make_recovery(proof)
        return self._answer(request, replace(self._page(request, proof), codes=codes))

    def _with_app(self, request: Request, proof: Proof) -> SecurityPage:
        page = self._page(request, proof)
        if page.app:
            return page
        secret = self.sign_in.codes.begin_app(proof)
        drawn = qr_code(
            totp.provisioning_url(self.site.hub_name, proof.actor.name, secret), say("QR code for your app")
        )
        return replace(page, qr=drawn, typed=totp.base32(secret))

    def _page(self, request: Request, proof: Proof) -> SecurityPage:
        codes, passkeys = self.sign_in.codes, self.sign_in.passkeys
        party = party_of(request, self.site.hub_name)
        return SecurityPage(
            app=codes.has_app(proof.account_id),
            passkeys=passkeys.list(proof.account_id),
            recovery_left=codes.recovery_left(proof.account_id),
            demanded=self.sign_in.sessions.demand_strong,
            question=passkeys.invite(proof, party, bound_to(request)) if party else "",
        )

    def _answer(self, request: Request, page: SecurityPage, refused: HubError | None = None) -> Response:
        # 400, not 401: the person is signed in, and it is what they sent that was not right.
        status = 400 if isinstance(refused, BadCredentials) else status_of(refused) if refused else 200
        shown = replace(page, problem=refused.message if refused else "")
        response = self.site.page(request, "pages/security/page.html", shown, status=status)
        response.headers["Cache-Control"] = "no-store"
        return with_wait(response, refused) if refused else response
