"""A text with the commit that each of its lines comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Unprocessable
from freehold.base.words import later
from freehold.core.repos.entries import Commit, File
from freehold.core.repos.lineage import MAX_BLAMED
from freehold.core.repos.reader import ALWAYS_OPEN, RepoReader
from freehold.core.repos.repos import Repos
from freehold.web import highlight
from freehold.web.languages import say
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates, trail
from freehold.web.site import Site
from freehold.web.wording import grouped

MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """Lines, the `first` counted from 1, that came with one commit."""

    commit: Commit
    first: int
    lines: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class BlamePage:
    """`why_not` says why there are no parts, where there are none."""

    head: RepoHead
    rev: str
    file: File
    name: str
    trail: list[tuple[str, str]]
    parts: Sequence[Part]
    why_not: str


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/blame/{rev}/{path}`."""

    def blame(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        rev, path = request.path_params["rev"], request.path_params["path"].strip("/")
        found = reader.file(rev, path)
        # The lines of the past are content, whatever the file is called.
        reader.require_content()
        if path not in ALWAYS_OPEN:
            reader.fetched("page", path, found.commit)
        parts, why_not = _parts(reader, found)
        name = path.rpartition("/")[2]
        page = BlamePage(head_of(reader), rev, found, name, trail(path)[:-1], parts, why_not)
        return site.page(request, "pages/blame/page.html", page, section=reader.repo.kind.plural)

    return [
        Route(template, blame, needs=Need.CONTENT, name="blame")
        for template in templates("/blame/{rev:seg}/{path:rest}")
    ]


def _parts(reader: RepoReader, file: File) -> tuple[Sequence[Part], str]:
    """The text in parts; or none, and why."""
    raw = reader.read_range(file, 0, min(file.size, MAX_BLAMED))
    if b"\0" in raw and file.entry.large is None:
        return (), later("This file is no text, so it has no lines.")
    try:
        runs = reader.blame(file)
    except Unprocessable as refused:
        return (), refused.message
    # git parts lines at \n alone.
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n")
    lines = list(highlight.lines(text, highlight.language_of(file.path)))
    if len(lines) > MAX_LINES:
        most = grouped(MAX_LINES)
        return (), say("This text has more than %(most)s lines. Clone the repository and use git blame.", most=most)
    return [Part(run.commit, run.first, lines[run.first - 1 : run.first - 1 + run.count]) for run in runs], ""
