"""The frame around every page: templates, who is signed in, theme, policy headers, and errors for people."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from types import CodeType
from typing import Any
from urllib.parse import quote

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from structlog.contextvars import get_contextvars

from freehold.asgi.identity import ACTOR_KEY, SESSION_COOKIE, identity
from freehold.asgi.urls import base_url
from freehold.base.clock import Clock, iso, now
from freehold.base.ids import GIT_KINDS
from freehold.core.accounts.actor import ANONYMOUS, Actor
from freehold.web import highlight, languages, meta, wording
from freehold.web.assets import WEB, Assets
from freehold.web.forms import COOKIE, Csrf, new_visitor
from freehold.web.frame import Frame

THEME_COOKIE = "freehold_theme"
_VISITOR_KEY = "freehold.visitor"
THEMES = ("auto", "light", "dark")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie, Accept, Accept-Language",
}


class Site:
    """Renders pages. Holds no repository and decides nothing: what must not be shown is not handed to it."""

    def __init__(self, hub_name: str, secret: bytes, clock: Clock = now) -> None:
        self.hub_name, self.csrf, self.assets = hub_name, Csrf(secret), Assets()
        self.clock = clock
        self._templates = _environment(self.assets)
        self._templates.filters["ago"] = lambda micros: wording.ago(micros, clock())

    def page(self, request: Request, template: str, page: Any, **options: Any) -> Response:
        """Render `template` with `page`.

        `section` and `search` fill the layout; `status` is the answer's; `forms`: whoever is not signed in may
        send a form here; `frames`: it shows another address of this hub within itself.
        """
        visitor = visitor_of(request) if options.pop("forms", False) else ""
        status, frames = options.pop("status", 200), options.pop("frames", False)
        frame = self._frame(request, identity(request), visitor, **options)
        response = self._render(template, page, frame, status)
        if frames:
            response.headers["Content-Security-Policy"] = _POLICY + "; frame-src 'self'"
        if visitor and visitor != request.cookies.get(COOKIE):
            self.set_cookie(request, response, COOKIE, visitor)
        return response

    def error(self, request: Request, status: int, message: str) -> Response:
        """An error as a page: what happened, and what can be done."""
        actor = request.scope.get(ACTOR_KEY) or ANONYMOUS
        path, number = request.scope["path"].removeprefix(root_of(request)), get_contextvars().get("request_id", "")
        page = wording.error_page(status, message, signed_in=actor.signed_in, path=path, reference=str(number))
        return self._render("error.html", page, self._frame(request, actor, ""), status)

    def ask_to_sign_in(self, request: Request) -> RedirectResponse:
        """Send a visitor to the sign-in form, which leads back here."""
        here = request.scope["path"].removeprefix(root_of(request))
        query = f"?{request.url.query}" if request.url.query else ""
        return self.redirect(request, f"/login?next={quote(quote(here) + query, safe='')}")

    def redirect(self, request: Request, path: str) -> RedirectResponse:
        """After a form: go and look at `path`, already quoted and without the prefix."""
        return RedirectResponse(root_of(request) + path, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})

    def set_cookie(
        self, request: Request, response: Response, name: str, value: str, seconds: int | None = None
    ) -> None:
        """Set a cookie for this hub alone; without `seconds` it ends with the browser, with 0 at once."""
        secure = base_url(request).startswith("https://")
        path = root_of(request) or "/"
        response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")

    def _frame(self, request: Request, actor: Actor, visitor: str, section: str = "", search: str = "") -> Frame:
        theme = request.cookies.get(THEME_COOKIE, "auto")
        query = f"?{request.url.query}" if request.url.query else ""
        return Frame(
            self.hub_name,
            actor,
            theme if theme in THEMES else "auto",
            self.csrf.token(request, visitor),
            quote(request.scope["path"].removeprefix(root_of(request)) or "/") + query,
            section,
            root_of(request),
            base_url(request),
            search,
            languages.spoken(),
        )

    def _render(self, template: str, page: Any, frame: Frame, status: int) -> Response:
        html = self._templates.get_template(template).render(page=page, frame=frame)
        # Paths in git need not be UTF-8; they arrive here with surrogates, which no page can hold.
        headers = {**_HEADERS, "Content-Language": frame.language.tag}
        return Response(html.encode("utf-8", "replace"), status, headers, "text/html")


def visitor_of(request: Request) -> str:
    """The form cookie's value: needed where nobody is signed in yet, and kept once it is set."""
    if SESSION_COOKIE in request.cookies:
        return ""
    known = request.cookies.get(COOKIE) or request.scope.get(_VISITOR_KEY) or new_visitor()
    request.scope[_VISITOR_KEY] = known  # the answer sets what the page was made for
    return str(known)


def bound_to(request: Request) -> str:
    """The cookie that tells this browser from others: what forms and passkey challenges are good for."""
    return request.cookies.get(SESSION_COOKIE) or visitor_of(request)


def root_of(request: Request) -> str:
    """The path prefix that the hub is mounted under, without a trailing slash."""
    return str(request.scope.get("root_path", "")).rstrip("/")


class _Compiled(BytecodeCache):
    """Templates are compiled once in a process, however many hubs it has; each hub binds them to what is its own."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same source."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _environment(assets: Assets) -> Environment:
    templates = Environment(
        loader=FileSystemLoader(WEB),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    _speak(templates)
    templates.globals |= {"assets": assets, "icon": partial(_icon, assets.icons), "KINDS": GIT_KINDS, "meta_of": meta}
    templates.filters |= {
        "size": wording.size,
        "iso": iso,
        "day": wording.day,
        "span": wording.span,
        "number": wording.number,
        "grouped": wording.grouped,
        "visibility": wording.visibility,
        "role": wording.role,
        "kind": wording.kind,
        "kinds": wording.kinds,
        "language": wording.language,
        "code": highlight.code,
    }
    return templates


def _speak(templates: Environment) -> None:
    """How templates get their words: `{% trans %}` and `_(…)`, and `count`, `say_of` and `told` of `languages`."""
    templates.policies["ext.i18n.trimmed"] = True
    # The extension gives the environment this method when it is loaded, which its types do not know.
    templates.install_gettext_callables(languages.say, languages.form_of, newstyle=True)  # type: ignore[attr-defined]
    for name in ("say_of", "count", "told"):
        templates.globals[name] = getattr(languages, name)
    templates.globals |= {"_": languages.say, "LANGUAGES": languages.LANGUAGES}


def _icon(icons: Mapping[str, Markup], name: str) -> Markup:
    return icons[name]
