"""What changed between two revisions: the commits on the way, and each file's difference."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import HubError, Invalid, RevisionNotFound
from freehold.core.repos.entries import Commit, Refs
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.web.changes import Changes, changes_between
from freehold.web.languages import say, told
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.site import Site

_MOST_COMMITS = 100


@dataclass(frozen=True, slots=True)
class ComparePage:
    """`commits` are those that `to` has and `base` has not, newest first; without a question there are no changes."""

    head: RepoHead
    base: str
    to: str
    refs: Refs
    commits: Sequence[Commit]
    more_commits: bool
    changes: Changes | None
    problem: str


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/compare` asks which, `…/compare/{base}...{head}` shows it; two dots compare the trees as they are."""

    def ask(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        reader.require_content()
        base, to = (request.query_params.get(name, "").strip()[:300] for name in ("base", "head"))
        if base and to:
            return site.redirect(request, repo_path(reader.repo.repo_id, "compare", path=f"{base}...{to}"))
        return show(request, _page(reader, base or "main", to, ""))

    def compare(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        reader.require_content()
        base, dots, to = request.path_params["spec"].partition("..")
        if not (base and dots and to.removeprefix(".")):
            raise Invalid("Compare two revisions in the form base...head.")
        return show(request, _page(reader, base, to.removeprefix("."), "..." if to.startswith(".") else ".."))

    def show(request: Request, page: ComparePage) -> Response:
        status = 404 if page.problem else 200
        return site.page(request, "pages/compare/page.html", page, section=page.head.repo.kind.plural, status=status)

    asking = [Route(template, ask, needs=Need.CONTENT, name="compare") for template in templates("/compare")]
    return asking + [
        Route(template, compare, needs=Need.CONTENT, name="compared") for template in templates("/compare/{spec:rest}")
    ]


def _page(reader: RepoReader, base: str, to: str, dots: str) -> ComparePage:
    commits: Sequence[Commit] = ()
    changes, problem = None, ""
    if dots:
        try:
            old, new = reader.commit_of(base), reader.commit_of(to)
            commits = reader.commits_to(old, new)
            start = reader.shared_with(old, new) if dots == "..." else old
            changes = changes_between(reader, start, new)
        except RevisionNotFound as absent:
            problem = _said(absent)
    shown = list(reversed(commits))[:_MOST_COMMITS]
    return ComparePage(head_of(reader), base, to, reader.refs(), shown, len(commits) > len(shown), changes, problem)


def _said(absent: HubError) -> str:
    words = told(absent.message)
    return say("%(problem)s. Choose a branch, a tag or a commit of this repository.", problem=words)
