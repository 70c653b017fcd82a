"""The block lists: looked through, added to, and taken from."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.moderation.blocks import KINDS, Block
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools

PATH = f"{ROOT}/blocks"
_PAGE = 100


@dataclass(frozen=True, slots=True)
class BlocksPage:
    """Lines of one list, or of all (`kind` empty)."""

    blocks: Sequence[Block]
    kind: str
    kinds: Sequence[str]
    next: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class BlockPages:
    """`/-/admin/blocks`."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        send = tools.site.csrf.posted(tools.confirmed(tools.acted(self.act, self.page)))
        return [
            Route(PATH, tools.shown(self.page), needs=Need.OPERATOR, name="admin-blocks"),
            Route(PATH, send, needs=Need.OPERATOR, methods=["POST"], name="admin-block"),
        ]

    def page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        """The lists."""
        asked = request.query_params
        kind = asked.get("kind", "")
        kind = kind if kind in KINDS else ""
        after = (asked.get("after_kind", "")[:20], asked.get("after", "")[:300])
        found = self.tools.moderation.blocks.listed(actor, kind, after, _PAGE + 1)
        last = found[_PAGE - 1] if len(found) > _PAGE else None
        query = {"kind": kind, "after_kind": last.kind, "after": last.value} if last else {}
        more = f"{PATH}?{urlencode(query)}" if last else ""
        page = BlocksPage(found[:_PAGE], kind, KINDS, more, problem)
        return self.tools.site.page(request, "pages/admin/blocks.html", page, status=400 if problem else 200)

    def act(self, actor: Actor, form: Form) -> None:
        """Add a line, or remove one."""
        kind, value, reason = form.get("kind", ""), form.get("value", ""), form.get("reason", "")
        if form.get("act") == "remove":
            self.tools.moderation.blocks.remove(actor, kind, value, reason)
        else:
            self.tools.moderation.blocks.add(actor, kind, value, reason)
