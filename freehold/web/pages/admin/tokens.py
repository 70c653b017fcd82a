"""Every token of the hub, found by its owner and ended with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.every_token import Held
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools

PATH = f"{ROOT}/tokens"
_PAGE = 50


@dataclass(frozen=True, slots=True)
class TokensPage:
    """A page of tokens; `now` in microseconds since 1970, `next` leads to the page after, empty on the last."""

    tokens: Sequence[Held]
    search: str
    now: int
    next: str
    here: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TokenPages:
    """`/-/admin/tokens`."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        send = tools.site.csrf.posted(tools.confirmed(tools.acted(self.act, self.page)))
        return [
            Route(PATH, tools.shown(self.page), needs=Need.OPERATOR, name="admin-tokens"),
            Route(PATH, send, needs=Need.OPERATOR, methods=["POST"], name="admin-end-token"),
        ]

    def page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        """A page of the list."""
        moderation, asked = self.tools.moderation, request.query_params
        search, before = asked.get("search", "")[:100].strip(), asked.get("before", "")[:50]
        found = moderation.tokens(actor, search, before, _PAGE + 1)
        query = {"search": search} if search else {}
        more = f"{PATH}?{urlencode({**query, 'before': found[_PAGE - 1].id})}" if len(found) > _PAGE else ""
        here = f"{PATH}?{urlencode({**query, **({'before': before} if before else {})})}".rstrip("?")
        page = TokensPage(found[:_PAGE], search, moderation.clock(), more, here, problem)
        return self.tools.site.page(request, "pages/admin/tokens.html", page, status=400 if problem else 200)

    def act(self, actor: Actor, form: Form) -> None:
        """End one."""
        self.tools.moderation.end_token(actor, form.get("id", ""), form.get("reason", ""))
