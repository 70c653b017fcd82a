"""Pages that change how an account is entered: open to whoever has proven moments ago who they are."""

from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import SESSION_COOKIE, identity
from freehold.base.errors import Forbidden
from freehold.core.accounts.sessions import NotRecent, Proof, Sessions
from freehold.web.forms import Form
from freehold.web.site import Site

Shown = Callable[[Request, Proof], Response]
Sent = Callable[[Request, Form, Proof], Response]


class Proven:
    """Wraps the handlers of such pages; `back` is the page that a person is led back to after `/settings/confirm`."""

    def __init__(self, site: Site, sessions: Sessions, back: str) -> None:
        self._site, self._sessions, self._back = site, sessions, back

    def shown(self, handler: Shown) -> Callable[[Request], Response]:
        """A page that asks a visitor to sign in, and anybody else to confirm, before it shows."""

        def show(request: Request) -> Response:
            if not identity(request).signed_in:
                return self._site.ask_to_sign_in(request)
            try:
                proof = self.proof_of(request)
            except NotRecent:
                return self._to_confirm(request)
            return handler(request, proof)

        return show

    def sent(self, handler: Sent) -> Callable[[Request, Form], Response]:
        """A form of such a page; what it held is gone if too much time went by."""

        def send(request: Request, form: Form) -> Response:
            try:
                proof = self.proof_of(request)
            except NotRecent:
                return self._to_confirm(request)
            return handler(request, form, proof)

        return send

    def proof_of(self, request: Request) -> Proof:
        """The proof of the session in this browser. Raises Forbidden without one, NotRecent for an older one."""
        return session_proof(request, self._sessions)

    def _to_confirm(self, request: Request) -> Response:
        return self._site.redirect(request, f"/settings/confirm?next={quote(self._back, safe='')}")


def session_proof(request: Request, sessions: Sessions) -> Proof:
    """As `Sessions.recent`, for the browser's own session. Raises Forbidden where there is none."""
    return sessions.recent(session_secret(request))


def session_secret(request: Request) -> str:
    """The secret of the session by which this request is signed in. Raises Forbidden for any other credential."""
    secret = request.cookies.get(SESSION_COOKIE)
    if not secret or not identity(request).signed_in or "authorization" in request.headers:
        raise Forbidden("Only a person who is signed in with a browser may do this. Sign in, then try again.")
    return secret
