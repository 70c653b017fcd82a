"""The list of a repository's discussions and pull requests, and the form that opens another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, QuotaExceeded, TooLarge
from freehold.core.accounts.access import Right
from freehold.core.repos.repos import Repos
from freehold.features.discussions.discussions import Discussions
from freehold.features.discussions.reading import Query
from freehold.features.discussions.thread import Thread
from freehold.web.attaching import MOST, MOST_PICTURES, with_pictures
from freehold.web.forms import Form
from freehold.web.languages import say, say_of
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.sent import Sent, taking_files
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

PAGE = 30

Kind = Literal["discussion", "pull"]
_KINDS: dict[str, Kind | None] = {"": None, "discussion": "discussion", "pull": "pull"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: what it is called, where it leads, how many there are, and whether it is chosen."""

    name: str
    query: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class DiscussionsPage:
    """`previous` and `next` are queries, empty where there is no such page."""

    head: RepoHead
    threads: Sequence[Thread]
    statuses: Sequence[Choice]
    kinds: Sequence[Choice]
    status: str
    first: str
    next: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form, with what was typed already; `problem` says why it did nothing."""

    head: RepoHead
    is_pull: bool
    title: str = ""
    text: str = ""
    problem: str = ""
    pictures: int = MOST_PICTURES


def routes(site: Site, repos: Repos, discussions: Discussions) -> list[Route]:
    """`…/discussions` and `…/discussions/new`."""

    def show(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        query = _query(request)
        threads, count = discussions.threads(reader, query)
        page = DiscussionsPage(
            head_of(reader),
            threads,
            [_choice(query, discussions.count(reader, one), one, "status") for one in _statuses(query)],
            [_choice(query, discussions.count(reader, one), one, "kind") for one in _kinds(query)],
            query.status or "open",
            _address(replace(query, start=0)) if query.start else "",
            _address(replace(query, start=query.start + PAGE)) if query.start + PAGE < count else "",
            reader.right >= Right.PROPOSE or not reader.actor.signed_in,
        )
        return site.page(request, "pages/discussions/page.html", page, section=reader.repo.kind.plural)

    def form(request: Request) -> Response:
        if not identity(request).signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.proposer(identity(request), repo_id(request))
        page = NewPage(head_of(writer), request.query_params.get("kind") == "pull")
        return site.page(request, "pages/discussions/new.html", page, section=writer.repo.kind.plural)

    def begin(request: Request, sent: Form, files: Sequence[Sent]) -> Response:
        actor, _ = signed_in(request)
        writer = repos.proposer(actor, repo_id(request))
        is_pull, title, text = sent.get("kind") == "pull", sent.get("title", ""), sent.get("text", "")
        try:
            said = with_pictures(discussions.attachments, actor, text, files)
            thread = (discussions.open_pull if is_pull else discussions.open)(writer, title, said)
        except (Invalid, TooLarge, QuotaExceeded) as error:
            page = NewPage(head_of(writer), is_pull, title, text, error.message)
            section = writer.repo.kind.plural
            return site.page(request, "pages/discussions/new.html", page, section=section, status=400)
        return site.redirect(request, repo_path(writer.repo.repo_id, "discussions", str(thread.number)))

    new = "/discussions/new"
    return [
        *(Route(path, show, needs=Need.READ, name="discussions") for path in templates("/discussions")),
        *(Route(path, form, needs=Need.PROPOSE, name="new-discussion") for path in templates(new)),
        *(
            Route(path, taking_files(site.csrf, begin, MOST), needs=Need.PROPOSE, methods=["POST"], name="open")
            for path in templates(new)
        ),
    ]


def _query(request: Request) -> Query:
    asked = request.query_params
    page = asked.get("p", "0")
    kind = asked.get("kind", "")
    if kind not in _KINDS or not (page.isascii() and page.isdigit()) or len(page) > 6:
        raise Invalid("This list has no such part. Start again from its first page.")
    status: Literal["open", "closed"] = "closed" if asked.get("status") == "closed" else "open"
    return Query(_KINDS[kind], status, pinned_first=True, start=int(page) * PAGE, limit=PAGE)


def _statuses(query: Query) -> list[Query]:
    return [replace(query, start=0, status="open"), replace(query, start=0, status="closed")]


def _kinds(query: Query) -> list[Query]:
    return [replace(query, start=0, kind=kind) for kind in _KINDS.values()]


def _choice(now: Query, count: int, one: Query, by: str) -> Choice:
    if by == "status":
        name = say_of("threads", "Closed") if one.status == "closed" else say_of("threads", "Open")
        return Choice(name, _address(one), count, one.status == now.status)
    name = {None: say("All"), "discussion": say("Discussions"), "pull": say("Pull requests")}[one.kind]
    return Choice(name, _address(one), count, one.kind == now.kind)


def _address(query: Query) -> str:
    asked: dict[str, str] = {"status": query.status if query.status == "closed" else "", "kind": query.kind or ""}
    asked |= {"p": str(query.start // PAGE) if query.start else ""}
    return "?" + urlencode({name: value for name, value in asked.items() if value})
