"""The choice between light and dark, kept in a cookie so that no page is drawn twice."""

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid
from freehold.web.forms import Form
from freehold.web.links import is_local
from freehold.web.site import THEME_COOKIE, THEMES, Site

_YEAR = 365 * 24 * 3600


def routes(site: Site) -> list[Route]:
    """`/-/theme`."""

    def choose(request: Request, form: Form) -> Response:
        theme, back = form.get("theme", ""), form.get("back", "")
        if theme not in THEMES:
            raise Invalid(f"A theme is one of {', '.join(THEMES)}.")
        response = site.redirect(request, back if is_local(back) else "/")
        site.set_cookie(request, response, THEME_COOKIE, theme, _YEAR)
        return response

    return [Route("/-/theme", site.csrf.posted(choose), needs=Need.NOTHING, methods=["POST"], name="theme")]
