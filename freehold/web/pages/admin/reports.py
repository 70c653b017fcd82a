"""Reports that people filed: listed by state, read, acted upon, and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.accounts.actor import Actor
from freehold.features.moderation.reports import STATES, Report
from freehold.web.forms import Form
from freehold.web.pages.admin.tools import ROOT, Tools

PATH = f"{ROOT}/reports"
_PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One report, with whom it came from."""

    report: Report
    reporter: str


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Reports of a state (`all`: of any), the newest first."""

    lines: Sequence[Line]
    state: str
    states: Sequence[str]
    next: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReportPages:
    """`/-/admin/reports`."""

    tools: Tools

    def routes(self) -> list[Route]:
        """The addresses."""
        tools = self.tools
        send = tools.site.csrf.posted(tools.acted(self.act, self.page))
        return [
            Route(PATH, tools.shown(self.page), needs=Need.OPERATOR, name="admin-reports"),
            Route(PATH, send, needs=Need.OPERATOR, methods=["POST"], name="admin-decide"),
        ]

    def page(self, request: Request, actor: Actor, problem: str = "") -> Response:
        """A page of reports."""
        asked, tools = request.query_params, self.tools
        state = asked.get("state", "open")
        state = state if state in (*STATES, "all") else "open"
        wanted = "" if state == "all" else state
        found = tools.moderation.reports.listed(actor, wanted, asked.get("before", "")[:50], _PAGE + 1)
        more = f"{PATH}?{urlencode({'state': state, 'before': found[_PAGE - 1].id})}" if len(found) > _PAGE else ""
        names = tools.moderation.names([report.reporter_id for report in found])
        lines = [Line(report, names.get(report.reporter_id, "")) for report in found[:_PAGE]]
        page = ReportsPage(lines, state, (*STATES, "all"), more, problem)
        return tools.site.page(request, "pages/admin/reports.html", page, status=400 if problem else 200)

    def act(self, actor: Actor, form: Form) -> None:
        """Decide."""
        self.tools.moderation.reports.decide(
            actor, form.get("report", ""), form.get("state", ""), form.get("answer", "")
        )
