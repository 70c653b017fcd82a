"""What a browser chooses for itself, light or dark and a language, kept in cookies so that no page is drawn twice."""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid
from freehold.web.forms import Form
from freehold.web.languages import COOKIE, LANGUAGES
from freehold.web.links import is_local
from freehold.web.site import THEME_COOKIE, THEMES, Site

_YEAR = 365 * 24 * 3600


def routes(site: Site) -> list[Route]:
    """`/-/theme` and `/-/language`."""
    return [_choice(site, "theme", THEME_COOKIE, THEMES), _choice(site, "language", COOKIE, LANGUAGES)]


def _choice(site: Site, name: str, cookie: str, values: Collection[str]) -> Route:
    def choose(request: Request, form: Form) -> Response:
        value, back = form.get(name, ""), form.get("back", "")
        if value not in values:
            raise Invalid(f"A {name} is one of {', '.join(values)}.")
        response = site.redirect(request, back if is_local(back) else "/")
        site.set_cookie(request, response, cookie, value, _YEAR)
        return response

    return Route(f"/-/{name}", site.csrf.posted(choose), needs=Need.NOTHING, methods=["POST"], name=name)
