"""The HTTP API for people who write programs: every route from the hub's own table, and what each needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.words import later
from freehold.web.site import Site

_REPOS, _FILES, _JOBS = later("Repositories"), later("Files and access"), later("Jobs")
_TITLES = {
    "repos": _REPOS, "{type}s": _REPOS, "{prefix}{id}": _FILES, "{prefix}{name}": _FILES, "models": _REPOS,
    "datasets": later("Datasets"), "spaces": later("Spaces"), "buckets": later("Buckets"),
    "collections": later("Collections"), "organizations": later("Organisations"), "users": later("People"),
    "settings": later("Your own things"), "jobs": _JOBS, "scheduled-jobs": _JOBS, "papers": later("Papers"),
}  # fmt: skip
_REST = later("The hub")


@dataclass(frozen=True, slots=True)
class Line:
    """One route: `template` as the protocol writes it, and whether the hub has it."""

    methods: Sequence[str]
    template: str
    needs: Need
    built: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The routes about one kind of thing."""

    title: str
    anchor: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """`missing` are those that answer 501; `words` is what the reader narrows the list by."""

    groups: Sequence[Group]
    missing: Sequence[Line]
    needs: Sequence[Need]
    words: str


def routes(site: Site, lines: Sequence[Line]) -> list[Route]:
    """`/docs/api`."""

    def reference(request: Request) -> Response:
        words = request.query_params.get("q", "").strip()[:200]
        fit = [line for line in lines if all(word in _text(line) for word in words.lower().split())]
        missing = [line for line in fit if not line.built]
        page = ApiPage(_groups([line for line in fit if line.built]), missing, list(Need), words)
        return site.page(request, "pages/api_reference/page.html", page)

    return [Route("/docs/api", reference, needs=Need.NOTHING, name="api-reference")]


def _text(line: Line) -> str:
    return f"{' '.join(line.methods)} {line.template} {line.needs.name}".lower()


def _groups(lines: Sequence[Line]) -> list[Group]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        first = next(part for part in line.template.split("/") if part not in ("", "api"))
        found.setdefault(_TITLES.get(first, _REST), []).append(line)
    order = [*dict.fromkeys(_TITLES.values()), _REST]
    return [
        Group(title, title.lower().replace(" ", "-"), sorted(found[title], key=lambda line: line.template))
        for title in order
        if title in found
    ]
