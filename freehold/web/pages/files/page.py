"""A folder at a revision: what is in it, how large, and what last changed each entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.repos.entries import Commit, Entry, Refs
from freehold.core.repos.repos import Repos
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates, trail
from freehold.web.site import Site

PAGE = 500


@dataclass(frozen=True, slots=True)
class FilesPage:
    """Folders come first; `after` is where the next page begins, empty on the last."""

    head: RepoHead
    rev: str
    path: str
    trail: Sequence[tuple[str, str]]
    entries: Sequence[Entry]
    last_commit: Commit | None
    after: str
    refs: Refs


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/tree/{rev}` and `…/tree/{rev}/{path}`."""

    def files(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        rev, path = request.path_params["rev"], request.path_params.get("path", "").strip("/")
        after = request.query_params.get("after") or None
        entries = reader.tree(rev, path, last_commits=True, after=after, limit=PAGE + 1)
        shown = entries[:PAGE]
        steps = trail(path)
        page = FilesPage(
            head_of(reader),
            rev,
            path,
            steps,
            sorted(shown, key=lambda entry: entry.kind != "directory"),
            next(iter(reader.commits(rev, limit=1)), None),
            shown[-1].path if len(entries) > PAGE else "",
            reader.refs(),
        )
        return site.page(request, "pages/files/page.html", page, section=reader.repo.kind.plural)

    tails = ("/tree/{rev:seg}", "/tree/{rev:seg}/{path:rest}")
    return [Route(template, files, needs=Need.READ, name="files") for tail in tails for template in templates(tail)]
