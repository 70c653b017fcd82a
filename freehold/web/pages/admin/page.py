"""The operator's pages: how the hub is, who and what is on it, what waits for a decision, and what may not come."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError
from freehold.core.accounts.actor import Actor
from freehold.core.queue.queue import DeadJob
from freehold.core.repos.storage import HubUsage
from freehold.web.pages.admin.accounts import AccountPages
from freehold.web.pages.admin.blocks import BlockPages
from freehold.web.pages.admin.invitations import InvitationPages
from freehold.web.pages.admin.reports import ReportPages
from freehold.web.pages.admin.repositories import RepositoryPages
from freehold.web.pages.admin.tokens import TokenPages
from freehold.web.pages.admin.tools import ROOT, Setting, Tools
from freehold.web.site import Site

_SHOWN_JOBS = 200

__all__ = ["Setting", "Tools", "routes"]


@dataclass(frozen=True, slots=True)
class AdminPage:
    """How the hub is: `health` says of each store `ok` or what is wrong with it, `free` is bytes of the data disk."""

    totals: Mapping[str, int]
    usage: HubUsage
    reports: int
    held: int
    waiting: int
    dead: int
    health: Mapping[str, str]
    free: int
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Background work: what waits, and what was given up."""

    waiting: int
    dead: Sequence[DeadJob]
    more: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Every setting as it counts."""

    settings: Sequence[Setting]


@dataclass(frozen=True, slots=True)
class _Pages:
    tools: Tools
    site: Site

    def overview(self, request: Request, actor: Actor) -> Response:
        tools, moderation = self.tools, self.tools.moderation
        disk = shutil.disk_usage(next(one.value for one in tools.settings if one.name == "data"))
        page = AdminPage(
            moderation.totals(actor),
            tools.repos.storage.of_hub(actor),
            moderation.reports.open_count(),
            len(moderation.held(actor, limit=1000)),
            tools.queue.pending(),
            len(tools.queue.dead()),
            {name: _state(probe) for name, probe in tools.probes.items()},
            disk.free,
            disk.total,
            tools.version,
        )
        return self.site.page(request, "pages/admin/page.html", page)

    def queue(self, request: Request, _actor: Actor, problem: str = "") -> Response:
        dead = self.tools.queue.dead()
        page = QueuePage(self.tools.queue.pending(), dead[:_SHOWN_JOBS], max(0, len(dead) - _SHOWN_JOBS), problem)
        return self.site.page(request, "pages/admin/queue.html", page, status=400 if problem else 200)

    def retry(self, _actor: Actor, form: Mapping[str, str]) -> None:
        if form.get("job"):
            self.tools.queue.revive(form["job"])
            return
        for job in self.tools.queue.dead():
            self.tools.queue.revive(job.id)

    def settings(self, request: Request, _actor: Actor) -> Response:
        return self.site.page(request, "pages/admin/settings.html", SettingsPage(self.tools.settings))


def routes(tools: Tools) -> list[Route]:
    """`/-/admin` and what lies below it."""
    pages = _Pages(tools, tools.site)
    shown, posted = tools.shown, tools.site.csrf.posted
    own = [
        Route(ROOT, shown(pages.overview), needs=Need.OPERATOR, name="admin"),
        Route(f"{ROOT}/queue", shown(pages.queue), needs=Need.OPERATOR, name="admin-queue"),
        Route(
            f"{ROOT}/queue", posted(tools.acted(pages.retry, pages.queue)), needs=Need.OPERATOR, methods=["POST"],
            name="admin-retry",
        ),
        Route(f"{ROOT}/settings", shown(pages.settings), needs=Need.OPERATOR, name="admin-settings"),
    ]  # fmt: skip
    others = (
        AccountPages(tools), InvitationPages(tools), RepositoryPages(tools), ReportPages(tools), BlockPages(tools),
        TokenPages(tools),
    )  # fmt: skip
    return [*own, *(route for one in others for route in one.routes())]


def _state(probe: Callable[[], object]) -> str:
    try:
        probe()
    except HubError as error:
        return error.message
    return "ok"
