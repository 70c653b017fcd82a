"""From a request's address to a repository that the caller may use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request

from freehold.asgi.identity import identity
from freehold.asgi.routing import raw_path
from freehold.base.errors import Moved, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoAdmin, RepoWriter

_BY_PLURAL = {kind.plural: kind for kind in RepoKind}


@dataclass(frozen=True, slots=True)
class Gate:
    """Opens the repository that a request's path names, for the caller; renamed ones answer with their new address."""

    repos: Repos

    def reader(self, request: Request) -> RepoReader:
        """To read; RepoNotFound if absent or hidden."""
        with spliced(request):
            return self.repos.reader(identity(request), address(request))

    def proposer(self, request: Request) -> RepoWriter:
        """To open a pull request."""
        with spliced(request):
            return self.repos.proposer(identity(request), address(request))

    def writer(self, request: Request) -> RepoWriter:
        """To change."""
        with spliced(request):
            return self.repos.writer(identity(request), address(request))

    def admin(self, request: Request) -> RepoAdmin:
        """To change its settings."""
        with spliced(request):
            return self.repos.admin(identity(request), address(request))


def address(request: Request) -> RepoId:
    """The repository that the path names."""
    return RepoId(kind_of(request), request.path_params["ns"], request.path_params["name"])


def kind_of(request: Request) -> RepoKind:
    """The kind of repository that the path speaks of."""
    return _kind(raw_path(request.scope).split("/"))[0]


def _kind(segments: list[str]) -> tuple[RepoKind, int]:
    """The kind, and which segment holds the namespace."""
    if segments[1] == "api":
        return _BY_PLURAL[segments[2]], 3
    kind = _BY_PLURAL.get(segments[1])
    return (RepoKind.MODEL, 1) if kind is None or kind is RepoKind.MODEL else (kind, 2)


@contextmanager
def named_in_body() -> Iterator[None]:
    """Tells the new name of a renamed repository to a caller who gave the old one in a body: no redirect would help."""
    try:
        yield
    except Moved as moved:
        raise RepoNotFound(f"This repository is now called {moved.to}. Use that name.") from moved


@contextmanager
def spliced(request: Request) -> Iterator[None]:
    """Turns the new address of a renamed repository into the new address of this very request."""
    try:
        yield
    except Moved as moved:
        segments = raw_path(request.scope).split("/")
        _, at = _kind(segments)
        new = [quote(part) for part in unquote(moved.to).strip("/").split("/")[-2:]]
        path = "/".join([*segments[1:at], *new, *segments[at + 2 :]])
        query = f"?{request.url.query}" if request.url.query else ""
        raise Moved(path + query) from moved
