"""Where a signed-in person reports a repository, an account or a comment, and sees what became of their reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.repos.repos import Repos
from freehold.features.discussions.discussions import Discussions
from freehold.features.moderation.reports import CATEGORIES, Report, Reports, Subject
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH, MINE = "/-/report", "/settings/reports"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form about one subject; `about` and `comment` say again what it is about."""

    subject: Subject
    about: str
    comment: str
    categories: Sequence[str]
    category: str = ""
    text: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MinePage:
    """A person's own reports."""

    reports: Sequence[Report]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Who finds what a report is about."""

    reports: Reports
    repos: Repos
    people: People
    discussions: Discussions

    def subject(self, actor: Actor, about: str, comment: str) -> Subject:
        """What the path `about` (and a comment's id) means, if the actor may see it. Raises NotFound as if absent."""
        parts = [part for part in about.strip("/").split("/") if part]
        if len(parts) == 1:
            return self._account(parts[0])
        kind = next((kind for kind in RepoKind if kind.prefix and kind.prefix == "/".join([*parts[:1], ""])), None)
        if kind is not None:
            parts = parts[1:]
        repo_id = RepoId(kind or RepoKind.MODEL, *parts[:2]) if len(parts) >= 2 else None
        if repo_id is None:
            raise NotFound("There is nothing to report at this address.")
        if comment and parts[2:3] == ["discussions"] and len(parts) == 4 and parts[3].isdecimal():
            return self._comment(actor, repo_id, int(parts[3]), comment)
        repo = self.repos.admit(actor, repo_id).repo
        return Subject("repository", repo.id, f"{repo.kind} {repo.repo_id.full}", f"/{repo.repo_id.path}", repo.id)

    def _account(self, name: str) -> Subject:
        account = self.people.by_name(name)
        if account is None or account.disabled:
            raise NotFound("There is no such account.")
        return Subject("account", account.id, account.name, f"/{account.name}")

    def _comment(self, actor: Actor, repo_id: RepoId, number: int, comment: str) -> Subject:
        reader = self.repos.reader(actor, repo_id)
        event = self.discussions.event(reader, number, comment)
        place = f"/{reader.repo.repo_id.path}/discussions/{number}#c-{event.id}"
        author, name = event.author, reader.repo.repo_id.full
        shown = later(f"comment by {author} in {name}#{number}")
        return Subject("comment", event.id, shown, place, reader.repo.id)


def routes(site: Site, rooms: Rooms) -> list[Route]:
    """`/-/report` and `/settings/reports`."""

    def show(request: Request) -> Response:
        actor, asked = identity(request), request.query_params
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        about, comment = asked.get("about", "")[:500], asked.get("comment", "")[:50]
        page = ReportPage(rooms.subject(actor, about, comment), about, comment, CATEGORIES)
        return site.page(request, "pages/report/page.html", page)

    def send(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        about, comment = form.get("about", "")[:500], form.get("comment", "")[:50]
        subject = rooms.subject(actor, about, comment)
        category, text = form.get("category", ""), form.get("text", "")
        try:
            rooms.reports.file(actor, subject, category, text)
        except Invalid as refused:
            page = ReportPage(subject, about, comment, CATEGORIES, category, text, refused.message)
            return site.page(request, "pages/report/page.html", page, status=400)
        return site.redirect(request, MINE)

    def mine(request: Request) -> Response:
        actor = identity(request)
        if not actor.signed_in:
            return site.ask_to_sign_in(request)
        return site.page(request, "pages/report/mine.html", MinePage(rooms.reports.mine(actor)))

    return [
        Route(PATH, show, needs=Need.ACCOUNT, name="report"),
        Route(PATH, site.csrf.posted(send), needs=Need.ACTING, methods=["POST"], name="send-report"),
        Route(MINE, mine, needs=Need.ACCOUNT, name="reports"),
    ]
