"""One commit: who made it, what it says, and what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import RevisionNotFound
from freehold.core.repos.entries import Change, Commit
from freehold.core.repos.repos import Repos
from freehold.web.changes import FileChange, changes_between
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class CommitPage:
    """`cut`: there is more than is shown."""

    head: RepoHead
    commit: Commit
    changes: Sequence[Change]
    files: Sequence[FileChange]
    cut: bool


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/commit/{oid}`."""

    def commit(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        found = next(iter(reader.commits(request.path_params["oid"], limit=1)), None)
        if found is None:
            raise RevisionNotFound("There is no such commit here.")
        made = changes_between(reader, found.parents[0] if found.parents else None, found.oid)
        changes = [Change(file.path, file.status, file.old_path) for file in made.files]
        page = CommitPage(head_of(reader), found, changes, made.files, made.cut)
        return site.page(request, "pages/commit/page.html", page, section=reader.repo.kind.plural)

    return [Route(template, commit, needs=Need.CONTENT, name="commit") for template in templates("/commit/{oid:seg}")]
