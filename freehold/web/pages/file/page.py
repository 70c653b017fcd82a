"""One file at a revision, shown as what it is: text, a notebook, a table, a picture, the head of weights."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.core.facts.facts import Facts
from freehold.core.repos.entries import File, LastCommit
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.core.repos.repos import Repos
from freehold.web.committing import may_change
from freehold.web.links import repo_path
from freehold.web.markdown import Place
from freehold.web.pages.file.embedded import embedded, notebook_picture
from freehold.web.pages.file.views import View, looked_at, view_of
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates, trail
from freehold.web.parts.safety import Said, said_of
from freehold.web.site import Site, root_of


@dataclass(frozen=True, slots=True)
class FilePage:
    """`trail` leads to the file's folder; `as_source` when the visitor asked for the text."""

    head: RepoHead
    rev: str
    file: File
    name: str
    trail: list[tuple[str, str]]
    view: View
    as_source: bool
    last_commit: LastCommit | None
    may_change: bool
    safety: Said | None

    @property
    def has_lines(self) -> bool:
        """Whether it is a text that git holds itself."""
        return self.file.entry.large is None and (self.view.kind == "text" or self.view.has_source)


def routes(site: Site, repos: Repos, facts: Facts) -> list[Route]:
    """`…/blob/{rev}/{path}`; `?source=1` shows Markdown and tables as they are written."""

    def file(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        rev, path = request.path_params["rev"], request.path_params["path"].strip("/")
        entry = next(iter(reader.paths(rev, [path], last_commits=True)), None)
        if entry is not None and entry.kind == "directory":
            return RedirectResponse(root_of(request) + repo_path(reader.repo.repo_id, "tree", rev, path), 302)
        found = reader.file(rev, path)
        if path not in ALWAYS_OPEN:
            reader.fetched("page", path, found.commit)
        query = request.query_params
        if "embed" in query:
            return embedded(request, reader, found)
        if "picture" in query:
            return notebook_picture(reader, found, query)
        safety = said_of(facts, reader, found.commit).get(found.path)
        page = _page(request, reader, found, entry.last_commit if entry else None, safety)
        frames = page.view.kind == "pdf"
        return site.page(request, "pages/file/page.html", page, section=reader.repo.kind.plural, frames=frames)

    return [
        Route(template, file, needs=Need.CONTENT, name="file") for template in templates("/blob/{rev:seg}/{path:rest}")
    ]


def _page(request: Request, reader: RepoReader, found: File, last: LastCommit | None, safety: Said | None) -> FilePage:
    root, repo, rev, path = root_of(request), reader.repo.repo_id, request.path_params["rev"], found.path
    blob, raw = (root + repo_path(repo, view, rev) + "/" for view in ("blob", "resolve"))
    look = looked_at(reader, found, Place(blob, raw, path), request.query_params)
    name = path.rpartition("/")[2]
    may = may_change(reader, rev)
    return FilePage(head_of(reader), rev, found, name, trail(path)[:-1], view_of(look), look.source, last, may, safety)
