"""Forms that change something: read under limits, and believed only with their token and from this hub's own pages."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import Endpoint, read_body
from freehold.asgi.identity import SESSION_COOKIE, from_own_page
from freehold.base.base64url import decode, encode
from freehold.base.errors import Forbidden, Invalid
from freehold.base.words import later

FIELD = "csrf"
COOKIE = "freehold_form"
"""Stands in for the session of a visitor who has none: it holds nothing but randomness."""

_LIMIT = 64 << 10
_MAX_FIELDS = 100
STALE = later("This form is out of date, or it was sent from another site. Go back, reload the page and send it again.")

Form = Mapping[str, str]
Handler = Callable[[Request, Form], Response]


class Csrf:
    """Makes and checks form tokens: a MAC over the session (or the visitor's form cookie)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def token(self, request: Request, visitor: str = "") -> str:
        """The token for forms of this request; `visitor` is the form cookie that its answer will set."""
        bound = request.cookies.get(SESSION_COOKIE) or visitor or request.cookies.get(COOKIE, "")
        return hmac.new(self._secret, bound.encode(), hashlib.sha256).hexdigest()

    def check(self, request: Request, given: str) -> None:
        """Raise Forbidden unless this hub's own page sent the form in this visitor's browser."""
        if from_own_page(request) is False or not hmac.compare_digest(self.token(request), given):
            raise Forbidden(STALE)

    def seal(self, about: str, body: bytes) -> str:
        """`body` as text that only this hub can have made, for what is told in `about`."""
        return f"{encode(body)}.{encode(self._mac(about, body))}"

    def unseal(self, about: str, text: str) -> bytes | None:
        """What was sealed; None if this hub did not do it, or for something else."""
        try:
            body, mac = (decode(part) for part in text.split("."))
        except ValueError:
            return None
        return body if hmac.compare_digest(mac, self._mac(about, body)) else None

    def _mac(self, about: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, b"sealed\0" + about.encode() + b"\0" + body, "sha256")

    def posted(self, handler: Handler, limit: int = _LIMIT) -> Endpoint:
        """An endpoint that reads and checks a form, then calls `handler` in a worker thread."""

        async def endpoint(request: Request) -> Response:
            form = await _read(request, limit)
            self.check(request, form.get(FIELD, ""))
            return await run_in_threadpool(handler, request, form)

        return endpoint


def new_visitor() -> str:
    """A value for the form cookie."""
    return secrets.token_urlsafe(16)


async def _read(request: Request, limit: int) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Invalid("A form is sent as application/x-www-form-urlencoded.")
    body = await read_body(request, limit)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise Invalid("The form could not be read. Reload the page and send it again.") from error
    return dict(pairs)
