"""Repositories and buckets that administrators hold, and the form that holds another or lets one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.repos.repo import Repo
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools, named_repo

PATH = f"{ROOT}/repositories"
_PAGE = 50


@dataclass(frozen=True, slots=True)
class RepositoriesPage:
    """What is held; `named` is the path that the form begins with."""

    held: Sequence[Repo]
    named: str
    next: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryPages:
    """`/-/admin/repositories`."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        send = tools.site.csrf.posted(tools.confirmed(tools.acted(self.act, self.page)))
        return [
            Route(PATH, tools.shown(self.page), needs=Need.OPERATOR, name="admin-repositories"),
            Route(PATH, send, needs=Need.OPERATOR, methods=["POST"], name="admin-hold"),
        ]

    def page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        """What is held now."""
        found = self.tools.moderation.held(actor, request.query_params.get("after", "")[:50], _PAGE + 1)
        more = f"{PATH}?{urlencode({'after': found[_PAGE - 1].id})}" if len(found) > _PAGE else ""
        page = RepositoriesPage(found[:_PAGE], request.query_params.get("path", "")[:300], more, problem)
        return self.tools.site.page(request, "pages/admin/repositories.html", page, status=400 if problem else 200)

    def act(self, actor: Actor, form: Form) -> None:
        """Hold or let go."""
        repo, reason, act = named_repo(form.get("address", "")), form.get("reason", ""), form.get("act", "")
        if act == "restore":
            self.tools.moderation.lift(actor, repo, reason)
        elif act in ("quarantined", "disabled"):
            self.tools.moderation.hold(actor, repo, act, reason)
        else:
            raise Invalid("Choose what to do with the repository.")
