"""What a person was told: read and unread, with a way out of each discussion."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.words import later
from freehold.features.notices.inbox import PLACES, Inbox, Listed
from freehold.features.notices.threads import Threads
from freehold.web.forms import Form
from freehold.web.languages import say, told
from freehold.web.links import repo_path
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PATH = "/notifications"
PAGE = 30
_SAID = {
    "mention": later("%(who)s mentioned you in %(place)s"),
    "reply": later("%(who)s wrote in %(place)s"),
    "merge": later("%(who)s merged %(place)s"),
    "opened": later("%(who)s opened %(place)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One notice; `link` leads to what it is about, `said` is who did what to a discussion.

    `discussion_id` is empty where there is none to leave.
    """

    id: str
    link: str
    title: str
    said: str
    at: int
    unread: bool
    discussion_id: str
    left: bool


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """`older` is the query of the next page, if there is one."""

    lines: Sequence[Line]
    unread_only: bool
    older: str


@dataclass(frozen=True, slots=True)
class LeavePage:
    """Asks whether, or (`done`) says that, the reader of a mail leaves its discussion."""

    way_out: str
    done: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """The handlers."""

    site: Site
    inbox: Inbox
    threads: Threads

    def show(self, request: Request) -> Response:
        """`/notifications`."""
        actor = identity(request)
        if not actor.signed_in:
            return self.site.ask_to_sign_in(request)
        unread = request.query_params.get("show") == "unread"
        before = request.query_params.get("before", "")
        found = self.inbox.of(actor, unread=unread, before=before, limit=PAGE + 1)
        more = found[PAGE - 1].notice.id if len(found) > PAGE else ""
        older = f"?before={more}" + ("&show=unread" if unread else "") if more else ""
        page = NotificationsPage([_line(one) for one in found[:PAGE]], unread, older)
        return self.site.page(request, "pages/notifications/page.html", page)

    def mark(self, request: Request, form: Form) -> Response:
        """Mark one as read or unread, or all as read."""
        actor, _ = signed_in(request)
        self.inbox.mark(actor, form.get("id") or None, read=form.get("read", "1") == "1")
        return self.site.redirect(request, PATH)

    def subscribe(self, request: Request, form: Form) -> Response:
        """Leave the discussion of one's own notice, or come back to it."""
        actor, account_id = signed_in(request)
        notice = self.inbox.own(actor, form.get("id", ""))
        if notice.discussion_id is not None:
            self.threads.subscribe(notice.discussion_id, account_id, on=form.get("on") == "1")
        return self.site.redirect(request, PATH)

    def ask(self, request: Request) -> Response:
        """`/notifications/leave/{way_out}`: from a mail's link, signed in or not."""
        way_out = str(request.path_params["way_out"])
        self.threads.whose(way_out)
        return self.site.page(request, "pages/notifications/leave.html", LeavePage(way_out, done=False))

    def leave(self, request: Request) -> Response:
        """The link itself says who leaves: mail programs send this without a page before it (RFC 8058)."""
        way_out = str(request.path_params["way_out"])
        self.threads.leave_by(way_out)
        return self.site.page(request, "pages/notifications/leave.html", LeavePage(way_out, done=True))


def routes(site: Site, inbox: Inbox, threads: Threads) -> list[Route]:
    """`/notifications` and its forms."""
    pages = Pages(site, inbox, threads)
    leave = f"{PATH}/leave/{{way_out:seg}}"
    return [
        Route(PATH, pages.show, needs=Need.ACCOUNT, name="notifications"),
        Route(f"{PATH}/mark", site.csrf.posted(pages.mark), needs=Need.ACTING, methods=["POST"], name="mark-notices"),
        Route(
            f"{PATH}/subscribe",
            site.csrf.posted(pages.subscribe),
            needs=Need.ACTING,
            methods=["POST"],
            name="subscribe",
        ),
        Route(leave, pages.ask, needs=Need.LINK, name="ask-to-leave"),
        Route(leave, pages.leave, needs=Need.LINK, methods=["POST"], name="leave"),
    ]


def _line(listed: Listed) -> Line:
    notice, repo = listed.notice, listed.repo
    link, said = PLACES.get(notice.reason, "/settings/webhooks"), ""
    if notice.path:
        link = f"/{notice.path}/access" if notice.reason == "request" else "/settings/gated-repos"
    elif repo is not None and notice.discussion_id is None:
        link = repo_path(repo, "access") if notice.reason == "request" else "/settings/gated-repos"
    elif repo is not None:
        anchor = f"#{quote(notice.comment_id)}" if notice.comment_id else ""
        link, place = f"{repo_path(repo)}/discussions/{notice.num}{anchor}", f"{repo.path}#{notice.num}"
        said = say(_SAID[notice.reason], who=notice.actor_name, place=place) if notice.reason in _SAID else ""
    return Line(
        notice.id, link, notice.title if notice.discussion_id else told(notice.title), said, notice.created_at,
        notice.read_at is None, notice.discussion_id or "", listed.left,
    )  # fmt: skip
