"""One discussion or pull request, and the forms that change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.urls import base_url
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import Oid, is_oid
from freehold.core.accounts.access import Right
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter
from freehold.features.discussions.discussions import Discussions
from freehold.features.discussions.thread import REACTIONS, Thread
from freehold.web.attaching import MOST, MOST_PICTURES, with_pictures
from freehold.web.changes import Changes
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.web.pages.discussion.views import PullView, Shown, changes_of, pull_view, shown
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.sent import Sent, taking_files
from freehold.web.signed_in import signed_in
from freehold.web.site import Site, root_of

Act = Callable[[RepoWriter, int, Form], object]


@dataclass(frozen=True, slots=True)
class DiscussionPage:
    """`tab` is `talk`, `commits` or `files`; `entries` are of the first, `changes` of the last (None: not open)."""

    head: RepoHead
    thread: Thread
    tab: str
    pull: PullView | None
    entries: Sequence[Shown]
    left_out: int
    changes: Changes | None
    remote: str
    """Where a clone of the repository comes from."""
    may_talk: bool
    may_keep_order: bool
    """Change title and status."""
    may_pin: bool
    reactions: Sequence[str] = REACTIONS
    pictures: int = MOST_PICTURES


def routes(site: Site, repos: Repos, discussions: Discussions) -> list[Route]:
    """`…/discussions/{num}`, its tabs, and a form for each thing that can be done."""

    def show(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        tab = request.path_params.get("tab", "talk")
        thread = discussions.thread(reader, _number(request))
        if tab not in ("talk", "commits", "files") or (tab != "talk" and not thread.is_pull):
            raise NotFound("There is no such page.")
        events = discussions.events(reader, thread.number) if tab == "talk" else []
        page = _page(reader, thread, tab, shown(reader, thread, events, root_of(request)), base_url(request))
        return site.page(request, "pages/discussion/page.html", page, section=reader.repo.kind.plural)

    def act(request: Request, form: Form, files: Sequence[Sent]) -> Response:
        actor, _ = signed_in(request)
        action = _actions(discussions).get(request.path_params["action"])
        if action is None:
            raise NotFound("There is no such form.")
        writer = repos.proposer(actor, repo_id(request))
        number = _number(request)
        if files:
            form = {**form, "text": with_pictures(discussions.attachments, actor, form.get("text", ""), files)}
        action(writer, number, form)
        return site.redirect(request, repo_path(writer.repo.repo_id, "discussions", str(number)) + _anchor(form))

    posted = taking_files(site.csrf, act, MOST)
    one = "/discussions/{num:seg}"
    return [
        *(Route(path, show, needs=Need.READ, name="discussion") for path in templates(one)),
        *(Route(path, show, needs=Need.READ, name="pull") for path in templates(one + "/{tab:seg}")),
        *(
            Route(path, posted, needs=Need.PROPOSE, methods=["POST"], name="talk")
            for path in templates(one + "/{action:seg}")
        ),
    ]


def _page(
    reader: RepoReader, thread: Thread, tab: str, entries: tuple[Sequence[Shown], int], base: str
) -> DiscussionPage:
    own = thread.author_id is not None and thread.author_id == reader.actor.account_id
    may_talk = reader.right >= Right.PROPOSE
    return DiscussionPage(
        head_of(reader),
        thread,
        tab,
        pull_view(reader, thread) if thread.is_pull else None,
        *entries,
        changes_of(reader, thread.number) if tab == "files" else None,
        base + repo_path(reader.repo.repo_id),
        may_talk,
        may_talk and thread.status != "merged" and (own or reader.right >= Right.WRITE),
        reader.right >= Right.WRITE,
    )


def _actions(discussions: Discussions) -> dict[str, Act]:
    def comment(writer: RepoWriter, number: int, form: Form) -> object:
        if status := form.get("status", ""):
            return discussions.set_status(writer, number, status, form.get("text", ""))
        return discussions.comment(writer, number, form.get("text", ""))

    def merge(writer: RepoWriter, number: int, form: Form) -> object:
        head = form.get("head", "")
        if not is_oid(head):
            raise Invalid("This form is incomplete. Reload the page and send it again.")
        return discussions.merge(writer, number, squash=form.get("how") == "squash", head=Oid(head))

    def react(writer: RepoWriter, number: int, form: Form) -> object:
        added = form.get("add", "")
        return discussions.react(writer, number, form.get("comment", ""), added or form.get("drop", ""), on=bool(added))

    return {
        "comment": comment,
        "merge": merge,
        "react": react,
        "edit": lambda writer, number, form: discussions.edit(
            writer, number, form.get("comment", ""), form.get("text", "")
        ),
        "hide": lambda writer, number, form: discussions.hide(writer, number, form.get("comment", "")),
        "title": lambda writer, number, form: discussions.rename(writer, number, form.get("title", "")),
        "status": lambda writer, number, form: discussions.set_status(writer, number, form.get("status", "")),
        "pin": lambda writer, number, form: discussions.pin(writer, number, pinned=form.get("pinned") == "1"),
    }


def _anchor(form: Form) -> str:
    comment = form.get("comment", "")
    return f"#c-{comment}" if comment.isalnum() and comment.isascii() else ""


def _number(request: Request) -> int:
    text = request.path_params["num"]
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise NotFound("There is no such discussion or pull request here.")
    return int(text)
