"""People and organisations: found, shut with a reason and let in again, and given quotas of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.moderation.register import STATES, Entry, Wanted
from freehold.core.accounts.moderation.standing import QUOTAS
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools

_PAGE = 50
_PATHS = {"user": f"{ROOT}/people", "org": f"{ROOT}/organizations"}


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """A page of the register; `next` leads to the one after, empty on the last."""

    kind: str
    path: str
    accounts: Sequence[Entry]
    search: str
    state: str
    states: Sequence[str]
    next: str
    here: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AccountPages:
    """`/-/admin/people`, `/-/admin/organizations`, and what is done there."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        show, send = tools.shown(self.page), tools.site.csrf.posted(tools.confirmed(tools.acted(self.act, self.page)))
        return [
            Route(path, endpoint, needs=Need.OPERATOR, methods=methods, name=f"admin-{path.rpartition('/')[2]}")
            for path in _PATHS.values()
            for endpoint, methods in ((show, ["GET"]), (send, ["POST"]))
        ]

    def page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        """A page of one list."""
        kind = next(kind for kind, path in _PATHS.items() if request.scope["path"].endswith(path))
        asked = request.query_params
        search, state = asked.get("search", "")[:100].strip(), asked.get("state", "")
        state = state if state in STATES else ""
        after = asked.get("after", "")[:200]
        found = self.tools.moderation.accounts(actor, Wanted(kind, search, state, after.lower(), _PAGE + 1))
        query = {key: value for key, value in (("search", search), ("state", state)) if value}
        path = _PATHS[kind]
        more = f"{path}?{urlencode({**query, 'after': found[_PAGE - 1].name})}" if len(found) > _PAGE else ""
        here = f"{path}?{urlencode({**query, **({'after': after} if after else {})})}".rstrip("?")
        page = AccountsPage(kind, path, found[:_PAGE], search, state, STATES, more, here, problem)
        return self.tools.site.page(request, "pages/admin/accounts.html", page, status=400 if problem else 200)

    def act(self, actor: Actor, form: Form) -> None:
        """Shut, restore, or change quotas."""
        name, reason, moderation = form.get("name", ""), form.get("reason", ""), self.tools.moderation
        match form.get("act"):
            case "shut":
                moderation.shut_account(actor, name, reason, with_repositories=bool(form.get("repositories")))
            case "restore":
                moderation.reopen_account(actor, name, reason)
            case "quotas":
                moderation.set_quotas(actor, name, {key: _number(form.get(key, "")) for key in QUOTAS}, reason)
            case _:
                raise Invalid("Choose what to do with the account.")


def _number(text: str) -> int | None:
    text = text.strip().replace(" ", "").replace("_", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("A quota is a number of bytes, files or repositories; empty: what the hub gives to all.")
    return int(text)
