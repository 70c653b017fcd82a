"""The commits of a revision, or of one path in it, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import EntryNotFound, Invalid
from freehold.base.ids import Oid, is_oid
from freehold.core.repos.entries import Commit
from freehold.core.repos.repos import Repos
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates, trail
from freehold.web.site import Site
from freehold.web.wording import day

PAGE = 50


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`days` groups the commits by date; `after` is empty on the last page; `path` is empty for all of them."""

    head: RepoHead
    rev: str
    path: str
    trail: Sequence[tuple[str, str]]
    days: Sequence[tuple[str, Sequence[Commit]]]
    after: str
    is_first: bool


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/commits/{rev}` and `…/commits/{rev}/{path}`."""

    def history(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        rev, after = request.path_params["rev"], request.query_params.get("after", "")
        if after and not is_oid(after):
            raise Invalid("The page marker is not a commit id. Start again from the first page.")
        path, behind = request.path_params.get("path", "").strip("/"), Oid(after) if after else None
        commits = reader.commits_of(rev, path, behind, PAGE) if path else reader.commits(rev, behind, PAGE)
        if path and not commits and not after:
            raise EntryNotFound(f"{path[:300]!r} was never here.")
        last = commits[-1].oid if len(commits) == PAGE else ""
        page = HistoryPage(head_of(reader), rev, path, trail(path), _by_day(commits), last, not after)
        return site.page(request, "pages/history/page.html", page, section=reader.repo.kind.plural)

    tails = ("/commits/{rev:seg}", "/commits/{rev:seg}/{path:rest}")
    return [Route(template, history, needs=Need.READ, name="history") for tail in tails for template in templates(tail)]


def _by_day(commits: Sequence[Commit]) -> list[tuple[str, list[Commit]]]:
    days: list[tuple[str, list[Commit]]] = []
    for commit in commits:
        name = day(commit.date_us)
        if not days or days[-1][0] != name:
            days.append((name, []))
        days[-1][1].append(commit)
    return days
