"""A folder at a revision: what is in it, how large, what last changed each entry, and what it says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import EntryNotFound, Gated, Invalid
from freehold.core.facts.facts import Facts
from freehold.core.repos.entries import Commit, Entry, Folder, Refs
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.web.committing import may_change
from freehold.web.links import repo_path
from freehold.web.markdown import MAX_TEXT, Place, Rendered, render
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates, trail
from freehold.web.parts.safety import Said, said_of
from freehold.web.site import Site, root_of
from freehold.wire.cards import parse_card

PAGE = 500
_LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Span:
    """Which of a large folder's entries are shown: the `first` to the `last` of `total`, counted from 1."""

    first: int
    last: int
    total: int
    page: int

    @property
    def is_part(self) -> bool:
        """Whether there are more than these."""
        return self.total > self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class FilesPage:
    """Folders come first; `readme` is what the folder says of itself, as HTML."""

    head: RepoHead
    rev: str
    path: str
    trail: Sequence[tuple[str, str]]
    entries: Sequence[Entry]
    span: Span
    readme_path: str
    readme: Rendered | None
    last_commit: Commit | None
    refs: Refs
    may_change: bool
    safety: Mapping[str, Said]


def routes(site: Site, repos: Repos, facts: Facts) -> list[Route]:
    """`…/tree/{rev}` and `…/tree/{rev}/{path}`."""

    def files(request: Request) -> Response:
        reader = repos.reader(identity(request), repo_id(request))
        rev, path = request.path_params["rev"], request.path_params.get("path", "").strip("/")
        number = _page(request)
        start = (number - 1) * PAGE
        folder = reader.folder(rev, path, start, PAGE)
        # The card has a page of its own, where it is at its newest.
        shows_readme = number == 1 and folder.readme and (path or rev != "main")
        page = FilesPage(
            head_of(reader),
            rev,
            path,
            trail(path),
            folder.entries,
            Span(start + 1, start + len(folder.entries), folder.total, number),
            folder.readme,
            _readme(reader, rev, folder, root_of(request)) if shows_readme else None,
            next(iter(reader.commits(rev, limit=1)), None),
            reader.refs(),
            may_change(reader, rev),
            said_of(facts, reader, rev) if folder.entries else {},
        )
        return site.page(request, "pages/files/page.html", page, section=reader.repo.kind.plural)

    tails = ("/tree/{rev:seg}", "/tree/{rev:seg}/{path:rest}")
    return [Route(template, files, needs=Need.READ, name="files") for tail in tails for template in templates(tail)]


def _page(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= _LAST_PAGE):
        raise Invalid("The page is not a number. Start again from the first page.")
    return int(asked[:9])


def _readme(reader: RepoReader, rev: str, folder: Folder, root: str) -> Rendered | None:
    """The folder's own text; None if the visitor may not have it, or it is none."""
    try:
        file = reader.file(rev, folder.readme)
        text = reader.read_range(file, 0, min(file.size, 4 * MAX_TEXT)).decode("utf-8", "replace")
    except (Gated, EntryNotFound):
        return None
    reader.fetched("page", folder.readme, file.commit)
    blob, raw = (root + repo_path(reader.repo.repo_id, view, rev) + "/" for view in ("blob", "resolve"))
    return render(parse_card(text).body, Place(blob, raw, folder.readme))
